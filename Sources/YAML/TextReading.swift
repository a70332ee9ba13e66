package import Core

/// Takes the bytes of a file that a person wrote for text, or says why they are none.
///
/// - Parameters:
///   - bytes: The file's bytes.
///   - file: The file's name for locations.
/// - Returns: The text without a byte order mark.
/// - Throws: What keeps the bytes from being a person's text.
package func readText(_ bytes: [UInt8], file: String) throws(Diagnostic) -> String {
  let start = SourceLocation(file: file, line: 1, column: 1)
  guard bytes.count <= Limit.checklistBytes else {
    throw Diagnostic(
      "the file has more than the \(Limit.checklistBytes) bytes allowed", at: start)
  }
  if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
    throw Diagnostic("the file is UTF-16; write it as UTF-8", at: start)
  }
  if let place = bytes.firstIndex(where: isForbiddenControl) {
    let message =
      bytes[place] == 0
      ? "the file is binary: it holds a zero byte"
      : "the file holds the control character U+00\(hexadecimal(bytes[place]))"
    throw Diagnostic(message, at: location(of: place, in: bytes, file: file))
  }
  // A byte order mark is no part of the text (YAML 1.2.2, section 5.2).
  let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
  guard let text = String(validating: content, as: UTF8.self) else {
    let place = firstInvalidByte(in: bytes)
    throw Diagnostic(
      "the file is not UTF-8: byte 0x\(hexadecimal(bytes[place])) at offset \(place)",
      at: location(of: place, in: bytes, file: file))
  }
  return text
}

/// Whether YAML 1.2.2 (section 5.1) keeps the byte out of a text.
private func isForbiddenControl(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): false
  case 0x00..<0x20, 0x7F: true
  default: false
  }
}

private func hexadecimal(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}

private func location(of place: Int, in bytes: [UInt8], file: String) -> SourceLocation {
  let before = bytes[..<place]
  let line = before.count { $0 == UInt8(ascii: "\n") } + 1
  let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
  let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
  return SourceLocation(file: file, line: line, column: column)
}

/// The offset of the first byte that belongs to no scalar.
private func firstInvalidByte(in bytes: [UInt8]) -> Int {
  var decoder = Unicode.UTF8.ForwardParser()
  var input = bytes.makeIterator()
  var offset = 0
  while case .valid(let scalar) = decoder.parseScalar(from: &input) { offset += scalar.count }
  return min(offset, bytes.count - 1)
}
