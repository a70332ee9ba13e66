/// One fault of a file that a person wrote: where it is, what is wrong, and what would mend it.
package struct Diagnostic: Error, Sendable, Equatable {
  /// Whether the file can be used all the same.
  package enum Severity: String, Sendable {
    case error
    case warning
  }

  /// A second place that matters, as the first of two duplicates does.
  package struct Note: Sendable, Equatable {
    package let location: SourceLocation
    package let message: String

    package init(_ message: String, at location: SourceLocation) {
      self.location = location
      self.message = message
    }
  }

  package let severity: Severity
  package let message: String
  /// Nil where the fault is of the file as a whole, such as a file that cannot be read.
  package let location: SourceLocation?
  package let notes: [Note]
  package let help: String?

  package init(
    _ message: String, at location: SourceLocation?, severity: Severity = .error,
    notes: [Note] = [], help: String? = nil
  ) {
    self.severity = severity
    self.message = message
    self.location = location
    self.notes = notes
    self.help = help
  }

  /// The diagnostic as a person reads it: a line that editors jump to, the source, a caret, help.
  ///
  /// Only lines of the given files are quoted.
  package func rendered(quoting sources: [SourceText]) -> String {
    guard let location else {
      return "\(severity.rawValue): \(message)" + (help.map { "\n   help: \($0)" } ?? "")
    }
    var text = "\(location): \(severity.rawValue): \(message)"
    text += Diagnostic.excerpt(at: location, label: help, from: sources)
    for note in notes {
      text += "\n\(note.location): note: \(note.message)"
      text += Diagnostic.excerpt(at: note.location, label: nil, from: sources)
    }
    return text
  }

  private static func excerpt(
    at location: SourceLocation, label: String?, from sources: [SourceText]
  ) -> String {
    guard let line = sources.first(where: { $0.file == location.file })?.line(location.line) else {
      return label.map { "\n   help: \($0)" } ?? ""
    }
    let number = String(location.line)
    let gutter = String(repeating: " ", count: max(5, number.count + 2))
    let numberGutter = String(repeating: " ", count: gutter.count - number.count) + number
    let excerpt = SourceExcerpt(of: line, at: location)
    return "\n\(numberGutter) | \(excerpt.text)\n\(gutter) | \(excerpt.indent)\(excerpt.carets)"
      + (label.map { " \($0)" } ?? "")
  }
}
