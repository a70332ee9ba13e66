/// What the shipped checklist's checks say in any case.
extension PlantedFault {
  static let source = "$SOURCE_ROOT/supabase/functions/generate-embeddings/index.ts"

  static let request = """
    curl '$OPENAI_BASE_URL/embeddings' -H "Authorization: Bearer $OPENAI_API_KEY" \
    -H 'Content-Type: application/json' \
    -d '{"model": "text-embedding-3-small", "input": "preflight"}'
    """

  static let noIndex = """
    no unique index is on (repository_id, item_type, item_id); the nearest is \
    similarity_cache_pkey, but it is on (id)
    """

  static let uniqueConstraint = """
    alter table similarity_cache add constraint \
    similarity_cache_repository_id_item_type_item_id_key \
    unique (repository_id, item_type, item_id);
    """

  static let progressFunction = """
    create or replace function increment_embedding_job_progress(job_id uuid, increment_count integer)
    returns void
    language sql as $$
      update embedding_jobs
      set items_processed = items_processed + $2, updated_at = now()
      where id = $1
    $$;
    revoke execute on function increment_embedding_job_progress(uuid, integer) \
    from public, anon, authenticated;
    grant execute on function increment_embedding_job_progress(uuid, integer) to service_role;
    """

  static func secret(_ observed: String, fix: String) -> Told {
    Told(
      id: "secret.openai", message: observed,
      expected: """
        OPENAI_API_KEY set here, beginning with "sk-" and of at least 20 characters, and the same \
        value in the project $SUPABASE_PROJECT_REF
        """, observed: observed, fix: fix)
  }

  static func key(_ message: String, observed: String, fix: String) -> Told {
    Told(
      id: "key.openai", message: message,
      expected: "an embedding from text-embedding-3-small", observed: observed, fix: fix)
  }

  static func unanswered(_ message: String, observed: String) -> Told {
    Told(
      id: "service.embedder", message: message,
      expected: "an embedding from text-embedding-3-small", observed: observed, fix: request)
  }

  static func function(_ observed: String, fix: String) -> Told {
    Told(
      id: "rpc.progress", message: "increment_embedding_job_progress: \(observed)",
      expected: """
        increment_embedding_job_progress(job_id uuid, increment_count integer) returns void, \
        executable by service_role, not executable by anon or authenticated
        """, observed: observed, fix: fix)
  }

  static func upsert(_ observed: String, fix: String) -> Told {
    Told(
      id: "upsert.cache", message: "similarity_cache: \(observed)",
      expected: """
        a usable unique index on (repository_id, item_type, item_id), and a value for each column \
        that needs one
        """, observed: observed, fix: fix)
  }

  static func jobs(
    _ id: String, _ observed: String, expected: String, fix: String
  ) -> Told {
    Told(
      id: id, message: "embedding_jobs: \(observed)", expected: expected, observed: observed,
      fix: fix)
  }
}
