/// The search over the cache, as SQL: an index and the function that uses it.
enum SearchSQL {
  static let script = """
    \(index(for: "cosine"))
    create function match_similar_items(query_embedding vector, match_count integer default 10)
    returns table (item_type text, item_id uuid, similarity double precision)
    language sql stable as $$
      select item_type, item_id, 1 - (embedding <=> query_embedding)
      from similarity_cache order by embedding <=> query_embedding limit match_count
    $$;
    """

  /// The index for a metric, by pgvector's name for it.
  static func index(for metric: String) -> String {
    """
    create index similarity_cache_embedding on similarity_cache
      using hnsw (embedding vector_\(metric)_ops);
    """
  }
}
