/// A JSON value whose objects keep their keys in the order in which they were written.
///
/// `JSONEncoder` keeps no order and leaves out what is nil; readers count on both.
package enum JSONDocument: Sendable {
  /// One name of an object with its value.
  package typealias Member = (key: String, value: JSONDocument)

  case null
  case flag(Bool)
  case whole(Int)
  case number(Double)
  case text(String)
  case list([JSONDocument])
  case object([Member])

  package init(_ text: String?) {
    self = text.map { .text($0) } ?? .null
  }

  /// The value over several lines, indented by two spaces for each level.
  package func rendered(indent: String = "") -> String {
    switch self {
    case .null: return "null"
    case .flag(let value): return value ? "true" : "false"
    case .whole(let value): return String(value)
    case .number(let value): return JSONDocument.digits(of: value)
    case .text(let value): return JSONDocument.quoted(value)
    case .list(let elements):
      return JSONDocument.block("[", elements.map { ("", $0) }, "]", indent: indent)
    case .object(let members):
      let keyed = members.map { (JSONDocument.quoted($0.key) + ": ", $0.value) }
      return JSONDocument.block("{", keyed, "}", indent: indent)
    }
  }

  private static func block(
    _ opening: String, _ parts: [(lead: String, value: JSONDocument)], _ closing: String,
    indent: String
  ) -> String {
    guard !parts.isEmpty else { return opening + closing }
    let inner = indent + "  "
    let lines = parts.map { inner + $0.lead + $0.value.rendered(indent: inner) }
    return opening + "\n" + lines.joined(separator: ",\n") + "\n" + indent + closing
  }

  /// JSON has no word for what is not finite.
  private static func digits(of value: Double) -> String {
    guard value.isFinite else { return "null" }
    return value.rounded() == value && value.magnitude < 1e15 ? String(Int(value)) : String(value)
  }

  /// The text between quotes, pure enough to be printed on a terminal.
  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      scalar.isActive ? JSONText.visible(scalar) : JSONText.escaped(scalar)
    }
    return "\"" + escaped.joined() + "\""
  }
}
