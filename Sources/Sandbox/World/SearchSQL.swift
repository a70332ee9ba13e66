/// The search over the cache, as SQL: an index and the function that uses it.
enum SearchSQL {
  /// The statements, with the vector type as the session's search path makes it be written.
  static func script(_ faults: Set<SandboxFault>, _ vector: String) -> String {
    let metric = faults.contains(.wrongMetric) ? "l2" : "cosine"
    // The body of a function is looked at when it is made, and its operator not found in a schema off
    // the search path; as in life, that shows only when it is called.
    let bodies = vector.contains(".") ? "off" : "on"
    return """
      create index similarity_cache_embedding on similarity_cache
        using hnsw (embedding \(vector)_\(metric)_ops);
      set check_function_bodies = \(bodies);
      create function match_similar_items(query_embedding \(vector), match_count integer default 10)
      returns table (item_type text, item_id uuid, similarity double precision)
      language sql stable as $$
        select item_type, item_id, 1 - (embedding <=> query_embedding)
        from similarity_cache order by embedding <=> query_embedding limit match_count
      $$;
      reset check_function_bodies;
      """
  }
}
