internal import Core

/// Bounds on what a report repeats of others' words.
package enum ReportLimit {
  /// Unicode scalars of a message or value.
  package static let textScalars = 1_000
  /// Unicode scalars of a text that a person is to paste.
  package static let fixScalars = 16_000
  /// Elements of a list of evidence.
  package static let listElements = 100
  /// Samples of a run; more are thinned out evenly.
  package static let samples = 1_000
}

/// Makes text of unknown origin fit to be shown: no secrets, no control characters, no great length.
struct ShownText: Sendable {
  let redactor: Redactor

  /// The text without secrets and of bounded length, for a format that escapes by itself.
  func bounded(_ text: String, to limit: Int = ReportLimit.textScalars) -> String {
    let scalars = redactor.redact(text).unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end != scalars.endIndex
    else { return String(scalars) }
    return String(scalars[..<end]) + "…"
  }

  /// The text on one line.
  func line(_ text: String) -> String {
    ShownText.escaped(bounded(text))
  }

  /// The text on one line, whatever its length.
  func wholeLine(_ text: String) -> String {
    ShownText.escaped(redactor.redact(text))
  }

  /// The text's own lines, for a person to copy.
  func lines(_ text: String, to limit: Int = ReportLimit.fixScalars) -> [String] {
    var lines = bounded(text, to: limit)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { ShownText.escaped($0, except: "\t") }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// Text in which nothing moves a terminal's cursor, breaks a line or turns the writing around.
  static func escaped(_ text: some StringProtocol, except kept: Unicode.Scalar? = nil) -> String {
    text.unicodeScalars.map { scalar in
      scalar != kept && scalar.isActive ? JSONText.visible(scalar) : String(scalar)
    }.joined()
  }
}
