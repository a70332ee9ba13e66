internal import Embeddings

/// A table whose texts are embedded into a column of its own.
struct TextSource {
  let table: DatabaseFacts.Table
  let key: String
  let vector: DatabaseFacts.Column
  let texts: [String]
  /// The service that embeds.
  let model: String
  /// Longer texts are cut.
  let mostCharacters: Int

  private static let textColumns = [
    "title", "name", "subject", "heading", "question", "body", "content", "text", "description",
    "summary", "answer",
  ]

  /// Those of a database, the one with the most rows first.
  static func all(in catalog: DatabaseFacts, _ plan: EmbedderPlan) -> [TextSource] {
    // The characters that the model surely takes, at two for each token.
    let most = min(2_000, (KnownModel.named(plan.model)?.maximumTokens ?? 1_000) * 2)
    return catalog.tables.compactMap { table in
      guard table.vectors.count == 1, let vector = table.vectors.first, !vector.isNotNull,
        let model = plan.service(for: table, vector), table.primaryKey.count == 1
      else { return nil }
      let texts = textColumns.compactMap(table.column).filter(\.isText).map(\.name)
      guard !texts.isEmpty, YAMLText.canHold(table.primaryKey[0]) else { return nil }
      return TextSource(
        table: table, key: table.primaryKey[0], vector: vector, texts: texts, model: model,
        mostCharacters: most)
    }
    .sorted { ($1.table.rows, $0.table.name.sql) < ($0.table.rows, $1.table.name.sql) }
  }

  /// The column of vectors as SQL writes it.
  var column: String { DatabaseFacts.Name(vector.name).sql }

  /// The text to embed, as an SQL expression.
  var text: String {
    let names = texts.map { DatabaseFacts.Name($0).sql }
    return names.count == 1 ? names[0] : "concat_ws(' ', \(names.joined(separator: ", ")))"
  }

  /// The column that says when a vector was made.
  var stamp: String? {
    ["\(vector.name)_generated_at", "embedded_at"].first { table.column($0)?.isMoment == true }
  }

  /// The condition that a row's vector was made before its text was touched, or after.
  func madeSince(_ comparison: String) -> String? {
    guard table.column("updated_at")?.isMoment == true else { return nil }
    return stamp.map { "\(DatabaseFacts.Name($0).sql) \(comparison) updated_at" }
  }
}
