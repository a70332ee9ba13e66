/// What a pipeline may say: where texts come from, and where their vectors go.
package enum PipelineFields {
  /// How many requests of one process may be under way at once.
  package static let concurrency = 1...64

  package static let pipeline = [
    Field("name", .identifier, "The pipeline's name.", isRequired: true, example: "issues"),
    Field(
      "database", .service(kind: "postgres"), "The database of source and targets.",
      isRequired: true, example: "database"),
    Field(
      "model", .service(kind: "embeddings"), "The endpoint that embeds.", isRequired: true,
      example: "embedder"),
    Field("from", .record(source), "The rows to embed.", isRequired: true),
    Field(
      "to", .list(.record(target), atLeast: 1), "Where each vector is stored, in one transaction.",
      isRequired: true),
    Field("job", .record(job), "The table in which the run's progress is told."),
    Field(
      "batch", .whole(1...2_048), "Texts in one request.", example: "20", defaultText: "20"),
    Field(
      "concurrency", .whole(concurrency), "Requests under way at once.", example: "4",
      defaultText: "4"),
  ]

  package static let source = [
    Field("table", .text, "A table or a view.", isRequired: true, example: "issues"),
    Field(
      "key", .oneOrMany(.text), "The column, or columns, that name a row.", isRequired: true,
      example: "id"),
    Field(
      "text", .text, "An SQL expression over a row: the text to embed.", isRequired: true,
      example: "concat_ws(' ', title, body)"),
    Field(
      "where", .text, "An SQL condition on the rows to embed.", example: "embedding is null"),
    Field("order_by", .text, "Which rows come first, in SQL.", example: "created_at desc"),
    Field(
      "max_characters", .whole(1...1_000_000), "Where a longer text is cut.", example: "2000"),
  ]

  package static let target = [
    Field("update", .text, "The source table, whose row gets the vector.", example: "issues"),
    Field("upsert", .text, "Another table, which gets a row.", example: "similarity_cache"),
    Field(
      "on_conflict", .oneOrMany(.text), "The columns that name a row of the other table.",
      example: "[repository_id, item_type, item_id]"),
    Field(
      "set", .map(.text), "Columns to SQL expressions, with `$embedding` and `$hash`.",
      isRequired: true, example: "{ embedding: $embedding }"),
  ]

  package static let job = [
    Field("table", .text, "The table of jobs.", isRequired: true, example: "embedding_jobs"),
    Field(
      "progress", .text, "A function of (job id, count) that adds to the progress.",
      example: "increment_embedding_job_progress"),
  ]
}
