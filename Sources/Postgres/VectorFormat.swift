/// The binary form of pgvector's `vector`, as its `vector_recv` and `vector_send` have it, and of its
/// `halfvec`, as `halfvec_send` has it.
///
/// Two bytes dimensions, two bytes zero, then each element as an IEEE 754 single, or half; the highest
/// byte first. pgvector 0.8.5, `src/vector.c` and `src/halfvec.c`.
enum VectorFormat {
  /// The bytes of one vector.
  static func bytes(of vector: [Float]) -> [UInt8] {
    var words: [UInt32] = []
    words.reserveCapacity(1 + vector.count)
    append(vector, to: &words)
    return bytes(of: words)
  }

  /// The bytes of a one-dimensional array of vectors.
  ///
  /// All of it consists of four-byte words: the array's head (dimensions, no nulls, element type,
  /// length, lower bound), then each vector behind its length in bytes.
  static func bytes(ofArray vectors: [[Float]], elementOID: UInt32) -> [UInt8] {
    guard !vectors.isEmpty else { return bytes(of: [0, 0, elementOID.bigEndian]) }
    var words: [UInt32] = []
    words.reserveCapacity(5 + vectors.reduce(0) { $0 + 2 + $1.count })
    words += [1, 0, elementOID, UInt32(vectors.count), 1].map(\.bigEndian)
    for vector in vectors {
      words.append(UInt32(4 + 4 * vector.count).bigEndian)
      append(vector, to: &words)
    }
    return bytes(of: words)
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

  private static func append(_ vector: [Float], to words: inout [UInt32]) {
    // The dimensions are the upper half. More than 65,535 do not fit: the server's own limit is
    // 16,000, and it refuses the length that then disagrees.
    words.append((UInt32(truncatingIfNeeded: vector.count) << 16).bigEndian)
    for element in vector { words.append(element.bitPattern.bigEndian) }
  }

  private static func bytes(of words: [UInt32]) -> [UInt8] {
    // The words were swapped when they were made; their memory is the message.
    unsafe words.withUnsafeBytes { unsafe Array($0) }
  }
}
