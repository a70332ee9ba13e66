/// Looks for canaries in a text by decoding it in each way, again and again: where the redactor
/// writes secrets in all ways, the search reads texts in all ways.
struct CanarySearch {
  private static let depth = 3
  private var seen: Set<[UInt8]> = []
  private var found: Set<String> = []
  /// By the bytes of their pieces.
  private let names: [[UInt8]: String]

  /// The names of the canaries of which a piece stands in a text, sorted.
  static func names(of canaries: [Canary], in text: String) -> [String] {
    var search = CanarySearch(canaries: canaries)
    search.look(into: Array(text.utf8), depth)
    return search.found.sorted()
  }

  private init(canaries: [Canary]) {
    let pieces = canaries.flatMap { canary in canary.pieces.map { (Array($0.utf8), canary.name) } }
    names = Dictionary(pieces, uniquingKeysWith: { first, _ in first })
  }

  private mutating func look(into bytes: [UInt8], _ depth: Int) {
    guard bytes.count >= 8, seen.insert(bytes).inserted else { return }
    lookForPieces(in: bytes)
    guard depth > 0 else { return }
    if bytes.contains(UInt8(ascii: "%")) { look(into: Self.withoutPercents(bytes), depth - 1) }
    if bytes.contains(UInt8(ascii: "\\")) { look(into: Self.withoutEscapes(bytes), depth - 1) }
    for run in Self.runs(of: bytes) {
      for offset in 0..<4 { look(into: Self.decoded(run[offset...]), depth - 1) }
    }
  }

  private mutating func lookForPieces(in bytes: [UInt8]) {
    let words = bytes.split { !Character(Unicode.Scalar($0)).isLetter && !(0x30...0x39 ~= $0) }
    for word in words where word.count >= Canary.pieceLength {
      for start in word.startIndex...(word.endIndex - Canary.pieceLength) {
        if let name = names[Array(word[start..<start + Canary.pieceLength])] { found.insert(name) }
      }
    }
  }

  private static func hexadecimal(_ bytes: ArraySlice<UInt8>, _ count: Int) -> UInt32? {
    bytes.count == count ? UInt32(String(decoding: bytes, as: UTF8.self), radix: 16) : nil
  }

  private static func withoutPercents(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "%"),
        let byte = hexadecimal(bytes[place...].dropFirst().prefix(2), 2)
      {
        result.append(UInt8(byte))
        place += 3
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return result
  }

  private static func withoutEscapes(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var place = 0
    while place < bytes.count {
      guard bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count else {
        result.append(bytes[place])
        place += 1
        continue
      }
      if bytes[place + 1] == UInt8(ascii: "u"),
        let value = hexadecimal(bytes[place...].dropFirst(2).prefix(4), 4),
        let scalar = Unicode.Scalar(value)
      {
        result += Array(String(scalar).utf8)
        place += 6
      } else {
        result.append(bytes[place + 1])
        place += 2
      }
    }
    return result
  }

  /// Digits of base64 in a row, of either alphabet, as numbers.
  private static func runs(of bytes: [UInt8]) -> [[UInt8]] {
    var runs: [[UInt8]] = []
    var run: [UInt8] = []
    for byte in bytes + [0] {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): run.append(byte - UInt8(ascii: "A"))
      case UInt8(ascii: "a")...UInt8(ascii: "z"): run.append(byte - UInt8(ascii: "a") + 26)
      case UInt8(ascii: "0")...UInt8(ascii: "9"): run.append(byte - UInt8(ascii: "0") + 52)
      case UInt8(ascii: "+"), UInt8(ascii: "-"): run.append(62)
      case UInt8(ascii: "/"), UInt8(ascii: "_"): run.append(63)
      default:
        if run.count >= 12 { runs.append(run) }
        run = []
      }
    }
    return runs
  }

  private static func decoded(_ digits: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var (bits, held) = (0, 0)
    for digit in digits {
      bits = bits << 6 | Int(digit)
      held += 6
      guard held >= 8 else { continue }
      held -= 8
      result.append(UInt8(bits >> held & 0xFF))
      bits &= 0xFF
    }
    return result
  }
}
