/// A stretch of a text file, for a person to jump to.
///
/// Lines and columns count from 1; a column counts Unicode scalars, as editors and SARIF do.
package struct SourceLocation: Sendable, Hashable {
  package let file: String
  package let line: Int
  package let column: Int
  /// Scalars to underline, at least one.
  package let width: Int

  package init(file: String, line: Int, column: Int, width: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
    self.width = max(1, width)
  }
}

extension SourceLocation: CustomStringConvertible {
  package var description: String { "\(file):\(line):\(column)" }
}

extension SourceLocation: Comparable {
  package static func < (left: SourceLocation, right: SourceLocation) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}

/// The text of one source file, kept to quote its lines.
package struct SourceText: Sendable, Equatable {
  package let file: String
  package let lines: [Substring]

  package init(file: String, text: String) {
    self.file = file
    // By bytes: to tell characters apart takes longer than all the rest that a file goes through.
    let parts = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    lines = parts.enumerated().map { place, part in
      let isEnded = place < parts.count - 1
      return Substring(isEnded && part.last == UInt8(ascii: "\r") ? part.dropLast() : part)
    }
  }

  /// The line with this number, counted from 1, or nil past the end.
  package func line(_ number: Int) -> Substring? {
    lines.indices.contains(number - 1) ? lines[number - 1] : nil
  }

  /// The text where a mark stands in place of each of these stretches and the rest of its line;
  /// stretches of other files do not matter.
  package func hiding(_ locations: [SourceLocation]) -> SourceText {
    var hidden = lines
    // By line: a hostile file has thousands of such places on one line.
    let own = locations.filter { $0.file == file }
    let columns = Dictionary(own.map { ($0.line - 1, $0.column) }, uniquingKeysWith: min)
    for (line, column) in columns where hidden.indices.contains(line) {
      let shown = hidden[line].unicodeScalars.prefix(column - 1)
      hidden[line] = Substring(String(shown) + Redactor.mark)
    }
    return SourceText(file: file, lines: hidden)
  }

  private init(file: String, lines: [Substring]) {
    self.file = file
    self.lines = lines
  }
}
