/// A line of source, or the part of a long one around a place, and the carets below it.
struct SourceExcerpt {
  let text: String
  /// What stands below the text before the place, as wide as that.
  let indent: String
  let carets: String

  init(of line: Substring, at location: SourceLocation) {
    let scalars = Array(line.unicodeScalars.prefix(location.column + Limit.quotedLine))
    let place = min(location.column - 1, scalars.count)
    // Of a long line the part before the place that leaves half of the room for what follows it.
    let start = place < Limit.quotedLine * 3 / 4 ? 0 : place - Limit.quotedLine / 2
    let end = min(start + Limit.quotedLine, scalars.count)
    let before = (start > 0 ? "…" : "") + SourceExcerpt.printable(scalars[start..<place])
    let marked = SourceExcerpt.printable(scalars[place..<min(place + location.width, end)])
    let after = SourceExcerpt.printable(scalars[(place + min(location.width, end - place))..<end])
    text = before + marked + after + (end < scalars.count ? "…" : "")
    // A tab stays a tab under the line, so that the caret stands where the text does.
    indent = before.map { $0 == "\t" ? "\t" : String(repeating: " ", count: $0.columns) }.joined()
    carets = String(repeating: "^", count: max(1, marked.reduce(0) { $0 + $1.columns }))
  }

  private static func printable(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    for scalar in scalars {
      text.append(scalar != "\t" && scalar.commandsTerminals ? "\u{FFFD}" : scalar)
    }
    return String(text)
  }
}
