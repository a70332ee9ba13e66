/// Looks into connection texts of libpq, as far as to tell whether a password stands in one.
enum ConnectionText {
  /// Whether a URL (`scheme://user:password@host`, `?password=`) or a keyword text
  /// (`password=…`) holds a password that is not empty.
  static func holdsPassword(_ text: String) -> Bool {
    if let scheme = text.firstRange(of: "://") {
      let authority = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
      // The last `@`, for a password with an `@` in it is libpq's to refuse, and still one.
      if let at = authority.lastIndex(of: "@"),
        let colon = authority[..<at].firstIndex(of: ":"), authority.index(after: colon) < at
      {
        return true
      }
    }
    let lowered = text.lowercased()
    return lowered.ranges(of: "password").contains { range in
      let rest = lowered[range.upperBound...].drop { $0 == " " }
      guard rest.first == "=" else { return false }
      let value = rest.dropFirst().drop { $0 == " " }
      return !value.isEmpty && !value.hasPrefix("&") && !value.hasPrefix("''")
    }
  }
}
