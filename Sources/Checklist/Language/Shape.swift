internal import Core

/// What a value of the checklist language looks like.
///
/// Reading, the JSON Schema and the reference page all come from these shapes.
package indirect enum Shape: Sendable, Equatable {
  /// A text that is not empty; variables are filled in.
  case text
  /// A text that must not be shown and must come from a variable.
  case secret
  /// A Postgres URL or keyword text; it is secret, and a password in it must come from a variable.
  case connection
  /// A name of the author's own, `[a-z0-9][a-z0-9._-]*`, which holds no variable.
  case identifier
  /// One of these words.
  case word([String])
  /// A whole number within bounds.
  case whole(ClosedRange<Int>)
  /// `true` or `false`.
  case flag
  /// A length of time with its unit, such as `10s`.
  case duration
  /// A day, written `YYYY-MM-DD`.
  case day
  /// A condition on a number of any unit, such as `>= 1/s`.
  case comparison
  /// A condition on a number in one of these units.
  case comparisonOf([Measure])
  /// Any scalar: a text, a number, a truth value or null, told apart as YAML 1.2's core schema does.
  case scalar
  /// A list of at least so many items.
  case list(Shape, atLeast: Int)
  /// A single item or a list of at least one; read as a list in either case.
  case oneOrMany(Shape)
  /// Names to values, in the order of the file, at least one.
  case map(Shape)
  /// Named values, each with its own shape.
  case record([Field])
  /// The name of a service of this kind: `postgres`, `embeddings` or `supabase`.
  case service(kind: String)
  /// The first of these shapes that a scalar fits.
  case choiceOfShapes([Shape])
}

/// The unit in which a quantity is counted.
package enum Measure: String, Sendable, CaseIterable {
  case number
  case percentage
  case rate
  case duration

  /// An example of a quantity in this unit.
  package var example: String {
    switch self {
    case .number: "3"
    case .percentage: "2%"
    case .rate: "1/s"
    case .duration: "10s"
    }
  }
}

extension Shape {
  /// The shape as the end of the sentence "this must be …".
  package var expectation: String {
    switch self {
    case .text, .secret: "a text"
    case .connection: "a Postgres connection URL"
    case .identifier: "a name of lower-case letters, digits, `.`, `_` and `-`"
    case .word(let words): words.joined(last: "or")
    case .whole(let range): Shape.expectation(of: range)
    case .flag: "true or false"
    case .duration: "a duration such as 500ms, 10s, 2m or 1h"
    case .day: "a day such as 2026-12-31"
    case .comparison: "a comparison such as \">= 1/s\", \"> 2%\" or 0"
    case .comparisonOf(let measures):
      "a comparison such as " + measures.map { "\">= \($0.example)\"" }.joined(last: "or")
    case .scalar: "a single value"
    case .list(let item, _): "a list, each item " + item.expectation
    case .oneOrMany(let item): item.expectation + ", or a list of such"
    case .map(let value): "names to values, each value " + value.expectation
    case .record(let fields): Shape.expectation(of: fields)
    case .service(let kind): "the name of a service of kind `\(kind)`"
    case .choiceOfShapes(let shapes): shapes.map(\.expectation).joined(last: "or")
    }
  }

  private static func expectation(of fields: [Field]) -> String {
    let required = fields.filter(\.isRequired)
    let names = (required.isEmpty ? fields : required).map { "`\($0.name)`" }
    return "a mapping with " + names.joined(last: required.isEmpty ? "or" : "and")
  }

  private static func expectation(of range: ClosedRange<Int>) -> String {
    if range.count == 1 { return String(range.lowerBound) }
    return range.upperBound == .max
      ? "a whole number, \(range.lowerBound) or more"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }

  /// Whether a value of this shape must not be shown.
  package var isSecret: Bool {
    switch self {
    case .secret, .connection: true
    default: false
    }
  }
}
