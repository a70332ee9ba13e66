/// The values of a statement's placeholders as they go over the wire, behind each other in one block.
struct WireParameters: Sendable {
  /// The types that the server is told; 0 where it is to find out.
  private(set) var types: [UInt32] = []
  /// 1 for binary, and 0 for text.
  private(set) var formats: [Int32] = []
  private(set) var lengths: [Int32] = []
  /// Where each value begins; nil for null.
  private(set) var places: [Int?] = []
  private(set) var bytes: [UInt8] = []

  init(_ parameters: [Parameter]) {
    bytes.reserveCapacity(parameters.reduce(1) { $0 + WireParameters.size(of: $1) })
    for parameter in parameters { append(parameter) }
    // libpq takes a value without an address for null, and an empty block may have none.
    bytes.append(0)
  }

  /// How many bytes a value takes, or a few more, so that the block is not moved while it is filled.
  private static func size(of parameter: Parameter) -> Int {
    let head = 20
    return switch parameter {
    case .null: 0
    case .text(let text): text.utf8.count
    case .literal(let text): text.utf8.count + 1
    case .bool, .int2, .int4, .int8, .float8: 8
    case .bytes(let bytes): bytes.count
    case .textArray(let texts): texts.reduce(head) { $0 + 4 + ($1?.utf8.count ?? 0) }
    case .int4Array(let numbers): head + 8 * numbers.count
    case .int8Array(let numbers): head + 12 * numbers.count
    case .float8Array(let numbers): head + 12 * numbers.count
    case .vector(let vector, _): VectorFormat.size(of: vector)
    case .vectors(let vectors, _, _):
      vectors.reduce(head) { $0 + 4 + VectorFormat.size(of: $1) }
    }
  }

  private mutating func append(_ parameter: Parameter) {
    switch parameter {
    case .null:
      types.append(0)
      formats.append(0)
      lengths.append(0)
      places.append(nil)
    case .text(let text): append(.text) { $0 += text.utf8 }
    case .literal(let text):
      append(type: 0, isBinary: false) {
        $0 += text.utf8
        // libpq reads a text parameter up to its NUL, which therefore ends it here.
        $0.append(0)
      }
    case .bool(let flag): append(.bool) { $0.append(flag ? 1 : 0) }
    case .int2(let number): append(.int2) { $0.appendInteger(number) }
    case .int4(let number): append(.int4) { $0.appendInteger(number) }
    case .int8(let number): append(.int8) { $0.appendInteger(number) }
    case .float8(let number): append(.float8) { $0.appendInteger(number.bitPattern) }
    case .bytes(let bytes): append(.bytea) { $0 += bytes }
    case .textArray(let texts):
      append(.textArray) { bytes in
        bytes.appendHead(ofArrayOf: ColumnType.text.oid, texts.count, hasNulls: texts.contains(nil))
        for text in texts {
          bytes.appendInteger(Int32(text?.utf8.count ?? -1))
          if let text { bytes += text.utf8 }
        }
      }
    case .int4Array(let numbers): append(.int4Array) { $0.appendNumbers(numbers, of: .int4) }
    case .int8Array(let numbers): append(.int8Array) { $0.appendNumbers(numbers, of: .int8) }
    case .float8Array(let numbers):
      append(.float8Array) { $0.appendNumbers(numbers.map(\.bitPattern), of: .float8) }
    case .vector(let vector, let type):
      append(type: type) { VectorFormat.append(vector, to: &$0) }
    case .vectors(let vectors, let type, let element):
      append(type: type) { bytes in
        bytes.appendHead(ofArrayOf: element, vectors.count, hasNulls: false)
        for vector in vectors {
          bytes.appendInteger(Int32(clamping: VectorFormat.size(of: vector)))
          VectorFormat.append(vector, to: &bytes)
        }
      }
    }
  }

  private mutating func append(_ type: ColumnType, _ value: (inout [UInt8]) -> Void) {
    append(type: type.oid, value)
  }

  private mutating func append(
    type: UInt32, isBinary: Bool = true, _ value: (inout [UInt8]) -> Void
  ) {
    types.append(type)
    formats.append(isBinary ? 1 : 0)
    places.append(bytes.count)
    value(&bytes)
    lengths.append(Int32(clamping: bytes.count - (places.last.flatMap(\.self) ?? 0)))
  }
}

extension [UInt8] {
  /// Appends an integer, the highest byte first, as the Postgres protocol has them.
  fileprivate mutating func appendInteger(_ number: some FixedWidthInteger) {
    for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  /// Appends the head of a one-dimensional array as `array_recv` reads it.
  ///
  /// Dimensions, whether there are nulls, the element type, length, lower bound. Each element follows
  /// behind its length, which is -1 for null.
  fileprivate mutating func appendHead(ofArrayOf element: UInt32, _ count: Int, hasNulls: Bool) {
    appendInteger(Int32(count == 0 ? 0 : 1))
    appendInteger(Int32(hasNulls ? 1 : 0))
    appendInteger(element)
    guard count > 0 else { return }
    appendInteger(Int32(clamping: count))
    appendInteger(Int32(1))
  }

  /// Appends an array of numbers.
  fileprivate mutating func appendNumbers<Number: FixedWidthInteger>(
    _ numbers: [Number], of element: ColumnType
  ) {
    appendHead(ofArrayOf: element.oid, numbers.count, hasNulls: false)
    for number in numbers {
      appendInteger(Int32(Number.bitWidth / 8))
      appendInteger(number)
    }
  }
}
