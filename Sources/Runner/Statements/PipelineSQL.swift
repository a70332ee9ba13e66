internal import Checklist

/// Writes the statements of one pipeline, from its declaration and the catalog's facts.
///
/// The user's expressions are put into scopes of their own, in which only the source row is
/// visible, so that no column of the queue can be mistaken for one of theirs.
struct PipelineSQL: Sendable {
  let pipeline: Pipeline
  let facts: PipelineFacts
  /// Which rows of the source are meant.
  var choice = Choice()

  /// The text of a source row, where the row's columns are the only ones.
  var text: String {
    pipeline.from.maxCharacters.map { "left((\(pipeline.from.text))::text, \($0))" }
      ?? "(\(pipeline.from.text))::text"
  }

  /// The digest that tells whether a text is still the one that was embedded.
  func hash(of alias: String) -> String { hash(ofText: scoped(text, to: alias)) }

  func hash(ofText text: String) -> String {
    "encode(sha256(convert_to(coalesce(\(text), ''), 'UTF8')), 'hex')"
  }

  /// A digest as the queue keeps it for the audit: eight bytes of it tell texts apart as well.
  static func short(_ hash: String) -> String {
    "hashtextextended((\(hash))::text collate \"C\", 0)"
  }

  /// The key of a source row as one text: that of several columns is an array's.
  func key(of alias: String) -> String {
    let texts = facts.source.key.map { "\(alias).\($0.name)::text" }
    return texts.count == 1 ? texts[0] : "array[\(texts.joined(separator: ", "))]::text"
  }

  /// Whether a row, of the source or of another table with its key's columns, has this key.
  func hasKey(_ key: String, _ alias: String) -> String {
    facts.source.key.enumerated().map { place, column in
      "\(alias).\(column.name) = \(keyValue(of: key, place))"
    }.joined(separator: " and ")
  }

  /// One column of a key, as the source has it.
  func keyValue(of key: String, _ place: Int) -> String {
    let text = facts.source.key.count == 1 ? key : "(\(key)::text[])[\(place + 1)]"
    return "\(text)::\(facts.source.key[place].type)"
  }

  /// The columns by which a row of an upserted table is known, target by target.
  var keptKeys: [(place: Int, column: Int)] {
    var keys: [(place: Int, column: Int)] = []
    for (place, target) in pipeline.targets.enumerated() {
      guard case .upsert(_, let conflict, let assignments) = target else { continue }
      for column in assignments.indices where conflict.contains(assignments[column].column) {
        keys.append((place, column))
      }
    }
    return keys
  }

  /// Whether an assignment stores the vector itself.
  func takesVector(_ assignment: Pipeline.Assignment) -> Bool {
    assignment.expression.contains("$embedding")
  }

  /// What joins values of the source row, in which its columns are the only ones, as `own`.
  ///
  /// The planner merges it with what is around it, where it evaluates an expression in a scope of its own
  /// as a query for each row, and by one process alone.
  func own(_ values: [String]) -> String {
    "cross join lateral (select \(values.joined(separator: ", ")) "
      + "from (select source.*) as source) as own"
  }

  /// An expression in which `alias` is called `source` and its columns are the only ones.
  func scoped(_ expression: String, to alias: String) -> String {
    "(select \(expression) from (select \(alias).*) as source)"
  }
}
