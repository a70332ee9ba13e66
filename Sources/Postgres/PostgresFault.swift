package import Core

/// Why a connection could not be had or a statement gave no result.
package enum PostgresFault: Error, Sendable, Equatable {
  case invalidURL(ConnectionURL.Fault)
  case nameNotResolved(host: String)
  case refused(host: String, port: Int)
  /// The network or the socket answered with this reason, in the system's words.
  case unreachable(host: String, port: Int, reason: String)
  /// The host has IPv6 addresses alone, and this machine has no way to such.
  case noRoute(host: String, port: Int)
  case timedOut(doing: Activity, Duration)
  /// Something answers there, and it does not speak the Postgres protocol.
  case notPostgres(host: String, port: Int)
  /// No TLS, or none that can be trusted, in libpq's words.
  case tls(host: String, port: Int, reason: String)
  /// The server refused the user or the password; a client that has none to send has no SQLSTATE.
  case authentication(user: String, sqlState: String?, reason: String)
  case databaseMissing(String)
  case server(ServerError)
  case connectionLost(reason: String)
  case cancelled
  /// The result is larger than the limit, in bytes.
  case resultTooLarge(limit: Int)
  /// The statement holds a NUL, behind which libpq would not read on.
  case nulInStatement
  /// The statement copies from or to the client, which needs a conversation of its own.
  case copyNotSupported
  /// A statement of the body ended the transaction around it.
  case transactionEnded
  case columnMissing(String)
  case unexpectedNull(column: String)
  case undecodable(column: String, type: String)
  case outOfDescriptors

  /// What took too long.
  package enum Activity: Sendable, Equatable {
    case resolving(host: String)
    case connecting(host: String, port: Int)
    case waitingForConnection
    case executing
  }

  /// The SQLSTATE, where the server gave one.
  package var sqlState: String? {
    switch self {
    case .server(let error): error.sqlState
    case .authentication(_, let sqlState, _): sqlState
    case .databaseMissing: "3D000"
    default: nil
    }
  }

  /// One sentence that says what happened; it holds no password.
  package var message: String {
    switch self {
    case .invalidURL(let fault): fault.message
    case .nameNotResolved(let host): "the host name \(host) cannot be resolved"
    case .refused(let host, let port): "\(place(host, port)) refuses connections"
    case .unreachable(let host, let port, let reason):
      "\(place(host, port)) cannot be reached: \(reason)"
    case .noRoute(let host, let port):
      "\(place(host, port)) cannot be reached: it has IPv6 addresses alone, and this machine has no "
        + "way to such"
    case .timedOut(let activity, let limit): "\(activity.text) took longer than \(limit.text)"
    case .notPostgres(let host, let port): "what answers at \(place(host, port)) is not Postgres"
    case .tls(let host, let port, let reason):
      "no trusted TLS connection to \(place(host, port)): \(reason)"
        + (tlsTrouble.flatMap(\.hint).map { " (\($0))" } ?? "")
    case .authentication(let user, let sqlState, let reason):
      "the server does not let \(user) in: \(reason)" + (sqlState.map { " [\($0)]" } ?? "")
    case .databaseMissing(let name): "the database \(name) does not exist"
    case .server(let error): error.summary
    case .connectionLost(let reason): "the connection to Postgres was lost: \(reason)"
    case .cancelled: "the statement was cancelled"
    case .resultTooLarge(let limit): "the result is larger than \(limit) bytes"
    case .nulInStatement: "the statement holds a NUL character"
    case .copyNotSupported: "the statement copies from or to the client, which is not supported"
    case .transactionEnded: "the statement ended the transaction that it was run in"
    case .columnMissing(let column): "the result has no column \(column)"
    case .unexpectedNull(let column): "the column \(column) is null"
    case .undecodable(let column, let type):
      "the column \(column) of type \(type) does not hold what was asked of it"
    case .outOfDescriptors: "the process has no file descriptor left"
    }
  }

  /// What is known of why no secure connection came to be; nil where nothing is.
  package var tlsTrouble: TLSTrouble? {
    guard case .tls(_, _, let reason) = self else { return nil }
    return TLSTrouble(in: reason)
  }

  private func place(_ host: String, _ port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}

extension TLSTrouble {
  fileprivate var hint: String? {
    switch self {
    case .unknownIssuer: "nobody in sslrootcert signed it"
    case .outOfDate: "or this machine's clock is wrong"
    case .plainText, .noAuthorities, .otherHost: nil
    }
  }
}

extension PostgresFault.Activity {
  var text: String {
    switch self {
    case .resolving(let host): "resolving \(host)"
    case .connecting(let host, let port): "connecting to \(host):\(port)"
    case .waitingForConnection: "waiting for the connection to be free"
    case .executing: "the statement"
    }
  }
}
