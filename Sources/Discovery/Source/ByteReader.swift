/// A place in the bytes of a source file, from which names and literals are read.
struct ByteReader {
  let bytes: [UInt8]
  var position: Int

  /// The longest literal that is read, in bytes.
  private static let longest = 300

  init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Whether the bytes from here on begin with these.
  func starts(with token: [UInt8]) -> Bool {
    position + token.count <= bytes.count
      && token.indices.allSatisfy { bytes[position + $0] == token[$0] }
  }

  mutating func skip(_ byte: Character) -> Bool {
    guard next == byte.asciiValue else { return false }
    position += 1
    return true
  }

  mutating func skipSpace() {
    while let byte = next, byte.isSpace { position += 1 }
  }

  /// Goes past white space and the comments of C's family.
  mutating func skipSpaceAndComments() {
    while true {
      skipSpace()
      if starts(with: Array("//".utf8)) {
        while let byte = next, byte != UInt8(ascii: "\n") { position += 1 }
      } else if starts(with: Array("/*".utf8)) {
        position += 2
        while next != nil, !starts(with: Array("*/".utf8)) { position += 1 }
        position = min(position + 2, bytes.count)
      } else {
        return
      }
    }
  }

  /// The text between quotes that begin here, where it is on one line, short and without escapes.
  mutating func quotedText() -> String? {
    guard let quote = next, quote.isQuote else { return nil }
    let start = position + 1
    var end = start
    while end < bytes.count, end - start <= ByteReader.longest {
      if bytes[end] == quote {
        position = end + 1
        return String(validating: bytes[start..<end], as: UTF8.self)
      }
      guard bytes[end] != UInt8(ascii: "\n"), bytes[end] != UInt8(ascii: "\\") else { return nil }
      end += 1
    }
    return nil
  }

  /// The name that begins here, of letters, digits, `_` and `$`.
  mutating func name() -> String? {
    let start = position
    while let byte = next, byte.isOfName { position += 1 }
    guard start < position, !bytes[start].isDigit else { return nil }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// The decimal number that begins here, `1_536` among them.
  mutating func number() -> Int? {
    let start = position
    while let byte = next, byte.isDigit || byte == UInt8(ascii: "_") && position > start {
      position += 1
    }
    return Int(
      String(decoding: bytes[start..<position].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self))
  }

  /// Goes past one string literal, template strings among them, or past one byte.
  mutating func skipLiteralOrByte() {
    guard let quote = next else { return }
    position += 1
    guard quote.isQuote else { return }
    while let byte = next, byte != quote { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
    position = min(position + 1, bytes.count)
  }
}

extension UInt8 {
  var isSpace: Bool { [0x20, 0x09, 0x0A, 0x0D].contains(self) }

  var isQuote: Bool {
    self == UInt8(ascii: "'") || self == UInt8(ascii: "\"") || self == UInt8(ascii: "`")
  }

  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  /// Whether it can stand within a name.
  var isOfName: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"), UInt8(ascii: "$"):
      true
    default: isDigit
    }
  }
}
