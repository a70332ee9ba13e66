internal import Postgres

/// What an earlier run left behind: the vectors of the first issues, by the model that is meant.
enum StoredVectors {
  private static let count = 40
  private static let dimensions = 384
  /// Where the checklists cut a text.
  private static let characters = 2_000

  static func load(
    _ rows: [SourceRow], over connection: Connection,
    within timeout: Duration
  ) async throws(PostgresFault) {
    let issues = rows.filter { $0.kind == .issue }.prefix(count)
    let model = FeatureHashing(dimensions: dimensions)
    let vectors = issues.map { issue in
      let text = ["[ISSUE]", issue.title, issue.body].compactMap(\.self).joined(separator: " ")
      let numbers = model.vector(of: String(text.prefix(characters))).map { "\($0)" }
      return "[" + numbers.joined(separator: ",") + "]"
    }
    _ = try await connection.query(
      """
      update issues set embedding = given.vector::vector,
        embedding_generated_at = updated_at + interval '1 hour'
      from unnest($1::text[], $2::text[]) as given(id, vector) where issues.id = given.id::uuid
      """, [.textArray(issues.map(\.id)), .textArray(vectors)], timeout: timeout)
  }
}
