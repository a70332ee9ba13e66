internal import Checklist
internal import Core

/// A regular expression from the checklist, as Swift's `Regex` reads it.
struct TextPattern: Sendable {
  let text: String
  // @unchecked: `Regex` is a value that matching does not change; it only lacks the conformance.
  private struct Program: @unchecked Sendable {
    let regex: Regex<AnyRegexOutput>
  }
  private let program: Program

  /// Nil where the text is no regular expression.
  init?(_ text: String) {
    guard let regex = try? Regex(text) else { return nil }
    self.text = text
    program = Program(regex: regex.matchingSemantics(.unicodeScalar).anchorsMatchLineEndings())
  }

  /// The pattern between slashes, cut to what a message can hold.
  var shown: String {
    let line = text.trimmed
    return "/" + (line.count > Limit.quotedLine ? line.prefix(Limit.quotedLine) + "…" : line) + "/"
  }

  func matchesWhole(_ text: String) -> Bool {
    (try? program.regex.wholeMatch(in: text)) != nil
  }

  /// Where it matches, from the front, at most so many times.
  func ranges(in text: String, atMost limit: Int) -> [Range<String.Index>] {
    var ranges: [Range<String.Index>] = []
    var start = text.startIndex
    while ranges.count < limit, let match = try? program.regex.firstMatch(in: text[start...]) {
      ranges.append(match.range)
      guard match.range.upperBound < text.endIndex else { break }
      start =
        match.range.isEmpty
        ? text.unicodeScalars.index(after: match.range.upperBound) : match.range.upperBound
    }
    return ranges
  }
}

extension Settings {
  /// A setting that is one regular expression, where it is given.
  func pattern(_ field: String) throws(Diagnostic) -> TextPattern? {
    guard let text = optionalText(field), let setting = self[field] else { return nil }
    return try Settings.pattern(text, of: field, at: setting.location)
  }

  /// A setting that is one regular expression or several.
  func patterns(_ field: String) throws(Diagnostic) -> [TextPattern] {
    var patterns: [TextPattern] = []
    for item in list(field) {
      guard case .text(let text) = item.value else { continue }
      patterns.append(try Settings.pattern(text, of: field, at: item.location))
    }
    return patterns
  }

  private static func pattern(
    _ text: String, of field: String, at location: SourceLocation
  ) throws(Diagnostic) -> TextPattern {
    guard let pattern = TextPattern(text) else {
      throw Diagnostic(
        "`\(field)` holds \(text.quoted), which is no regular expression", at: location,
        help: "the syntax is that of Swift's Regex, as in Perl and PCRE")
    }
    return pattern
  }
}
