/// One character as some program may have written it into a text, and where that ends.
///
/// Read are the character itself; `%XX`, also where the `%` is encoded once more; `+` for a space;
/// what a backslash escapes, in JSON or in a shell, also where the backslash is escaped once more;
/// and a quote that shells and SQL write double.
struct Spelling: Sendable, Equatable {
  let scalar: Unicode.Scalar
  /// The place behind it, in bytes.
  let end: Int

  /// Backslashes in a row that are read as one: those of three escapings, one inside the other.
  private static let mostBackslashes = 8
  /// How often the `%` of an escape may be encoded itself.
  private static let mostPercents = 4

  /// Whether an ASCII character in a text stands for nothing but itself.
  static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: "\\"), UInt8(ascii: "'"),
      UInt8(ascii: "\""):
      false
    default: byte < 0x80
    }
  }

  /// Every character that may stand at a place of a text; none where no character begins.
  static func all(in text: [UInt8], at place: Int) -> [Spelling] {
    // Not inside a scalar, where most bytes of some scripts are.
    guard text.indices.contains(place), text[place] & 0xC0 != 0x80,
      let itself = decoded(in: text, at: place)
    else { return [] }
    switch text[place] {
    case UInt8(ascii: "+"): return [itself, Spelling(scalar: " ", end: itself.end)]
    case UInt8(ascii: "%"):
      let percents = percentEncoded(in: text, at: place)
      // A backslash may be encoded, and what it escapes stand beside it.
      return [itself] + percents
        + (percents.last?.scalar == "\\" ? escaped(in: text, at: place) : [])
    case UInt8(ascii: "\\"): return [itself] + escaped(in: text, at: place)
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return [itself] + doubled(in: text, at: place)
    default: return [itself]
    }
  }

  private static func decoded(in text: [UInt8], at place: Int) -> Spelling? {
    let first = text[place]
    guard first >= 0x80 else {
      return Spelling(scalar: Unicode.Scalar(first), end: place + 1)
    }
    let bytes = text[place..<min(text.count, place + length(ofScalarFrom: first))]
    return scalar(of: bytes).map { Spelling(scalar: $0, end: place + bytes.count) }
  }

  private static func length(ofScalarFrom byte: UInt8) -> Int {
    switch byte {
    case 0xC0..<0xE0: 2
    case 0xE0..<0xF0: 3
    case 0xF0...: 4
    default: 1
    }
  }

  private static func scalar(of bytes: some Collection<UInt8>) -> Unicode.Scalar? {
    guard let text = String(validating: bytes, as: UTF8.self), text.unicodeScalars.count == 1
    else { return nil }
    return text.unicodeScalars.first
  }

  /// A `%` for each way to read `%25…`, and then what the escape stands for in the end.
  private static func percentEncoded(in text: [UInt8], at place: Int) -> [Spelling] {
    var found: [Spelling] = []
    var end = place + 1
    for _ in 0...mostPercents {
      guard let byte = hexadecimal(in: text, at: end, digits: 2) else { return found }
      end += 2
      guard byte == 0x25 else {
        return found + (encodedScalar(from: UInt8(byte), in: text, at: end).map { [$0] } ?? [])
      }
      found.append(Spelling(scalar: "%", end: end))
    }
    return found
  }

  /// The scalar whose first byte is read already, with further bytes from further escapes.
  private static func encodedScalar(
    from first: UInt8, in text: [UInt8], at place: Int
  ) -> Spelling? {
    var bytes = [first]
    var end = place
    while bytes.count < length(ofScalarFrom: first) {
      guard text.indices.contains(end), text[end] == UInt8(ascii: "%") else { return nil }
      end += 1
      for _ in 0..<mostPercents where hexadecimal(in: text, at: end, digits: 2) == 0x25 { end += 2 }
      guard let byte = hexadecimal(in: text, at: end, digits: 2) else { return nil }
      bytes.append(UInt8(byte))
      end += 2
    }
    return scalar(of: bytes).map { Spelling(scalar: $0, end: end) }
  }

  private static func hexadecimal(in text: [UInt8], at place: Int, digits: Int) -> UInt32? {
    guard place + digits <= text.count else { return nil }
    var value: UInt32 = 0
    for byte in text[place..<place + digits] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// What backslashes from here on may stand for, with what they escape.
  private static func escaped(in text: [UInt8], at place: Int) -> [Spelling] {
    var found: [Spelling] = []
    var end = place
    for _ in 0..<mostBackslashes {
      guard let next = backslash(in: text, at: end) else { break }
      end = next
      found.append(Spelling(scalar: "\\", end: end))
      found += escapedCharacter(in: text, at: end)
    }
    return found
  }

  /// The place behind a backslash, itself or percent-encoded.
  private static func backslash(in text: [UInt8], at place: Int) -> Int? {
    guard text.indices.contains(place) else { return nil }
    if text[place] == UInt8(ascii: "\\") { return place + 1 }
    guard text[place] == UInt8(ascii: "%") else { return nil }
    return percentEncoded(in: text, at: place).last { $0.scalar == "\\" }?.end
  }

  private static func escapedCharacter(in text: [UInt8], at place: Int) -> [Spelling] {
    guard text.indices.contains(place) else { return [] }
    switch text[place] {
    case UInt8(ascii: "u"): return unicodeEscape(in: text, at: place + 1).map { [$0] } ?? []
    case UInt8(ascii: "n"): return [Spelling(scalar: "\n", end: place + 1)]
    case UInt8(ascii: "r"): return [Spelling(scalar: "\r", end: place + 1)]
    case UInt8(ascii: "t"): return [Spelling(scalar: "\t", end: place + 1)]
    case UInt8(ascii: "b"): return [Spelling(scalar: "\u{8}", end: place + 1)]
    case UInt8(ascii: "f"): return [Spelling(scalar: "\u{C}", end: place + 1)]
    case UInt8(ascii: "%"):
      return percentEncoded(in: text, at: place) + [Spelling(scalar: "%", end: place + 1)]
    case let byte where byte < 0x80 && !Unicode.Scalar(byte).properties.isAlphabetic:
      return [Spelling(scalar: Unicode.Scalar(byte), end: place + 1)]
    default: return []
    }
  }

  /// What stands behind `\u`: four digits, two times four for a pair of surrogates, or Swift's braces.
  private static func unicodeEscape(in text: [UInt8], at place: Int) -> Spelling? {
    if text.indices.contains(place), text[place] == UInt8(ascii: "{") {
      guard let closing = text[place...].prefix(10).firstIndex(of: UInt8(ascii: "}")),
        let value = hexadecimal(in: text, at: place + 1, digits: closing - place - 1),
        let scalar = Unicode.Scalar(value)
      else { return nil }
      return Spelling(scalar: scalar, end: closing + 1)
    }
    guard let first = hexadecimal(in: text, at: place, digits: 4) else { return nil }
    if let scalar = Unicode.Scalar(first) { return Spelling(scalar: scalar, end: place + 4) }
    var end = place + 4
    for _ in 0..<mostBackslashes {
      guard let next = backslash(in: text, at: end) else { break }
      end = next
    }
    guard text.indices.contains(end), text[end] == UInt8(ascii: "u"), (0xD800..<0xDC00) ~= first,
      let second = hexadecimal(in: text, at: end + 1, digits: 4), (0xDC00..<0xE000) ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { return nil }
    return Spelling(scalar: scalar, end: end + 5)
  }

  /// A quote as SQL writes it inside quotes, `''`, and as a shell does, `'\''`.
  private static func doubled(in text: [UInt8], at place: Int) -> [Spelling] {
    let quote = text[place]
    let scalar = Unicode.Scalar(quote)
    func isQuote(at place: Int) -> Bool { text.indices.contains(place) && text[place] == quote }
    if isQuote(at: place + 1) { return [Spelling(scalar: scalar, end: place + 2)] }
    var end = place + 1
    for _ in 0..<mostBackslashes {
      guard let next = backslash(in: text, at: end) else { return [] }
      end = next
      if isQuote(at: end), isQuote(at: end + 1) { return [Spelling(scalar: scalar, end: end + 2)] }
    }
    return []
  }
}
