/// A value for a placeholder `$1`, `$2`, … of a statement, with the type the server is told.
package enum Parameter: Sendable, Equatable {
  case null
  case text(String)
  /// A text whose type the server takes from the place it stands in, as a quoted literal's.
  ///
  /// Serves types that have no case of their own: `uuid`, `timestamptz`, `jsonb`, enums.
  case literal(String)
  case bool(Bool)
  case int2(Int16)
  case int4(Int32)
  case int8(Int64)
  case float8(Double)
  case bytes([UInt8])
  case textArray([String?])
  case int4Array([Int32])
  case int8Array([Int64])
  case float8Array([Double])
  /// One pgvector value; the object identifier of `vector` differs from database to database.
  case vector([Float], typeOID: UInt32)
  /// An array of pgvector values, for `unnest($1::vector[])`.
  case vectors([[Float]], arrayOID: UInt32, elementOID: UInt32)
}

extension Parameter {
  /// What goes over the wire: the type, the format, and the bytes, which are nil for null.
  struct Wire: Sendable {
    let type: UInt32
    let isBinary: Bool
    let bytes: [UInt8]?
  }

  var wire: Wire {
    func binary(_ type: ColumnType, _ bytes: [UInt8]) -> Wire {
      Wire(type: type.oid, isBinary: true, bytes: bytes)
    }
    switch self {
    case .null: return Wire(type: 0, isBinary: false, bytes: nil)
    case .text(let text): return binary(.text, Array(text.utf8))
    // libpq reads a text parameter up to its NUL, which therefore ends it here.
    case .literal(let text): return Wire(type: 0, isBinary: false, bytes: Array(text.utf8) + [0])
    case .bool(let flag): return binary(.bool, [flag ? 1 : 0])
    case .int2(let number): return binary(.int2, bigEndian(number))
    case .int4(let number): return binary(.int4, bigEndian(number))
    case .int8(let number): return binary(.int8, bigEndian(number))
    case .float8(let number): return binary(.float8, bigEndian(number.bitPattern))
    case .bytes(let bytes): return binary(.bytea, bytes)
    case .textArray(let texts):
      return binary(.textArray, array(of: .text, texts.map { $0.map { Array($0.utf8) } }))
    case .int4Array(let numbers):
      return binary(.int4Array, array(of: .int4, numbers.map { bigEndian($0) }))
    case .int8Array(let numbers):
      return binary(.int8Array, array(of: .int8, numbers.map { bigEndian($0) }))
    case .float8Array(let numbers):
      return binary(.float8Array, array(of: .float8, numbers.map { bigEndian($0.bitPattern) }))
    case .vector(let vector, let type):
      return Wire(type: type, isBinary: true, bytes: VectorFormat.bytes(of: vector))
    case .vectors(let vectors, let type, let element):
      return Wire(
        type: type, isBinary: true,
        bytes: VectorFormat.bytes(ofArray: vectors, elementOID: element))
    }
  }

  /// A one-dimensional array as `array_recv` reads it: dimensions, whether there are nulls, the
  /// element type, length, lower bound; then each element behind its length, which is -1 for null.
  private func array(of element: ColumnType, _ elements: [[UInt8]?]) -> [UInt8] {
    var bytes = bigEndian(Int32(elements.isEmpty ? 0 : 1))
    bytes += bigEndian(Int32(elements.contains { $0 == nil } ? 1 : 0))
    bytes += bigEndian(element.oid)
    guard !elements.isEmpty else { return bytes }
    bytes += bigEndian(Int32(elements.count)) + bigEndian(Int32(1))
    bytes.reserveCapacity(bytes.count + elements.reduce(0) { $0 + 4 + ($1?.count ?? 0) })
    for element in elements {
      bytes += bigEndian(Int32(element?.count ?? -1))
      if let element { bytes += element }
    }
    return bytes
  }
}

/// The bytes of an integer, the highest first, as the Postgres protocol has them.
private func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(Number.bitWidth / 8)
  for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
    bytes.append(UInt8(truncatingIfNeeded: number >> shift))
  }
  return bytes
}
