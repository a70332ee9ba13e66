/// Takes known secrets out of a text, in whatever spelling a program may have written them.
package struct Redactor: Sendable {
  /// What stands where a secret stood.
  package static let mark = "‹secret›"
  /// A shorter value is too common a text to search for: it would turn a report into marks.
  package static let shortestSecret = 6

  private var texts = SecretTree()
  private var encoded = SecretTree()
  private var isEmpty = true

  /// A redactor of these values, of each of their lines, and of the base64 of both.
  package init(_ secrets: some Sequence<Secret>) {
    for secret in secrets { secret.reveal { add($0) } }
  }

  private mutating func add(_ secret: String) {
    let lines = secret.split(whereSeparator: \.isNewline).map(String.init)
    for text in Set([secret] + lines) where text.utf8.count >= Redactor.shortestSecret {
      for offset in 0..<3 { encoded.add(Base64Digit.all(of: Array(text.utf8), behind: offset)) }
      // Others leave the white space around a text away.
      let trimmed = Redactor.trimmed(text)
      if trimmed.utf8.count >= Redactor.shortestSecret { texts.add(trimmed) }
      isEmpty = false
    }
  }

  private static func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars.drop(while: \.properties.isWhitespace)
    let end = scalars.lastIndex { !$0.properties.isWhitespace }
    return end.map { String(scalars[...$0]) } ?? ""
  }

  /// The text with each secret replaced by a mark, and two that overlap by one.
  package func redact(_ text: String) -> String {
    guard !isEmpty else { return text }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    // All before `covered` is in the result, as it is or as a mark.
    var (place, covered) = (0, 0)
    while place < bytes.count {
      if bytes[place] == 0xE2, bytes[place...].starts(with: Redactor.mark.utf8) {
        // The work of an earlier redactor: a secret may be a word of the mark itself.
        place += Redactor.mark.utf8.count
        continue
      }
      let ends = [texts.end(in: bytes, from: place), encoded.end(in: bytes, from: place)]
      if let end = ends.compactMap(\.self).max() {
        if place >= covered { result += bytes[covered..<place] + Array(Redactor.mark.utf8) }
        covered = max(covered, end)
      }
      place += 1
    }
    guard covered > 0 else { return text }
    return String(decoding: result + bytes[covered...], as: UTF8.self)
  }
}
