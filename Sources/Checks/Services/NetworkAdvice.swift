internal import HTTP

extension HTTPFault {
  /// A command that shows what stands in the way, with what to do about what it shows.
  ///
  /// - Parameter setting: Where the address comes from, such as a variable's name.
  /// - Returns: One line; nil where the request itself, sent by hand, shows as much.
  func inquiry(correcting setting: String) -> String? {
    switch self {
    case .nameNotResolved(let host):
      // The flag lets through what this machine could not connect to: that is the question here.
      """
      getent --no-addrconfig ahosts \(shellQuoted(host))   # nothing: correct the host in \(setting); \
      addresses with colons alone: run where there is IPv6
      """
    case .noRoute(let host, _):
      """
      getent --no-addrconfig ahosts \(shellQuoted(host))   # addresses with colons alone: run where \
      there is IPv6, or take a host that has IPv4
      """
    case .tls(let host, let port, _):
      """
      openssl s_client -connect \(shellQuoted("\(host):\(port)")) </dev/null   # \
      then \(tlsTrouble.advice(setting))
      """
    default: nil
    }
  }

  /// Whether the way to the host is what failed, so that a proxy might be the only way.
  var isOfTheWay: Bool {
    switch self {
    case .nameNotResolved, .unreachable, .noRoute, .timedOut(_, phase: .nameLookup),
      .timedOut(_, phase: .beforeConnect):
      true
    default: false
    }
  }
}

extension HTTPFault.TLSTrouble? {
  fileprivate func advice(_ setting: String) -> String {
    switch self {
    case .plainText: "write http:// in \(setting)"
    case .unknownIssuer: "give the authority that signed it to update-ca-certificates"
    case .outOfDate: "renew it, or set this machine's clock"
    case .otherHost: "correct the host in \(setting)"
    case nil: "correct the host and the port in \(setting)"
    }
  }
}
