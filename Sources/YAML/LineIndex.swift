internal import Core

/// Finds the line and column of a position in a text.
///
/// libyaml counts lines at more breaks than editors do, so its own line numbers are not used.
struct LineIndex {
  /// Of each line's first scalar: its number in the text, in scalars and in bytes.
  private var starts: [(scalar: Int, byte: Int)] = [(0, 0)]
  private let bytes: [UInt8]

  init(of text: String) {
    bytes = Array(text.utf8)
    var scalar = 0
    for (place, byte) in bytes.enumerated() {
      if byte & 0xC0 != 0x80 { scalar += 1 }
      if byte == UInt8(ascii: "\n") { starts.append((scalar, place + 1)) }
    }
  }

  /// The line and column, both from 1, of the scalar with this number, from 0.
  func place(ofScalar number: Int) -> (line: Int, column: Int) {
    let line = lastLine { $0.scalar <= number }
    return (line + 1, number - starts[line].scalar + 1)
  }

  /// The location of the byte at this offset.
  func location(ofByte offset: Int, file: String) -> SourceLocation {
    let line = lastLine { $0.byte <= offset }
    let before = bytes[starts[line].byte..<min(max(offset, starts[line].byte), bytes.count)]
    return SourceLocation(
      file: file, line: line + 1, column: before.count { $0 & 0xC0 != 0x80 } + 1)
  }

  /// The last line that starts within a bound.
  private func lastLine(where isWithin: ((scalar: Int, byte: Int)) -> Bool) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if isWithin(starts[middle]) { low = middle } else { high = middle }
    }
    return low
  }
}
