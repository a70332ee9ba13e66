package import Core
internal import FoundationEssentials

/// What a JSON Web Token (RFC 7519) says of itself; its signature is not checked.
///
/// Supabase's older keys are such tokens, with the role in the claim `role`.
package struct WebToken: Sendable, Equatable {
  package let role: String?
  package let expires: Timestamp?

  package init(role: String?, expires: Timestamp?) {
    self.role = role
    self.expires = expires
  }

  /// Whether a text begins as a token does: with `{"` in base64.
  package static func begins(_ text: String) -> Bool { text.hasPrefix("eyJ") }

  /// Reads a token of three parts, or gives nil where the text is none.
  package init?(_ text: String) {
    struct Claims: Decodable {
      var role: String?
      var exp: Double?
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[2].isEmpty, WebToken.decoded(parts[0]) != nil,
      let claims = WebToken.decoded(parts[1])
    else { return nil }
    do {
      let claims = try JSONDecoder().decode(Claims.self, from: claims)
      let bound = 253_402_300_799.0  // the last second of the year 9999
      self.init(
        role: claims.role,
        expires: claims.exp.map { Timestamp(milliseconds: Int64(min(max(0, $0), bound) * 1_000)) })
    } catch {
      return nil
    }
  }

  /// The bytes of a part: base64url without padding (RFC 7515, appendix C).
  private static func decoded(_ part: Substring) -> Data? {
    let text = part.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
  }
}
