internal import Core

/// One value as it came, with the readings it allows; each is nil where type or bytes do not fit.
struct WireValue {
  let type: ColumnType
  let isBinary: Bool
  let bytes: ArraySlice<UInt8>

  var text: String? {
    guard isBinary else { return String(validating: bytes, as: UTF8.self) }
    switch type {
    case .uuid: return uuid
    // One byte of version, which is 1, then the text: `jsonb_send`.
    case .jsonb:
      return bytes.first == 1 ? String(validating: bytes.dropFirst(), as: UTF8.self) : nil
    default:
      guard type.isTextual else { return nil }
      return WireValue.text(bytes, isBuiltIn: type.oid < 16_384)
    }
  }

  var integer: Int? {
    guard isBinary else { return nil }
    switch type {
    case .int2: return number(Int16.self).map { Int($0) }
    case .int4: return number(Int32.self).map { Int($0) }
    case .int8: return number(Int64.self).map { Int($0) }
    case .objectID: return number(UInt32.self).map { Int($0) }
    case .numeric: return double.flatMap { Int(exactly: $0) }
    default: return nil
    }
  }

  var double: Double? {
    guard isBinary else { return nil }
    switch type {
    case .float4: return number(UInt32.self).map { Double(Float(bitPattern: $0)) }
    case .float8: return number(UInt64.self).map { Double(bitPattern: $0) }
    case .numeric: return numeric
    default: return integer.map { Double($0) }
    }
  }

  var flag: Bool? {
    guard isBinary, type == .bool, bytes.count == 1 else { return nil }
    return bytes.first == 1
  }

  var texts: [String]? { elements { $0.text } }

  var integers: [Int]? { elements { $0.integer } }

  /// Microseconds since 2000-01-01, which is 946,684,800 seconds after the Unix epoch.
  var timestamp: Timestamp? {
    guard isBinary, type == .timestamptz || type == .timestamp,
      let microseconds = number(Int64.self), microseconds != .max, microseconds != .min
    else { return nil }
    return Timestamp(milliseconds: microseconds / 1_000 + 946_684_800_000)
  }

  private func elements<Element>(_ decode: (WireValue) -> Element?) -> [Element]? {
    guard isBinary, let array = WireReader.elements(of: bytes) else { return nil }
    let elements = array.values.compactMap { bytes in
      bytes.flatMap { decode(WireValue(type: array.type, isBinary: true, bytes: $0)) }
    }
    return elements.count == array.values.count ? elements : nil
  }

  private func number<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
    var reader = WireReader(bytes)
    guard let number: Number = reader.next(), reader.isAtEnd else { return nil }
    return number
  }

  private var uuid: String? {
    guard bytes.count == 16 else { return nil }
    let digits = Array("0123456789abcdef")
    var text = ""
    for (place, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(place) { text += "-" }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return text
  }

  /// The nearest number to a numeric, as `numeric_send` writes it: how many digits to the base
  /// 10,000, the power of the first, the sign, how many decimals to show, the digits.
  private var numeric: Double? {
    var reader = WireReader(bytes)
    guard let count: UInt16 = reader.next(), let weight: Int16 = reader.next(),
      let sign: UInt16 = reader.next(), let _: UInt16 = reader.next()
    else { return nil }
    switch sign {
    case 0xC000: return .nan
    case 0xD000: return .infinity
    case 0xF000: return -.infinity
    default: break
    }
    var text = sign == 0x4000 ? "-0" : "0"
    for _ in 0..<count {
      guard let digit: UInt16 = reader.next() else { return nil }
      let decimal = String(digit)
      text += String(repeating: "0", count: max(0, 4 - decimal.utf8.count)) + decimal
    }
    return Double("\(text)e\(4 * (Int(weight) - Int(count) + 1))")
  }

  private static func text(_ bytes: ArraySlice<UInt8>, isBuiltIn: Bool) -> String? {
    guard isBuiltIn || bytes.allSatisfy({ $0 >= 32 || $0 == 9 || $0 == 10 || $0 == 13 }) else {
      return nil
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
