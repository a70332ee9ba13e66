/// The sandbox's embedding model: signed feature hashing of words and of their character n-grams.
///
/// After Weinberger et al., "Feature Hashing for Large Scale Multitask Learning" (ICML 2009): each
/// feature adds its weight, with a sign of its own hash, to one of the vector's places, so that
/// inner products are those of the feature counts but for an unbiased error. The same text has the
/// same vector in every process and on every machine.
package struct FeatureHashing: Sendable {
  /// The length of the vectors.
  package let dimensions: Int

  package init(dimensions: Int) {
    self.dimensions = dimensions
  }

  // A word says more than its parts, the parts bring inflections and slips of the pen together,
  // and the order of the words only tells texts apart that have the same words.
  private static let wordWeight: Float = 1
  private static let gramWeight: Float = 0.35
  private static let wholeWeight: Float = 0.05
  private static let gramLengths = 3...4

  /// The vector of a text, with an L2 norm of 1.
  package func vector(of text: String) -> [Float] {
    var vector = [Float](repeating: 0, count: dimensions)
    var whole = FNV1a()
    var word: [UInt8] = []
    for byte in text.lowercased().utf8 {
      whole.add(byte)
      if FeatureHashing.isWordByte(byte) {
        word.append(byte)
      } else if !word.isEmpty {
        add(word, to: &vector)
        word.removeAll(keepingCapacity: true)
      }
    }
    if !word.isEmpty { add(word, to: &vector) }
    add(whole.mixed, weight: FeatureHashing.wholeWeight, to: &vector)
    return normalised(vector, fallback: whole.mixed)
  }

  private func add(_ word: [UInt8], to vector: inout [Float]) {
    // The angle brackets mark the ends, so that a beginning is another feature than a middle.
    let marked = [UInt8(ascii: "<")] + word + [UInt8(ascii: ">")]
    var hash = FNV1a()
    for byte in marked { hash.add(byte) }
    add(hash.mixed, weight: FeatureHashing.wordWeight, to: &vector)
    for start in marked.indices {
      var gram = FNV1a()
      for (offset, byte) in marked[start...].prefix(FeatureHashing.gramLengths.upperBound)
        .enumerated()
      {
        gram.add(byte)
        if FeatureHashing.gramLengths.contains(offset + 1) {
          // Set apart from a word of the same bytes by the length, which words do not add.
          var feature = gram
          feature.add(UInt8(offset + 1))
          add(feature.mixed, weight: FeatureHashing.gramWeight, to: &vector)
        }
      }
    }
  }

  private func add(_ hash: UInt64, weight: Float, to vector: inout [Float]) {
    // The place from the low half, scaled rather than divided; the sign from the top bit.
    let place = Int(((hash & 0xffff_ffff) * UInt64(dimensions)) >> 32)
    vector[place] += hash >> 63 == 0 ? weight : -weight
  }

  private func normalised(_ vector: [Float], fallback hash: UInt64) -> [Float] {
    let norm = vector.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
    guard norm > 1e-6 else {
      // Features that cancel each other out to nothing: a vector that is the text's own.
      var axis = [Float](repeating: 0, count: dimensions)
      add(hash, weight: 1, to: &axis)
      return axis
    }
    return vector.map { $0 / norm }
  }

  /// Letters and digits; each byte of a character beyond ASCII counts as a letter.
  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
      true
    default: false
    }
  }
}

/// The 64-bit FNV-1a hash of a run of bytes.
///
/// Offset basis and prime are those of draft-eastlake-fnv, section 5. FNV spreads short inputs badly
/// over the high bits, so the result goes through MurmurHash3's 64-bit finaliser.
private struct FNV1a {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ byte: UInt8) {
    state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
  }

  var mixed: UInt64 {
    var value = state
    value = (value ^ value >> 33) &* 0xff51_afd7_ed55_8ccd
    value = (value ^ value >> 33) &* 0xc4ce_b9fe_1a85_ec53
    return value ^ value >> 33
  }
}
