internal import Core

/// A scalar with `${NAME}` or `${NAME:-default}` in it, not filled yet.
///
/// Only `${` is special, so that `$embedding`, `$1` and `$$` stay as they are. What a variable holds
/// is never read again for variables.
package struct Template: Sendable, Equatable {
  /// A stretch of a template.
  package enum Part: Sendable, Equatable {
    case literal(String)
    case variable(String, default: String?)
  }

  /// What is wrong with a scalar that holds `${`.
  package enum Fault: Error, Sendable, Equatable {
    case unclosed
    case badName(String)
    case nested

    package var message: String {
      switch self {
      case .unclosed: "`${` opens a variable that no `}` closes"
      case .badName(let name): "\(name.quoted) is no variable name"
      case .nested: "a variable's default cannot hold another variable"
      }
    }
  }

  package let parts: [Part]

  /// Reads a scalar's text.
  package init(reading text: String) throws(Fault) {
    var parts: [Part] = []
    var rest = text[...]
    while let opening = rest.range(ofText: "${") {
      if opening.lowerBound > rest.startIndex {
        parts.append(.literal(String(rest[..<opening.lowerBound])))
      }
      rest = rest[opening.upperBound...]
      guard let end = rest.unicodeScalars.firstIndex(of: "}") else { throw .unclosed }
      parts.append(try Template.variable(rest[..<end]))
      rest = rest[rest.unicodeScalars.index(after: end)...]
    }
    if !rest.isEmpty { parts.append(.literal(String(rest))) }
    self.parts = parts
  }

  private static func variable(_ text: Substring) throws(Fault) -> Part {
    if text.range(ofText: "${") != nil { throw .nested }
    let divider = text.range(ofText: ":-")
    let name = String(text[..<(divider?.lowerBound ?? text.endIndex)])
    let isName = name.utf8.enumerated().allSatisfy { place, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "_"):
        true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): place > 0
      default: false
      }
    }
    guard isName, !name.isEmpty else { throw .badName(name) }
    return .variable(name, default: divider.map { String(text[$0.upperBound...]) })
  }

  /// The names of the variables, in the order of the text, each once.
  package var variables: [String] {
    parts.compactMap { if case .variable(let name, _) = $0 { name } else { nil } }.withoutRepeats(
      by: \.self)
  }

  /// The text where each variable without default stands for nothing.
  package var literalText: String {
    parts.map { part in
      switch part {
      case .literal(let text): text
      case .variable(_, let fallback): fallback ?? ""
      }
    }.joined()
  }

  /// The text with each variable's value, or its default where the variable is unset or empty.
  ///
  /// - Parameter variables: Where values come from.
  /// - Returns: The filled text.
  /// - Throws: The first variable that has neither value nor default.
  package func filled(from variables: Variables) throws(UnsetVariable) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .literal(let literal): text += literal
      case .variable(let name, let fallback):
        guard let absence = variables.absence(of: name) else {
          text += variables[name] ?? ""
          continue
        }
        guard let shown = variables.standIn(for: absence, default: fallback) else { throw absence }
        text += shown
      }
    }
    return text
  }
}

extension Substring {
  // By scalars: a combining mark after `${` must not hide it.
  fileprivate func range(ofText pattern: String) -> Range<Index>? {
    let wanted = Array(pattern.unicodeScalars)
    let scalars = unicodeScalars
    var position = scalars.startIndex
    while position < scalars.endIndex {
      if scalars[position...].starts(with: wanted) {
        return position..<scalars.index(position, offsetBy: wanted.count)
      }
      position = scalars.index(after: position)
    }
    return nil
  }
}
