/// The postmortem's database, as SQL.
enum SchemaSQL {
  /// The tables that hold texts to embed, by the kind of row that belongs there.
  static let tables: [(kind: RowKind, table: String)] = [
    (.issue, "issues"), (.pullRequest, "pull_requests"), (.discussion, "discussions"),
  ]

  /// The tables that the embedding job writes.
  static let written = tables.map(\.table) + ["similarity_cache", "embedding_jobs"]

  /// All statements, in order, for one script.
  static let script: String = {
    var parts = [roles, "create extension if not exists vector;", jobs]
    parts += tables.map { sourceTable($0.table) }
    parts += [cache, SearchSQL.script, view, grants]
    parts += written.map(workerPolicy) + [progressFunction()]
    return parts.joined(separator: "\n")
  }()

  /// Supabase's three API roles, and one that a careful project has its embedding job use; a server
  /// has them once for all of its databases.
  private static let roles = [
    "anon", "authenticated", "service_role bypassrls", "embedding_worker",
  ].map { role in
    """
    do $$ begin create role \(role) nologin; exception
      when duplicate_object or unique_violation then null; end $$;
    """
  }.joined(separator: "\n")

  private static let jobs = """
    create table embedding_jobs (
      id uuid primary key default gen_random_uuid(),
      status text not null default 'pending',
      items_total integer not null default 0,
      items_processed integer not null default 0,
      error_message text,
      created_at timestamptz not null default now(),
      started_at timestamptz,
      completed_at timestamptz,
      updated_at timestamptz default now()
    );
    alter table embedding_jobs enable row level security;
    """

  private static func sourceTable(_ name: String) -> String {
    """
    create table \(name) (
      id uuid primary key,
      repository_id text not null,
      number integer not null,
      title text not null,
      body text,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      embedding vector(384),
      embedding_generated_at timestamptz,
      content_hash text
    );
    alter table \(name) enable row level security;
    create policy "everyone may read" on \(name) for select to anon, authenticated using (true);
    """
  }

  private static let cache = """
    create table similarity_cache (
      id uuid primary key default gen_random_uuid(),
      repository_id text not null,
      item_type text not null,
      item_id uuid not null,
      embedding vector(384) not null,
      content_hash text,
      ttl_hours integer not null default 168,
      created_at timestamptz not null default now(),
      unique (repository_id, item_type, item_id)
    );
    alter table similarity_cache enable row level security;
    """

  /// Row security lets nothing through by itself: without a policy an update changes no row, and says
  /// that all went well.
  private static func workerPolicy(_ table: String) -> String {
    """
    create policy \(workerPolicyName) on \(table)
      to embedding_worker using (true) with check (true);
    """
  }

  static let workerPolicyName = #""the embedding job may work here""#

  static let view: String = {
    let selects = tables.map { kind, table in
      """
      select id, repository_id, '\(kind.rawValue)'::text as item_type, number, title, body,
        created_at, updated_at
      from \(table)
      where embedding is null or embedding_generated_at < updated_at
      """
    }
    return "create view items_needing_embeddings as\n"
      + selects.joined(separator: "\nunion all\n") + ";"
  }()

  /// The function that counts a job's progress, with who may execute it.
  static func progressFunction(calling job: String = "job_id") -> String {
    """
    create function increment_embedding_job_progress(\(job) uuid, increment_count integer)
    returns void language plpgsql as $$
    begin
      update embedding_jobs
      set items_processed = items_processed + increment_count, updated_at = now()
      where id = \(job);
    end;
    $$;
    revoke execute on function increment_embedding_job_progress(uuid, integer) from public;
    grant execute on function increment_embedding_job_progress(uuid, integer)
      to service_role, embedding_worker;
    """
  }

  /// What Supabase gives its API roles by default, and what the embedding job needs.
  private static let grants = """
    grant select, insert, update on \(written.joined(separator: ", ")) to embedding_worker;
    grant usage on schema public to anon, authenticated, service_role, embedding_worker;
    grant all on all tables in schema public to anon, authenticated, service_role;
    grant all on all routines in schema public to anon, authenticated, service_role;
    """
}
