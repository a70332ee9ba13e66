/// Lines at the bottom of a terminal that are drawn over and over in the same place.
///
/// The control sequences are those of ECMA-48: cursor up, erase to the end of the line or screen.
struct LiveBlock: Sendable {
  private var height = 0

  /// Puts these lines in the place of the ones drawn before; none is longer than the terminal is
  /// wide, or the terminal would break it and the count of lines would be wrong.
  mutating func drawing(_ lines: [String]) -> String {
    let start = home
    height = lines.count
    return start + lines.map { $0 + "\u{1b}[K\n" }.joined() + "\u{1b}[J"
  }

  /// Takes the lines away, so that others can be written where they stood.
  mutating func clearing() -> String {
    guard height > 0 else { return "" }
    defer { height = 0 }
    return home + "\u{1b}[J"
  }

  private var home: String { height > 0 ? "\u{1b}[\(height)A\r" : "" }
}
