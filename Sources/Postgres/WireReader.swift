/// Reads the parts of a binary value in order; gives nil past its end.
struct WireReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  var isAtEnd: Bool { rest.isEmpty }

  /// The next integer, the highest byte first.
  mutating func next<Number: FixedWidthInteger>() -> Number? {
    let width = Number.bitWidth / 8
    guard rest.count >= width else { return nil }
    var number: Number = 0
    for byte in rest.prefix(width) {
      number = number << 8 | Number(truncatingIfNeeded: byte)
    }
    rest.removeFirst(width)
    return number
  }

  /// The next bytes, in number.
  mutating func next(count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, rest.count >= count else { return nil }
    defer { rest.removeFirst(count) }
    return rest.prefix(count)
  }

  /// The elements of a one-dimensional array, with nil bytes for null; nil for anything else.
  static func elements(of bytes: ArraySlice<UInt8>) -> (
    type: ColumnType, values: [ArraySlice<UInt8>?]
  )? {
    var reader = WireReader(bytes)
    guard let dimensions: Int32 = reader.next(), let _: Int32 = reader.next(),
      let type: UInt32 = reader.next()
    else { return nil }
    if dimensions == 0 { return (ColumnType(oid: type), []) }
    guard dimensions == 1, let count: Int32 = reader.next(), let _: Int32 = reader.next(),
      count >= 0
    else { return nil }
    var elements: [ArraySlice<UInt8>?] = []
    for _ in 0..<count {
      guard let length: Int32 = reader.next() else { return nil }
      if length == -1 {
        elements.append(nil)
      } else {
        guard let element = reader.next(count: Int(length)) else { return nil }
        elements.append(element)
      }
    }
    return reader.isAtEnd ? (ColumnType(oid: type), elements) : nil
  }
}
