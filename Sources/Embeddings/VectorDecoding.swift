/// What an endpoint's answer to an embeddings request holds, read but not yet judged.
struct DecodedAnswer: Equatable {
  struct Item: Equatable {
    /// Nil where the endpoint gives none.
    var index: Int?
    /// Nil where the embedding is missing, or is no sequence of numbers.
    var vector: [Float]?
    /// Whether the embedding was a string, and no array.
    var isBase64 = false
  }

  /// Nil where the answer has no member `data`.
  var items: [Item]?
  var tokens: Int?
  /// The model's name, where the answer gives one.
  var model: String?

  /// Reads an answer; each embedding by its own JSON type, a string as base64 and an array as numbers.
  static func read(_ bytes: [UInt8]) throws(JSONScanner.Malformed) -> DecodedAnswer {
    var answer = DecodedAnswer()
    var scanner = JSONScanner(bytes)
    try scanner.object { (scanner, key) throws(JSONScanner.Malformed) in
      switch (key, scanner.peek()) {
      case ("data", UInt8(ascii: "[")):
        var items: [Item] = []
        try scanner.array { (scanner) throws(JSONScanner.Malformed) in
          items.append(try item(&scanner))
        }
        answer.items = items
      case ("usage", UInt8(ascii: "{")):
        try scanner.object { (scanner, key) throws(JSONScanner.Malformed) in
          let count = try wholeNumber(&scanner)
          if key == "total_tokens" { answer.tokens = count }
        }
      case ("model", UInt8(ascii: "\"")): answer.model = try scanner.string()
      default: try scanner.skip()
      }
    }
    try scanner.end()
    return answer
  }

  private static func item(_ scanner: inout JSONScanner) throws(JSONScanner.Malformed) -> Item {
    var item = Item()
    guard scanner.peek() == UInt8(ascii: "{") else {
      try scanner.skip()
      return item
    }
    try scanner.object { (scanner, key) throws(JSONScanner.Malformed) in
      switch (key, scanner.peek()) {
      case ("embedding", UInt8(ascii: "\"")):
        item.vector = try base64Floats(&scanner)
        item.isBase64 = true
      case ("embedding", UInt8(ascii: "[")): item.vector = try floats(&scanner)
      case ("index", _): item.index = try wholeNumber(&scanner)
      default: try scanner.skip()
      }
    }
    return item
  }

  /// Takes any value; nil where it is no whole number.
  private static func wholeNumber(
    _ scanner: inout JSONScanner
  ) throws(JSONScanner.Malformed) -> Int? {
    guard let first = scanner.peek(), (0x2d...0x39).contains(first) else {
      try scanner.skip()
      return nil
    }
    return Int(exactly: try scanner.number())
  }

  private static func base64Floats(
    _ scanner: inout JSONScanner
  ) throws(JSONScanner.Malformed) -> [Float]? {
    let raw = try scanner.rawString()
    guard raw.hasEscapes else { return floats(base64: raw.bytes) }
    // .NET writes `+` as `\u002B`, and PHP `/` as `\/`.
    return floats(base64: Array(try JSONScanner.text(of: raw).utf8)[...])
  }

  private static func floats(
    _ scanner: inout JSONScanner
  ) throws(JSONScanner.Malformed) -> [Float]? {
    var floats: [Float] = []
    var isWhole = true
    try scanner.array { (scanner) throws(JSONScanner.Malformed) in
      switch scanner.peek() {
      case UInt8(ascii: "n"), UInt8(ascii: "\""), UInt8(ascii: "["), UInt8(ascii: "{"),
        UInt8(ascii: "t"), UInt8(ascii: "f"):
        try scanner.skip()
        isWhole = false
      default: floats.append(Float(try scanner.number()))
      }
    }
    return isWhole ? floats : nil
  }

  /// Little-endian 32-bit floats from base64, with or without padding; nil where it is no such thing.
  static func floats(base64 text: ArraySlice<UInt8>) -> [Float]? {
    let end = text.lastIndex { $0 != UInt8(ascii: "=") }.map { $0 + 1 } ?? text.startIndex
    let unpadded = text[..<end]
    let digits = unpadded.span
    guard digits.count * 6 / 8 % 4 == 0, digits.count % 4 != 1 else { return nil }
    var floats = [Float](repeating: 0, count: digits.count * 6 / 32)
    var target = floats.mutableSpan
    // Read once: a global is looked at for its initialisation each time that it is named.
    let table = base64Values
    let values = table.span
    var seen: UInt32 = 0
    var place = 0
    // Sixteen digits are three floats.
    while place + 16 <= digits.count {
      let (low, high) = (digits.eight(at: place), digits.eight(at: place + 8))
      let first = bits(of: low, by: values)
      let second = bits(of: low >> 32, by: values)
      let third = bits(of: high, by: values)
      let fourth = bits(of: high >> 32, by: values)
      seen |= first | second | third | fourth
      let float = place / 16 * 3
      target[float] = Float(bitPattern: (first << 8 | second >> 16).byteSwapped)
      target[float + 1] = Float(bitPattern: (second << 16 | third >> 8).byteSwapped)
      target[float + 2] = Float(bitPattern: (third << 24 | fourth).byteSwapped)
      place += 16
    }
    var (bits, count, float): (UInt64, Int, Int) = (0, 0, place / 16 * 3)
    for digit in place..<digits.count {
      let value = values[768 + Int(digits[digit])]
      seen |= value
      bits = bits << 6 | UInt64(value)
      count += 6
      if count >= 32 {
        count -= 32
        let pattern = UInt32(truncatingIfNeeded: bits >> UInt64(count))
        target[float] = Float(bitPattern: pattern.byteSwapped)
        float += 1
      }
    }
    return seen < 1 << 24 ? floats : nil
  }

  /// The 24 bits of four digits, of which the lowest byte is the first, and more than these where one is no
  /// digit.
  @inline(__always)
  private static func bits(of digits: UInt64, by values: Span<UInt32>) -> UInt32 {
    values[Int(digits & 255)] | values[256 + Int(digits >> 8 & 255)]
      | values[512 + Int(digits >> 16 & 255)] | values[768 + Int(digits >> 24 & 255)]
  }

  /// What each base64 digit (RFC 4648 section 4) stands for as the first, second, third and fourth of four,
  /// by its byte, and all bits for no digit.
  private static let base64Values: [UInt32] = {
    var values = [UInt32](repeating: .max, count: 1024)
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, digit) in digits.utf8.enumerated() {
      for place in 0..<4 { values[256 * place + Int(digit)] = UInt32(value) << (18 - 6 * place) }
    }
    return values
  }()
}

extension Span<UInt8> {
  /// Eight bytes from a place on, the first one the lowest.
  @inline(__always)
  fileprivate func eight(at place: Int) -> UInt64 {
    // Checked once, so that the compiler makes one load of it.
    let bytes = extracting(place..<place + 8)
    let low =
      UInt64(bytes[0]) | UInt64(bytes[1]) << 8 | UInt64(bytes[2]) << 16 | UInt64(bytes[3]) << 24
    let high =
      UInt64(bytes[4]) << 32 | UInt64(bytes[5]) << 40 | UInt64(bytes[6]) << 48
      | UInt64(bytes[7]) << 56
    return low | high
  }
}
