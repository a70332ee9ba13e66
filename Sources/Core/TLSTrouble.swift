/// What is wrong with a secure connection, or with the certificate that a server shows.
package enum TLSTrouble: Sendable, CaseIterable {
  case plainText
  case unknownIssuer
  /// There is no file of authorities, without which libpq trusts nobody.
  case noAuthorities
  case outOfDate
  case otherHost

  /// Told by the words of OpenSSL, libcurl and libpq, which give no more than these; nil where they tell
  /// none of it.
  package init?(in words: String) {
    let trouble = TLSTrouble.allCases.first { $0.words.contains { words.contains($0) } }
    guard let trouble else { return nil }
    self = trouble
  }

  private var words: [String] {
    switch self {
    case .plainText:
      [
        "wrong version number", "packet length too long", "record layer failure",
        "does not support SSL",
      ]
    case .unknownIssuer: ["self-signed", "self signed", "issuer certificate"]
    case .noAuthorities:
      [
        "root certificate file", "certificate verify locations", "certificate file:",
        "trust anchors from file",
      ]
    case .outOfDate: ["expired", "not yet valid"]
    case .otherHost: ["subject name", "host name"]
    }
  }
}
