internal import Core

/// One line of an env file, read from left to right.
struct EnvLine {
  struct Name {
    let text: String
    let location: SourceLocation
  }

  private let scalars: [Unicode.Scalar]
  private let number: Int
  private let file: String
  private var position = 0

  init(_ line: Substring, number: Int, file: String) {
    scalars = Array(line.unicodeScalars)
    self.number = number
    self.file = file
  }

  /// Where the reading stands.
  var place: SourceLocation { place(of: position) }

  private func place(of position: Int) -> SourceLocation {
    SourceLocation(file: file, line: number, column: position + 1)
  }

  /// The name and the value that the line sets, or nil where it sets nothing.
  mutating func assignment() throws(Diagnostic) -> (Name, String)? {
    skipSpace()
    guard let first = next, first != "#" else { return nil }
    skipExport()
    let start = position
    while let scalar = next, scalar.isOfName { position += 1 }
    let name = String(String.UnicodeScalarView(scalars[start..<position]))
    guard let leading = name.unicodeScalars.first, !("0"..."9").contains(leading), next == "="
    else {
      let isSpaced = !name.isEmpty && next.map(\.isSpace) == true
      throw Diagnostic(
        isSpaced ? "no `=` stands right behind the name" : "this line is no `NAME=value`",
        at: isSpaced ? place : place(of: start),
        help: isSpaced
          ? "write NAME=value without spaces around the `=`"
          : "a name has letters, digits and `_`, and does not begin with a digit")
    }
    position += 1
    let value = try value()
    return (
      Name(
        text: name,
        location: SourceLocation(
          file: file, line: number, column: start + 1, width: name.unicodeScalars.count)),
      value
    )
  }

  private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func skipSpace() {
    while next?.isSpace == true { position += 1 }
  }

  /// `export` is a word of the shell only where a space follows it.
  private mutating func skipExport() {
    let word = Array("export".unicodeScalars)
    guard scalars[position...].starts(with: word), position + word.count < scalars.count,
      scalars[position + word.count].isSpace
    else { return }
    position += word.count
    skipSpace()
  }

  private mutating func value() throws(Diagnostic) -> String {
    switch next {
    case "'", "\"":
      let value = try quotedValue()
      let end = position
      skipSpace()
      guard next == nil || next == "#" && position > end else {
        throw Diagnostic(
          "more stands behind the closing quote", at: place,
          help: "put the whole value between the quotes")
      }
      return value
    default: return try bareValue()
    }
  }

  private mutating func bareValue() throws(Diagnostic) -> String {
    let start = position
    var end = position
    while let scalar = next {
      if scalar == "#", position == start || scalars[position - 1].isSpace { break }
      if scalar == "'" || scalar == "\"" || scalar == "`" || scalar == "\\" {
        throw Diagnostic(
          "quotes and backslashes do not stand in a bare value, where shells and other readers "
            + "differ on them",
          at: place, help: "put the whole value between single quotes")
      }
      position += 1
      if !scalar.isSpace { end = position }
    }
    if end > start, scalars[start].isSpace {
      throw Diagnostic(
        "a space stands behind the `=`", at: place(of: start),
        help: "write NAME=value; a value that begins with a space stands between quotes")
    }
    return String(String.UnicodeScalarView(scalars[start..<end]))
  }

  private mutating func quotedValue() throws(Diagnostic) -> String {
    let start = position
    let quote = scalars[start]
    var value = String.UnicodeScalarView()
    position += 1
    while let scalar = next {
      position += 1
      if scalar == quote { return String(value) }
      if scalar == "\\", quote == "\"" {
        guard let escaped = next.flatMap({ EnvLine.escapes[$0] }) else {
          throw Diagnostic(
            "this backslash escapes nothing that is known", at: place(of: position - 1),
            help:
              "known are \\n, \\r, \\t, \\\\, \\\" and \\$; in single quotes a backslash is itself")
        }
        value.append(escaped)
        position += 1
      } else {
        value.append(scalar)
      }
    }
    throw Diagnostic(
      "the quote is not closed on its line", at: place(of: start),
      help: "write a line break inside double quotes as \\n")
  }

  private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
    "n": "\n", "r": "\r", "t": "\t", "\\": "\\", "\"": "\"", "$": "$",
  ]
}

extension Unicode.Scalar {
  fileprivate var isSpace: Bool { self == " " || self == "\t" || self == "\r" }

  fileprivate var isOfName: Bool {
    switch self {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: false
    }
  }
}
