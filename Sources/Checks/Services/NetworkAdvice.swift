internal import Core
internal import HTTP
internal import Postgres

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
    case .noRoute(let host, _): routeInquiry(host)
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

extension PostgresFault {
  /// Lines to paste for a host that cannot be reached from here, or that is not trusted; nil for any
  /// other fault.
  func wayThere(correcting variable: String) -> String? {
    switch self {
    case .noRoute(let host, _):
      // Supabase's direct host has IPv6 alone, unless IPv4 is bought for it; its poolers have IPv4.
      PostgresFault.supabaseProject(ofDirect: host).map { project in
        """
        export \(variable)='postgres://postgres.\(project):PASSWORD@aws-0-REGION.pooler.supabase.com:\
        5432/postgres'   # the session pooler, which has IPv4: its host stands in the dashboard, under \
        Connect
        """
      } ?? routeInquiry(host)
    case .tls(let host, let port, _):
      tlsTrouble == .noAuthorities
        ? """
        export \(variable)="$\(variable)&sslrootcert=/etc/ssl/certs/ca-certificates.crt"   # or the file \
        of the server's own authority
        """
        : """
        openssl s_client -starttls postgres -connect \(shellQuoted("\(host):\(port)")) </dev/null   # \
        then \(tlsTrouble.advice(ofDatabase: variable))
        """
    default: nil
    }
  }

  /// The project's reference in `db.REFERENCE.supabase.co`.
  private static func supabaseProject(ofDirect host: String) -> Substring? {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    return labels.count == 4 && labels[0] == "db" && labels[2...] == ["supabase", "co"]
      ? labels[1] : nil
  }
}

private func routeInquiry(_ host: String) -> String {
  """
  getent --no-addrconfig ahosts \(shellQuoted(host))   # addresses with colons alone: run where \
  there is IPv6, or take a host that has IPv4
  """
}

extension TLSTrouble? {
  fileprivate func advice(ofDatabase variable: String) -> String {
    switch self {
    case .plainText: "have the server speak TLS, or take sslmode out of \(variable)"
    case .unknownIssuer, .noAuthorities:
      "name the file of the authority that signed it by sslrootcert in \(variable)"
    case .outOfDate: "renew it, or set this machine's clock"
    case .otherHost: "write a host in \(variable) that the certificate names"
    case nil: "correct the host and the port in \(variable)"
    }
  }

  fileprivate func advice(_ setting: String) -> String {
    switch self {
    case .plainText: "write http:// in \(setting)"
    case .noAuthorities: "correct SSL_CERT_FILE"
    case .unknownIssuer:
      "give the authority that signed it to update-ca-certificates, or its file to SSL_CERT_FILE"
    case .outOfDate: "renew it, or set this machine's clock"
    case .otherHost: "correct the host in \(setting)"
    case nil: "correct the host and the port in \(setting)"
    }
  }
}
