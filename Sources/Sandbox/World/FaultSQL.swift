/// What makes the postmortem's sound database a faulty one, as SQL.
enum FaultSQL {
  private static let counter = "increment_embedding_job_progress(uuid, integer)"
  private static let key = "similarity_cache_repository_id_item_type_item_id_key"

  /// The statements that plant faults, in their order; empty where none is the database's.
  static func script(_ faults: Set<SandboxFault>) -> String {
    SandboxFault.allCases.filter(faults.contains).compactMap(statements).joined(separator: "\n")
  }

  /// What comes only when the REST API has read its schema cache, or nil where nothing does.
  static func lateScript(_ faults: Set<SandboxFault>) -> String? {
    faults.contains(.staleSchemaCache) && !faults.contains(.functionMissing)
      ? SchemaSQL.progressFunction() : nil
  }

  private static func statements(_ fault: SandboxFault) -> String? {
    ofFunctions(fault) ?? ofTables(fault) ?? ofVectors(fault) ?? ofRows(fault)
  }

  private static func ofFunctions(_ fault: SandboxFault) -> String? {
    switch fault {
    case .functionMissing, .staleSchemaCache: "drop function if exists \(counter);"
    case .functionRenamedArgument:
      "drop function \(counter);\n" + SchemaSQL.progressFunction(calling: "job")
    case .functionInOtherSchema:
      "create schema private; alter function \(counter) set schema private;"
    case .overloadedFunction:
      """
      create function increment_embedding_job_progress(
        job_id uuid, increment_count integer, note text default null)
      returns void language sql as $$
        update embedding_jobs
        set items_processed = items_processed + increment_count, error_message = note
        where id = job_id
      $$;
      """
    case .noExecute: "revoke execute on function \(counter) from service_role;"
    case .unsafeSearchPath: "alter function \(counter) security definer;"
    case .executeForAll: "grant execute on function \(counter) to public;"
    case .volatileSearch: "alter function match_similar_items(vector, integer) volatile;"
    default: nil
    }
  }

  private static func ofTables(_ fault: SandboxFault) -> String? {
    switch fault {
    case .constraintMissing: "alter table similarity_cache drop constraint if exists \(key);"
    case .partialUniqueIndex:
      """
      alter table similarity_cache drop constraint if exists \(key);
      create unique index similarity_cache_item on similarity_cache
        (repository_id, item_type, item_id) where ttl_hours > 0;
      """
    case .deferrableUnique:
      """
      alter table similarity_cache drop constraint if exists \(key),
        add unique (repository_id, item_type, item_id) deferrable;
      """
    case .wideTable: "alter table similarity_cache add column model_name text not null;"
    case .nullableKey: "alter table similarity_cache alter column item_id drop not null;"
    case .columnMissing: "alter table issues drop column content_hash;"
    case .rowSecurity:
      SchemaSQL.written.map { "drop policy \(SchemaSQL.workerPolicyName) on \($0);" }
        .joined(separator: "\n")
    case .rowSecurityOff: "alter table issues disable row level security;"
    case .noUpdateRight: "revoke update on issues from embedding_worker;"
    default: nil
    }
  }

  private static func ofVectors(_ fault: SandboxFault) -> String? {
    switch fault {
    case .columnDimension:
      "alter table similarity_cache alter column embedding type vector(1536);"
    case .undeclaredDimension:
      """
      drop view items_needing_embeddings;
      alter table issues alter column embedding type vector;
      \(SchemaSQL.view)
      """
    case .wrongMetric:
      "drop index similarity_cache_embedding;\n" + SearchSQL.index(for: "l2")
    case .indexMissing: "drop index similarity_cache_embedding;"
    case .indexInvalid:
      """
      update pg_index set indisvalid = false
      where indexrelid = 'similarity_cache_embedding'::regclass;
      """
    case .oldPgvector:
      "update pg_extension set extversion = '0.8.2' where extname = 'vector';"
    case .extensionInOtherSchema:
      "create schema extensions; alter extension vector set schema extensions;"
    default: nil
    }
  }

  private static func ofRows(_ fault: SandboxFault) -> String? {
    switch fault {
    case .duplicateRows:
      """
      insert into issues (id, repository_id, number, title, body, created_at, updated_at)
      select gen_random_uuid(), repository_id, number, title, body, created_at, updated_at
      from issues order by number limit 1;
      """
    // The jobs that the postmortem found: nothing done, and nobody at work for 14 hours.
    case .jobsStuck:
      """
      insert into embedding_jobs (status, items_total, created_at, started_at, updated_at)
      select 'processing', 100, at, at, at
      from generate_series(1, 21) n,
        lateral (select now() - interval '14 hours' - n * interval '1 minute') as touched(at);
      """
    // A job that swallowed its errors: done, as it says, with nothing to show for it.
    case .jobCompletedEmpty:
      """
      insert into embedding_jobs
        (status, items_total, created_at, started_at, completed_at, updated_at)
      select 'completed', 100, at, at, at + interval '2 minutes', at + interval '2 minutes'
      from (select now() - interval '13 hours') as past(at);
      """
    case .jobFailedSilently:
      """
      insert into embedding_jobs (status, items_total, items_processed, created_at, started_at,
        completed_at, updated_at)
      select 'failed', 100, 40, at, at, at + interval '2 minutes', at + interval '2 minutes'
      from (select now() - interval '12 hours') as past(at);
      """
    case .backlog: "insert into embedding_jobs (items_total) values (12000);"
    default: nil
    }
  }
}
