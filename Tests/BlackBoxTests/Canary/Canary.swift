/// A secret's value that nobody else would write, for a search in all that a program says.
struct Canary: Sendable {
  let name: String
  let value: String
  static let pieceLength = 11
  /// Two pieces of the value, of letters and digits alone; either of them gives it away.
  let pieces: [String]

  /// A value of a secret by this name, with characters between its pieces that each encoding writes
  /// in its own way.
  ///
  /// - Parameters:
  ///   - name: Of letters, digits and `_`.
  ///   - prefix: What the value begins with.
  ///   - odd: What stands between the pieces.
  init(_ name: String, prefix: String = "", odd: String = #""/%+é' \~?>"#) {
    self.name = name
    // Letters and digits by the name, so that each canary is told from the others.
    let state = name.utf8.reduce(UInt64(5_381)) { ($0 &* 33) ^ UInt64($1) }
    let digits = Array("23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ")
    func letters(_ seed: UInt64) -> String {
      var state = seed
      return String(
        (0..<Canary.pieceLength).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return digits[Int((state >> 33) % UInt64(digits.count))]
        })
    }
    pieces = [letters(state), letters(state ^ 0xFFFF)]
    value = prefix + pieces[0] + odd + pieces[1]
  }

  /// The value as it stands in a URL's user or parameters.
  var percentEncoded: String { Writing.percent(value, upper: true) { _ in true } }
}

/// The ways to write a text that a hostile server chooses among.
enum Writing: String, CaseIterable, Sendable {
  case plain
  case percentUpper
  case percentLower
  case percentMixed
  case json
  case jsonMixed
  case base64
  case base64Later
  case base64Last
  case base64URL

  func callAsFunction(_ text: String) -> String {
    switch self {
    case .plain: text
    case .percentUpper: Writing.percent(text, upper: true) { _ in true }
    case .percentLower: Writing.percent(text, upper: false) { _ in true }
    case .percentMixed: Writing.percent(text, upper: false) { $0.isMultiple(of: 2) }
    case .json: Writing.json(text) { _ in false }
    case .jsonMixed: Writing.json(text) { $0.isMultiple(of: 2) }
    case .base64: Writing.base64("", text)
    case .base64Later: Writing.base64("x", text) + "=="
    case .base64Last: Writing.base64("xy", text)
    case .base64URL:
      Writing.base64("z", text).replacing("+", with: "-").replacing("/", with: "_")
    }
  }

  /// Encodes what has to be, and of the rest the bytes at these places.
  static func percent(_ text: String, upper: Bool, _ also: (Int) -> Bool) -> String {
    text.utf8.enumerated().map { place, byte in
      let isFree =
        byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || (0x30...0x39).contains(byte))
      guard !isFree || also(place) && place.isMultiple(of: 3) else {
        return String(Unicode.Scalar(byte))
      }
      let digits = String(byte, radix: 16, uppercase: upper)
      return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
    }.joined()
  }

  private static func json(_ text: String, _ also: (Int) -> Bool) -> String {
    text.unicodeScalars.enumerated().map { place, scalar in
      switch scalar {
      case "\"", "\\", "/": return "\\" + String(scalar)
      case "\n": return "\\n"
      default:
        guard also(place), scalar.value < 0x10000 else { return String(scalar) }
        let digits = String(scalar.value, radix: 16, uppercase: place.isMultiple(of: 4))
        return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      }
    }.joined()
  }

  private static func base64(_ before: String, _ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var bits = 0
    var held = 0
    var digits = ""
    for byte in (before + text).utf8 {
      bits = bits << 8 | Int(byte)
      held += 8
      while held >= 6 {
        held -= 6
        digits.append(alphabet[bits >> held & 63])
      }
      bits &= 0xFF
    }
    if held > 0 { digits.append(alphabet[bits << (6 - held) & 63]) }
    return digits
  }
}
