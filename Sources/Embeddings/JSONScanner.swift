/// Reads JSON by going through its bytes once, building nothing that nobody asked for.
///
/// It accepts `NaN` and `Infinity` beside RFC 8259, since Python servers write them: a vector that
/// holds one is to be reported as such, not as an unreadable answer.
struct JSONScanner {
  /// The bytes are no JSON, or end too early, or nest too deeply.
  struct Malformed: Error, Equatable {}

  /// Deeper nesting is refused, as a bound on recursion.
  private static let depthLimit = 64

  let bytes: [UInt8]
  private(set) var position = 0
  private var depth = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next byte that is no space, or nil at the end.
  mutating func peek() -> UInt8? {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      case let byte: return byte
      }
    }
    return nil
  }

  /// Hands each member's key to `read`, which takes the value.
  mutating func object(_ read: (inout JSONScanner, String) throws(Malformed) -> Void)
    throws(Malformed)
  {
    try list(from: "{", to: "}") { (scanner) throws(Malformed) in
      let key = try scanner.string()
      try scanner.take(":")
      try read(&scanner, key)
    }
  }

  /// Calls `read` for each element, which takes it.
  mutating func array(_ read: (inout JSONScanner) throws(Malformed) -> Void) throws(Malformed) {
    try list(from: "[", to: "]", read)
  }

  private mutating func list(
    from opening: Unicode.Scalar, to closing: Unicode.Scalar,
    _ read: (inout JSONScanner) throws(Malformed) -> Void
  ) throws(Malformed) {
    try take(opening)
    depth += 1
    guard depth <= JSONScanner.depthLimit else { throw Malformed() }
    defer { depth -= 1 }
    if peek() == UInt8(ascii: closing) {
      position += 1
      return
    }
    while true {
      try read(&self)
      guard peek() == UInt8(ascii: ",") else {
        return try take(closing)
      }
      position += 1
    }
  }

  /// The bytes between the quotes of a string, as they are written.
  struct RawString {
    let bytes: ArraySlice<UInt8>
    let hasEscapes: Bool
  }

  mutating func rawString() throws(Malformed) -> RawString {
    try take("\"")
    let start = position
    let (end, hasEscapes) = JSONScanner.endOfString(in: bytes.span, from: start)
    guard end < bytes.count else { throw Malformed() }
    position = end + 1
    return RawString(bytes: bytes[start..<end], hasEscapes: hasEscapes)
  }

  /// Where a string's closing quote is, or a place behind the text.
  ///
  /// Most of an answer is inside of strings: each of their bytes is looked at here, and only here.
  private static func endOfString(
    in text: Span<UInt8>, from start: Int
  ) -> (end: Int, hasEscapes: Bool) {
    var end = start
    var hasEscapes = false
    while end < text.count {
      // So many bytes at once, as long as none of them is of interest.
      let next = end + 64
      guard next > text.count || hasEnd(text.extracting(end..<next)) else {
        end = next
        continue
      }
      while end < min(next, text.count) {
        switch text[end] {
        case UInt8(ascii: "\""): return (end, hasEscapes)
        case UInt8(ascii: "\\"):
          hasEscapes = true
          end += 2
        default: end += 1
        }
      }
    }
    return (end, hasEscapes)
  }

  /// Whether there is a quote or an escape among some bytes.
  @inline(__always)
  private static func hasEnd(_ bytes: Span<UInt8>) -> Bool {
    // All are looked at, which the compiler does for many at once.
    var found: UInt8 = 0
    for place in bytes.indices {
      let byte = bytes[place]
      found |= (byte == UInt8(ascii: "\"") ? 1 : 0) | (byte == UInt8(ascii: "\\") ? 1 : 0)
    }
    return found != 0
  }

  mutating func string() throws(Malformed) -> String {
    try JSONScanner.text(of: rawString())
  }

  /// The text of a string's raw bytes, its escapes resolved; a lone surrogate becomes U+FFFD.
  static func text(of raw: RawString) throws(Malformed) -> String {
    let text = String(decoding: raw.bytes, as: UTF8.self)
    guard raw.hasEscapes else { return text }
    var units: [UInt16] = []
    var rest = text.utf16[...]
    while let unit = rest.popFirst() {
      guard unit == 0x5c else {
        units.append(unit)
        continue
      }
      guard let escape = rest.popFirst().flatMap({ Unicode.Scalar($0) }) else { throw Malformed() }
      switch escape {
      case "\"", "\\", "/": units.append(UInt16(escape.value))
      case "b": units.append(0x08)
      case "f": units.append(0x0c)
      case "n": units.append(0x0a)
      case "r": units.append(0x0d)
      case "t": units.append(0x09)
      case "u":
        let digits = String(Substring(rest.prefix(4)))
        guard digits.utf8.count == 4, let unit = UInt16(digits, radix: 16) else {
          throw Malformed()
        }
        units.append(unit)
        rest = rest.dropFirst(4)
      default: throw Malformed()
      }
    }
    return String(decoding: units, as: UTF16.self)
  }

  /// A number; `NaN` and the infinities come as such.
  mutating func number() throws(Malformed) -> Double {
    guard let first = peek() else { throw Malformed() }
    let start = position
    var mantissa: UInt64 = 0
    var digits = 0
    var scale = 0
    if first == UInt8(ascii: "-") { position += 1 }
    if position < bytes.count, "NI".utf8.contains(bytes[position]) {
      if word("NaN") { return .nan }
      guard word("Infinity") else { throw Malformed() }
      return .infinity
    }
    var isFraction = false
    loop: while position < bytes.count {
      switch bytes[position] {
      case let byte where (0x30...0x39).contains(byte):
        if digits < 19 { mantissa = mantissa * 10 + UInt64(byte - 0x30) }
        digits += 1
        if isFraction { scale -= 1 }
      case UInt8(ascii: ".") where !isFraction: isFraction = true
      default: break loop
      }
      position += 1
    }
    guard digits > 0 else { throw Malformed() }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      let exponentStart = position + 1
      position += 1
      while position < bytes.count, "+-0123456789".utf8.contains(bytes[position]) { position += 1 }
      let text = String(decoding: bytes[exponentStart..<position], as: UTF8.self)
      guard let exponent = Int(text), abs(exponent) < 1_000_000 else { throw Malformed() }
      scale += exponent
    }
    // At most two roundings, each by half a unit in the last of a double's 53 bits, where a float
    // keeps 24.
    if digits <= 19, abs(scale) < JSONScanner.powersOfTen.count {
      let power = JSONScanner.powersOfTen[abs(scale)]
      let value = scale < 0 ? Double(mantissa) / power : Double(mantissa) * power
      return first == UInt8(ascii: "-") ? -value : value
    }
    guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      throw Malformed()
    }
    return value
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Takes a bare word such as `null`, if it is the next.
  mutating func word(_ word: StaticString) -> Bool {
    let text = word.description.utf8
    guard peek() != nil, bytes[position...].starts(with: text) else { return false }
    position += text.count
    return true
  }

  mutating func skip() throws(Malformed) {
    switch peek() {
    case UInt8(ascii: "{"): try object { (scanner, _) throws(Malformed) in try scanner.skip() }
    case UInt8(ascii: "["): try array { (scanner) throws(Malformed) in try scanner.skip() }
    case UInt8(ascii: "\""): _ = try rawString()
    default: if !word("null"), !word("true"), !word("false") { _ = try number() }
    }
  }

  /// Makes sure that nothing follows.
  mutating func end() throws(Malformed) {
    guard peek() == nil else { throw Malformed() }
  }

  private mutating func take(_ scalar: Unicode.Scalar) throws(Malformed) {
    guard peek() == UInt8(ascii: scalar) else { throw Malformed() }
    position += 1
  }
}
