/// The binary form of pgvector's `vector`, as its `vector_recv` and `vector_send` have it, and of its
/// `halfvec`, as `halfvec_send` has it.
///
/// Two bytes dimensions, two bytes zero, then each element as an IEEE 754 single, or half; the highest
/// byte first. pgvector 0.8.5, `src/vector.c` and `src/halfvec.c`.
enum VectorFormat {
  /// How many bytes a vector has.
  static func size(of vector: [Float]) -> Int { 4 + 4 * vector.count }

  /// Appends a vector.
  static func append(_ vector: [Float], to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes += repeatElement(0, count: size(of: vector))
    unsafe bytes.withUnsafeMutableBytes { bytes in
      // The dimensions are the upper half. More than 65,535 do not fit: the server's own limit is
      // 16,000, and it refuses the length that then disagrees.
      unsafe bytes.storeBytes(
        of: (UInt32(truncatingIfNeeded: vector.count) << 16).bigEndian, toByteOffset: start,
        as: UInt32.self)
      let elements = vector.span
      for place in elements.indices {
        // All of it lies in what was appended just now.
        unsafe bytes.storeBytes(
          of: elements[place].bitPattern.bigEndian, toByteOffset: start + 4 + 4 * place,
          as: UInt32.self)
      }
    }
  }

  /// Reads one `vector` or `halfvec`, or gives nil for bytes that are neither.
  static func vector(of bytes: ArraySlice<UInt8>) -> [Float]? {
    var reader = WireReader(bytes)
    guard let dimensions: UInt16 = reader.next(), let unused: UInt16 = reader.next(), unused == 0,
      dimensions > 0
    else { return nil }
    var vector: [Float] = []
    vector.reserveCapacity(Int(dimensions))
    switch bytes.count {
    case 4 + 4 * Int(dimensions):
      while let bits: UInt32 = reader.next() { vector.append(Float(bitPattern: bits)) }
    case 4 + 2 * Int(dimensions):
      while let bits: UInt16 = reader.next() { vector.append(Float(Float16(bitPattern: bits))) }
    default: return nil
    }
    return vector
  }
}
