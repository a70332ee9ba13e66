/// Takes known secrets out of a text, in each form in which a program may have written them.
package struct Redactor: Sendable {
  /// What stands where a secret stood.
  package static let mark = "‹secret›"
  /// A shorter value is too common a text to search for: it would turn a report into marks.
  package static let shortestSecret = 6

  private let forms: [[UInt8]]

  /// A redactor of these values, and of their percent-encoded, base64 and JSON-escaped forms.
  package init(_ secrets: some Sequence<Secret>) {
    var forms: Set<[UInt8]> = []
    for secret in secrets {
      secret.reveal { value in
        for line in [value] + value.split(whereSeparator: \.isNewline).map(String.init)
        where line.utf8.count >= Redactor.shortestSecret {
          forms.formUnion(Redactor.forms(of: line))
        }
      }
    }
    // The longest first, so that a secret inside another one does not leave half of it behind.
    self.forms = forms.sorted {
      $0.count != $1.count ? $0.count > $1.count : $0.lexicographicallyPrecedes($1)
    }
  }

  /// The text with each secret replaced by a mark.
  package func redact(_ text: String) -> String {
    guard !forms.isEmpty else { return text }
    var bytes = Array(text.utf8)
    for form in forms {
      bytes = Redactor.replace(form, in: bytes)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func replace(_ form: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= form.count else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var position = 0
    while position < bytes.count {
      let end = position + form.count
      if bytes[position] == form[0], end <= bytes.count, bytes[position..<end].elementsEqual(form) {
        result.append(contentsOf: mark.utf8)
        position = end
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return result
  }

  private static func forms(of value: String) -> [[UInt8]] {
    let bytes = Array(value.utf8)
    var forms = [bytes, percentEncoded(bytes), jsonEscaped(value)]
    // Base64 of a longer text holds the secret's own digits at one of three offsets.
    for offset in 0..<3 {
      let digits = base64(Array(repeating: 0, count: offset) + bytes)
      let start = offset == 0 ? 0 : offset + 1
      let end = (offset + bytes.count) * 8 / 6
      if end > start { forms.append(Array(digits[start..<end])) }
    }
    return forms.filter { $0.count >= shortestSecret }
  }

  private static func percentEncoded(_ bytes: [UInt8]) -> [UInt8] {
    let hex = Array("0123456789ABCDEF".utf8)
    return bytes.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        [byte]
      default: [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
  }

  private static func jsonEscaped(_ value: String) -> [UInt8] {
    Array(value.unicodeScalars.map { JSONText.escaped($0) }.joined().utf8)
  }

  private static func base64(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = (0..<3).reduce(UInt32(0)) { sum, place in
        sum << 8 | (start + place < bytes.count ? UInt32(bytes[start + place]) : 0)
      }
      for place in 0..<4 { result.append(digits[Int(group >> UInt32(18 - 6 * place) & 63)]) }
    }
    return result
  }
}
