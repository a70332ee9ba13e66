/// The postmortem's database, as SQL, with the faults of the schema where they are asked for.
enum SchemaSQL {
  /// The tables that hold texts to embed, by the kind of row that belongs there.
  static let tables: [(kind: RowKind, table: String)] = [
    (.issue, "issues"), (.pullRequest, "pull_requests"), (.discussion, "discussions"),
  ]

  /// The tables that the embedding job writes.
  private static let written = tables.map(\.table) + ["similarity_cache", "embedding_jobs"]

  /// All statements, in order, for one script.
  static func script(_ faults: Set<SandboxFault>) -> String {
    let vector = faults.contains(.extensionInOtherSchema) ? "extensions.vector" : "vector"
    var parts = [roles, pgvector(faults), jobs]
    parts += tables.map { sourceTable($0.table, vector) }
    parts += [cache(faults, vector), SearchSQL.script(faults, vector), view, grants]
    if !faults.contains(.rowSecurity) { parts += written.map(workerPolicy) }
    if faults.isDisjoint(with: [.functionMissing, .staleSchemaCache]) {
      parts.append(progressFunction(faults))
    }
    if faults.contains(.jobsStuck) { parts.append(stuckJobs) }
    if faults.contains(.jobCompletedEmpty) { parts.append(emptyJob) }
    return parts.joined(separator: "\n")
  }

  /// What is made only when the REST API has read its schema cache, or nil where nothing is.
  static func lateScript(_ faults: Set<SandboxFault>) -> String? {
    faults.contains(.staleSchemaCache) && !faults.contains(.functionMissing)
      ? progressFunction(faults) : nil
  }

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

  private static func pgvector(_ faults: Set<SandboxFault>) -> String {
    guard faults.contains(.extensionInOtherSchema) else {
      return "create extension if not exists vector;"
    }
    return "create schema extensions;\ncreate extension vector schema extensions;"
  }

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

  private static func sourceTable(_ name: String, _ vector: String) -> String {
    """
    create table \(name) (
      id uuid primary key,
      repository_id text not null,
      number integer not null,
      title text not null,
      body text,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      embedding \(vector)(384),
      embedding_generated_at timestamptz,
      content_hash text
    );
    alter table \(name) enable row level security;
    create policy "everyone may read" on \(name) for select to anon, authenticated using (true);
    """
  }

  private static func cache(_ faults: Set<SandboxFault>, _ vector: String) -> String {
    let dimension = faults.contains(.columnDimension) ? 1536 : 384
    let isUnique = faults.isDisjoint(with: [.constraintMissing, .partialUniqueIndex])
    let arbiter = isUnique ? ",\n  unique (repository_id, item_type, item_id)" : ""
    let further = faults.contains(.wideTable) ? ",\n  model_name text not null" : ""
    let partial =
      faults.contains(.partialUniqueIndex)
      ? """

      create unique index similarity_cache_item on similarity_cache
        (repository_id, item_type, item_id) where ttl_hours > 0;
      """ : ""
    return """
      create table similarity_cache (
        id uuid primary key default gen_random_uuid(),
        repository_id text not null,
        item_type text not null,
        item_id uuid not null,
        embedding \(vector)(\(dimension)) not null,
        content_hash text,
        ttl_hours integer not null default 168,
        created_at timestamptz not null default now()\(further)\(arbiter)
      );
      alter table similarity_cache enable row level security;
      """ + partial
  }

  /// Row security lets nothing through by itself: without a policy an update changes no row, and says
  /// that all went well.
  private static func workerPolicy(_ table: String) -> String {
    """
    create policy "the embedding job may work here" on \(table)
      to embedding_worker using (true) with check (true);
    """
  }

  private static let view: String = {
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

  private static func progressFunction(_ faults: Set<SandboxFault>) -> String {
    let job = faults.contains(.functionRenamedArgument) ? "job" : "job_id"
    let executors =
      faults.contains(.noExecute) ? "embedding_worker" : "service_role, embedding_worker"
    let overload =
      faults.contains(.overloadedFunction)
      ? """

      create function increment_embedding_job_progress(
        job_id uuid, increment_count integer, note text default null)
      returns void language sql as $$
        update embedding_jobs
        set items_processed = items_processed + increment_count, error_message = note
        where id = job_id
      $$;
      """ : ""
    return """
      create function increment_embedding_job_progress(\(job) uuid, increment_count integer)
      returns void language plpgsql as $$
      begin
        update embedding_jobs
        set items_processed = items_processed + increment_count, updated_at = now()
        where id = \(job);
      end;
      $$;
      revoke execute on function increment_embedding_job_progress(uuid, integer) from public;
      grant execute on function increment_embedding_job_progress(uuid, integer) to \(executors);
      """ + overload
  }

  /// What Supabase gives its API roles by default, and what the embedding job needs.
  private static let grants = """
    grant select, insert, update on \(written.joined(separator: ", ")) to embedding_worker;
    grant usage on schema public to anon, authenticated, service_role, embedding_worker;
    grant all on all tables in schema public to anon, authenticated, service_role;
    grant all on all routines in schema public to anon, authenticated, service_role;
    """

  /// The jobs that the postmortem found: nothing done, and nobody at work for 14 hours.
  private static let stuckJobs = """
    insert into embedding_jobs (status, items_total, created_at, started_at, updated_at)
    select 'processing', 100, at, at, at
    from generate_series(1, 21) n,
      lateral (select now() - interval '14 hours' - n * interval '1 minute') as touched(at);
    """

  /// A job that swallowed its errors: done, as it says, with nothing to show for it.
  private static let emptyJob = """
    insert into embedding_jobs (status, items_total, created_at, started_at, completed_at, updated_at)
    select 'completed', 100, at, at, at + interval '2 minutes', at + interval '2 minutes'
    from (select now() - interval '13 hours') as past(at);
    """
}
