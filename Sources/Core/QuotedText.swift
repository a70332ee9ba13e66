extension StringProtocol {
  /// The text between quotes for a message: on one line, shortened, and nothing that a terminal
  /// obeys.
  package var quoted: String {
    let shown = unicodeScalars.prefix(Limit.quotedValue)
    return "\"" + String(String.UnicodeScalarView(shown)).escaped
      + (shown.endIndex == unicodeScalars.endIndex ? "\"" : "…\"")
  }

  /// The text on one line, with nothing in it that a terminal obeys.
  package var escaped: String {
    unicodeScalars.map { scalar in
      scalar.value >= 0x7F && scalar.commandsTerminals
        ? "\\u{\(String(scalar.value, radix: 16))}" : JSONText.escaped(scalar)
    }.joined()
  }
}

extension Sequence where Element == String {
  /// The names in a row for a message: `a`, `a and b`, `a, b and c`.
  package func joined(last conjunction: String) -> String {
    let names = Array(self)
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
  }
}
