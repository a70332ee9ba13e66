internal import Checklist
internal import Postgres

/// Passwords, tokens and keys inside longer texts, which may be shown but for them.
enum Credentials {
  /// All that a text holds, as it stands there and decoded.
  ///
  /// - Parameter text: A URL, libpq's settings, or any text with URLs in it.
  /// - Returns: What stands before the host of a URL, the values of its parameters by a secret's
  ///   name, and what libpq takes for a password.
  static func inside(_ text: String) -> Set<String> {
    // Most texts are neither, and there are many.
    let bytes = Array(text.utf8)
    guard has("://", in: bytes) || has("password", in: bytes) else { return [] }
    var found = Set(ConnectionURL.passwords(in: text))
    for scheme in text.ranges(of: "://") {
      let isWeb = ["http", "https"].contains { text[..<scheme.lowerBound].hasSuffix($0) }
      let url = text[scheme.upperBound...].prefix { !$0.isWhitespace && !"\"'`<>".contains($0) }
      found.formUnion(user(of: url, isWeb: isWeb))
      found.formUnion(parameters(of: url))
    }
    found.formUnion(found.compactMap(decoded))
    // A variable that nobody has filled is no value.
    return found.filter { !$0.isEmpty && !$0.contains("${") }
  }

  /// By bytes: a hostile file has a million, and to compare them as characters takes a hundred times longer.
  private static func has(_ word: String, in bytes: [UInt8]) -> Bool {
    guard let first = word.utf8.first else { return true }
    return bytes.indices.contains { place in
      bytes[place] == first && bytes[place...].starts(with: word.utf8)
    }
  }

  /// What stands behind the `:` before a host; on the web the whole of it may be a token.
  private static func user(of url: Substring, isWeb: Bool) -> [String] {
    let authority = url.prefix { !"/?#".contains($0) }
    // The last `@` of all as well: people forget to encode the `/` of a password.
    return [authority, url].compactMap { part in
      guard let at = part.lastIndex(of: "@") else { return nil }
      let user = part[..<at]
      guard let colon = user.firstIndex(of: ":") else {
        return isWeb && part == authority ? String(user) : nil
      }
      return String(user[user.index(after: colon)...])
    }
  }

  private static func parameters(of url: Substring) -> [String] {
    url.split { "?&#;".contains($0) }.dropFirst().compactMap { parameter in
      guard let equals = parameter.firstIndex(of: "="),
        SecretLook.isSecret(name: String(parameter[..<equals]))
      else { return nil }
      return String(parameter[parameter.index(after: equals)...])
    }
  }

  /// The text with its percent-escapes decoded, where it has any and they make sense.
  private static func decoded(_ text: String) -> String? {
    guard text.contains("%") else { return nil }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
      guard digits.count == 2 else { return nil }
      bytes.append(UInt8(digits[0] << 4 | digits[1]))
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
