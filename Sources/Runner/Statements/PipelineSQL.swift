internal import Checklist

/// Writes the statements of one pipeline, from its declaration and the catalog's facts.
///
/// The user's expressions are put into scopes of their own, in which only the source row is
/// visible, so that no column of the queue can be mistaken for one of theirs.
struct PipelineSQL: Sendable {
  let pipeline: Pipeline
  let facts: PipelineFacts

  /// The text of a source row, as an expression over `alias`.
  func text(of alias: String) -> String {
    let expression = pipeline.from.maxCharacters.map {
      "left((\(pipeline.from.text))::text, \($0))"
    }
    return scoped(expression ?? "(\(pipeline.from.text))::text", to: alias)
  }

  /// The digest that tells whether a text is still the one that was embedded.
  func hash(of alias: String) -> String {
    "encode(sha256(convert_to(coalesce(\(text(of: alias)), ''), 'UTF8')), 'hex')"
  }

  /// The source row with this key, a text.
  func sourceHasKey(_ key: String) -> String {
    "source.\(facts.source.key) = \(key)::\(facts.source.keyType)"
  }

  /// Whether an assignment stores the vector itself.
  func takesVector(_ assignment: Pipeline.Assignment) -> Bool {
    assignment.expression.contains("$embedding")
  }

  /// An expression in which `alias` is called `source` and its columns are the only ones.
  func scoped(_ expression: String, to alias: String) -> String {
    "(select \(expression) from (select \(alias).*) as source)"
  }
}
