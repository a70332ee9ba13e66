internal import Checklist
internal import Core
internal import Gate
internal import Postgres

extension Services {
  /// Opens the first connection to a database.
  func reachDatabase(_ service: ServiceDeclaration, _ settings: Settings) async -> Finding {
    let start = ContinuousClock.now
    let url = settings.secret(ServiceKind.postgres.rawValue)
    let variable = service.settings.variables.first ?? "DATABASE_URL"
    let connection: Connection
    do throws(PostgresFault) {
      connection = try await Connection.open(url, timeout: Services.patience - .seconds(1))
    } catch {
      return DatabaseRefusal(error, variable: variable).finding
    }
    let opening = start.duration(to: .now)
    let server = connection.server
    let place = "\(server.host):\(server.port)"
    guard !server.isStandby else {
      await connection.close()
      return .fail(
        "\(place) is a standby, to which nothing can be written",
        expected: "a server that takes writes", observed: "a standby in recovery",
        fix: "export \(variable)='…'   # the URL of the primary")
    }
    keep(ConnectionPool(connection, to: url, openedIn: opening), as: service.name)
    var evidence: [String: Evidence] = [
      "server_version": .text(server.version), "user": .text(server.user),
      "database": .text(server.database), "encrypted": .flag(server.isEncrypted),
    ]
    // What is left is for three steps, of which none may make the check itself late.
    let rest = (Services.patience - .seconds(1) - start.duration(to: .now)) / 3
    if let pooler = await Pooler.between(connection, url, timeout: rest) {
      evidence["pooler"] = .text(pooler.rawValue)
    }
    return .pass(
      "Postgres \(server.version) at \(place) lets \(server.user) into \(server.database)",
      evidence: evidence)
  }

  /// Reads from a database, through which nothing can be written; a fault is *could not tell*.
  func reading(
    from database: String, within timeout: Duration,
    _ read: (ReadOnlyConnection) async throws(PostgresFault) -> Finding
  ) async -> Finding {
    guard let connections = connections(to: database) else {
      return .skip(because: "service.\(database)")
    }
    do throws(PostgresFault) {
      return try await connections.use(within: timeout) { connection throws(PostgresFault) in
        try await read(connection.readOnly(statementTimeout: timeout))
      }
    } catch {
      return .cannotTell(
        "the database gave no answer: \(error.message)", expected: "an answer to a read",
        observed: error.message, fix: DatabaseRefusal.fix(ofRead: error, connections.server))
    }
  }
}

extension Services {
  /// Has the rest of a transaction wait no longer for a lock than a second: whoever comes behind it
  /// waits as well.
  static let lockLimit = "select set_config('lock_timeout', '1000ms', true)"

  /// Does something in one transaction that is always rolled back; a fault is *could not tell*.
  ///
  /// One transaction is all that a pooler promises to keep on one connection to the server.
  func rollingBack(
    in database: String, within timeout: Duration,
    _ work: (Connection) async throws(PostgresFault) -> Finding
  ) async -> Finding {
    guard let connections = connections(to: database) else {
      return .skip(because: "service.\(database)")
    }
    do throws(PostgresFault) {
      return try await connections.use(within: timeout) { connection throws(PostgresFault) in
        try await connection.transaction(.rolledBack, statementTimeout: timeout, work)
      }
    } catch {
      return .cannotTell(
        "the database gave no answer: \(error.message)",
        expected: "an answer within a transaction", observed: error.message)
    }
  }
}

/// Why no connection was had, judged: refused for good, or no answer.
struct DatabaseRefusal {
  private let fault: PostgresFault
  private let variable: String

  init(_ fault: PostgresFault, variable: String) {
    self.fault = fault
    self.variable = variable
  }

  var finding: Finding {
    let expected = "a connection to the database of \(variable)"
    return isDefinite
      ? .fail(fault.message, expected: expected, observed: fault.message, fix: fix)
      : .cannotTell(fault.message, expected: expected, observed: fault.message, fix: fix)
  }

  /// Whether the answer would be the same tomorrow, so that it is a failure and no doubt.
  private var isDefinite: Bool {
    switch fault {
    case .authentication, .databaseMissing, .invalidURL: true
    // Invalid authorization, invalid catalog name, insufficient privilege (to connect).
    case .server(let error): ["28", "3D", "42"].contains { error.sqlState.hasPrefix($0) }
    default: false
    }
  }

  private var fix: String {
    switch fault {
    case .invalidURL: "export \(variable)='postgres://USER:PASSWORD@HOST:5432/DATABASE'"
    case .databaseMissing(let name):
      "createdb \(shellQuoted(name))   # on that server, or correct the name in \(variable)"
    case .refused(let host, let port), .unreachable(let host, let port, _),
      .notPostgres(let host, let port), .timedOut(.connecting(let host, let port), _):
      "pg_isready --host \(host) --port \(port)   # then correct \(variable), or start the server"
    case .nameNotResolved(let host), .timedOut(.resolving(let host), _):
      "getent hosts \(host)   # then correct the host in \(variable)"
    default:
      fault.wayThere(correcting: variable)
        ?? "psql \"$\(variable)\" -c 'select 1'   # then correct \(variable)"
    }
  }

  /// What would let a read through that the server did not answer.
  static func fix(ofRead fault: PostgresFault, _ server: ServerFacts) -> String? {
    guard case .server(let error) = fault, error.sqlState == "42501" else { return nil }
    // "permission denied for schema NAME": the name is nowhere else in the error.
    let words = error.message.split(separator: " ")
    guard words.starts(with: ["permission", "denied", "for"]), words.count > 4 else { return nil }
    let privileges = [
      "schema": "usage on schema", "table": "select on", "view": "select on",
      "sequence": "select on", "function": "execute on function",
    ]
    return privileges[String(words[3])].map {
      "grant \($0) \(words[words.count - 1]) to \(SQLText.name(server.user));"
    }
  }
}

/// A word as a shell reads it back unchanged.
func shellQuoted(_ text: String) -> String {
  let plain = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "/"):
      true
    default: false
    }
  }
  return plain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}
