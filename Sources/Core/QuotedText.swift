extension StringProtocol {
  /// The text between quotes for a message: on one line, shortened, and nothing that a terminal
  /// obeys.
  package var quoted: String {
    let shown = unicodeScalars.prefix(Limit.quotedValue)
    let escaped = shown.map { scalar in
      scalar.value >= 0x7F && scalar.commandsTerminals
        ? "\\u{\(String(scalar.value, radix: 16))}" : JSONText.escaped(scalar)
    }
    return "\"" + escaped.joined() + (shown.endIndex == unicodeScalars.endIndex ? "\"" : "…\"")
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
