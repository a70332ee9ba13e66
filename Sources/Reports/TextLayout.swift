/// Fits plain text, without escapes for colour, into columns; a character counts as one column.
enum TextLayout {
  /// The text over as many lines as it needs, broken at single spaces only.
  ///
  /// A longer word than a line keeps whole, so that a path or a command can still be copied; spaces
  /// that stand together stay, since in a value they mean something.
  static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if let line = lines.last, line.count + 1 + word.count <= width {
        lines[lines.count - 1] = line + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// The text where it fits, otherwise its beginning and an ellipsis.
  static func cut(_ text: String, to width: Int, ellipsis: String) -> String {
    guard text.count > width else { return text }
    let kept = text.prefix(max(0, width - ellipsis.count))
    return String(kept.reversed().drop { $0 == " " }.reversed()) + ellipsis.prefix(width)
  }

  static func padded(_ text: String, to width: Int) -> String {
    text + spaces(width - text.count)
  }

  static func spaces(_ count: Int) -> String {
    String(repeating: " ", count: max(0, count))
  }
}
