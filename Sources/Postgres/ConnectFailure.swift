internal import Core

/// What libpq wrote when a connection failed, sorted into causes.
///
/// libpq gives this as text alone. The process never sets a locale, so it is in English; the server's
/// own part may be in another language, but its SQLSTATE is not.
struct ConnectFailure {
  let text: String
  /// What OpenSSL has against the server's certificate, where it has been shown one.
  var certificateFault: String?

  func fault(at endpoint: ConnectionURL.Endpoint, of url: ConnectionURL) -> PostgresFault {
    let (host, port) = (endpoint.host, endpoint.port)
    if let error = serverError { return ConnectFailure.fault(of: error, url) }
    func has(_ parts: String...) -> Bool { parts.contains { text.contains($0) } }
    if has(
      "expected authentication request", "invalid response to SSL negotiation",
      "unsupported frontend protocol")
    {
      return .notPostgres(host: host, port: port)
    }
    if has("no password supplied") {
      return .authentication(user: url.user, sqlState: nil, reason: "the URL holds no password")
    }
    if has("SSL", "certificate") { return .tls(host: host, port: port, reason: reason) }
    if has("could not translate host name") { return .nameNotResolved(host: host) }
    if has("Connection refused", "No such file or directory") {
      return .refused(host: host, port: port)
    }
    if has("server closed the connection", "Connection reset", "could not receive data") {
      return .connectionLost(reason: "the server closed it before it was ready")
    }
    if has("authentication", "SCRAM", "channel binding") {
      return .authentication(user: url.user, sqlState: nil, reason: reason)
    }
    if endpoint.address?.contains(":") == true,
      has(
        "Network is unreachable", "Cannot assign requested address",
        "Address family not supported by protocol")
    {
      return .noRoute(host: host, port: port)
    }
    if has("connection to server") { return .unreachable(host: host, port: port, reason: reason) }
    return .invalidURL(.refused(reason))
  }

  /// The words behind `connection to server at …, port … failed:`.
  private var reason: String {
    let words = ServerError.oneLine(
      String(text.split(separator: " failed: ", maxSplits: 1).last ?? ""))
    let told = "certificate verify failed"
    guard let certificateFault, words.hasSuffix(told) else { return words }
    return "\(told): \(certificateFault)"
  }

  /// The server's own error, from libpq's verbose form: `FATAL:  28P01: …`.
  private var serverError: ServerError? {
    for line in text.split(separator: "\n") {
      guard let mark = line.firstRange(of: ":  ") else { continue }
      let code = line[mark.upperBound...].prefix(5)
      let rest = line[mark.upperBound...].dropFirst(5)
      guard code.utf8.count == 5, rest.hasPrefix(": "),
        code.allSatisfy({ $0.isASCII && ($0.isUppercase || $0.isNumber) })
      else { continue }
      return ServerError(
        sqlState: String(code), severity: "FATAL", message: String(rest.dropFirst(2)),
        detail: field("DETAIL"), hint: field("HINT"))
    }
    return nil
  }

  private func field(_ name: String) -> String? {
    text.split(separator: "\n").first { $0.hasPrefix("\(name):  ") }
      .map { String($0.dropFirst(name.count + 3)) }
  }

  private static func fault(of error: ServerError, _ url: ConnectionURL) -> PostgresFault {
    // PgBouncer and Supavisor refuse with codes of their own, and say why in these words.
    let refusals = ["no such user", "password authentication", "Tenant or user not found"]
    switch error.sqlState {
    case "3D000": return .databaseMissing(url.database)
    case _ where error.message.contains("no such database"): return .databaseMissing(url.database)
    case "28000", "28P01":
      return .authentication(
        user: url.user, sqlState: error.sqlState, reason: ServerError.oneLine(error.message))
    case _ where refusals.contains(where: { error.message.contains($0) }):
      return .authentication(
        user: url.user, sqlState: error.sqlState, reason: ServerError.oneLine(error.message))
    default: return .server(error)
    }
  }
}
