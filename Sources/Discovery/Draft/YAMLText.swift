internal import Core

/// Scalars, lists and comments as YAML writes them, whatever the texts hold.
enum YAMLText {
  /// The longest line of a comment, in characters.
  static let width = 110

  /// A text that is read back as it is, in block and in flow style.
  static func scalar(_ text: String) -> String {
    if isPlain(text) { return text }
    let needsEscapes = text.unicodeScalars.contains(where: needsEscape)
    if !needsEscapes, text.contains("\"") || text.contains("\\") {
      return "'" + text.replacing("'", with: "''") + "'"
    }
    return "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  /// A list in flow style, or with an item on each line where it is long.
  static func list(_ texts: [String]) -> String {
    let line = "[" + texts.map(scalar).joined(separator: ", ") + "]"
    return line.count <= width - 20 ? line : texts.map { "\n- " + scalar($0) }.joined()
  }

  /// Lines of a comment, each with `# ` before it and no longer than a line may be.
  static func comment(_ text: String, indent: Int = 0) -> [String] {
    let shown = text.unicodeScalars.map { needsEscape($0) ? escaped($0) : String($0) }.joined()
    let head = String(repeating: " ", count: indent) + "#"
    var lines: [String] = []
    var line = head
    for word in shown.split(separator: " ") {
      if line.count + 1 + word.count > width, line != head {
        lines.append(line)
        line = head
      }
      line += " " + word
    }
    return line == head ? lines : lines + [line]
  }

  /// Whether a checklist can hold the text at all: `${` would begin a variable.
  static func canHold(_ text: String) -> Bool { !text.contains("${") && !text.isEmpty }

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) || "_$/".utf8.contains(first) else {
      return false
    }
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
    return !words.contains(text.lowercased()) && text.utf8.last != UInt8(ascii: " ")
      && text.utf8.allSatisfy { isLetter($0) || "0123456789_./$()* -".utf8.contains($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// Whether the scalar breaks lines, is unknown to YAML (1.2.2, section 5.1), or shows a text in
  /// another order than it has.
  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: true
    default: false
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    guard needsEscape(scalar) else { return JSONText.escaped(scalar) }
    guard scalar.value >= 0x20 else { return JSONText.escaped(scalar) }
    let digits = String(scalar.value, radix: 16)
    let (letter, width) = scalar.value > 0xFFFF ? ("U", 8) : ("u", 4)
    return "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
  }
}
