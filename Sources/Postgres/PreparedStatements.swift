internal import Core

/// The statements that a session of its own at the server keeps parsed, and after some uses planned.
struct PreparedStatements {
  /// A statement with the types that its parameters were given: others would need another plan.
  private struct Key: Hashable {
    let sql: String
    let types: [UInt32]
  }

  /// Where a statement stands when it comes.
  enum Place: Equatable {
    /// For the first time, as most do only once: not worth a round trip of its own.
    case new
    /// To be prepared under this name.
    case due(String)
    case kept(String)
  }

  private var places: [Key: Place] = [:]
  private var names = 0

  mutating func place(of sql: String, types: [UInt32]) -> Place {
    let key = Key(sql: sql, types: types)
    switch places[key] {
    case nil:
      places[key] = .new
      return .new
    case .new?:
      names += 1
      places[key] = .due("preflight_\(names)")
    case .due(let name)?:
      places[key] = .kept(name)
    case .kept?: break
    }
    return places[key] ?? .new
  }
}

extension Session {
  /// Runs a statement outside of a transaction; one that came before is prepared where that is allowed.
  func runKept(_ statement: Statement, until deadline: Deadline) throws(PostgresFault) -> Rows {
    guard case .single(let sql, let values, let format) = statement, prepared != nil,
      !sql.utf8.contains(0)
    else { return try run(statement, until: deadline) }
    let types = values.types
    let name: String
    switch prepared?.place(of: sql, types: types) {
    case .due(let new)?:
      _ = try run(.preparation(sql, name: new, types: types), until: deadline)
      name = new
    case .kept(let known)?: name = known
    case .new?, nil: return try run(statement, until: deadline)
    }
    do throws(PostgresFault) {
      return try run(.prepared(name, values, format), until: deadline)
    } catch  where Session.tellsOfPreparation(error) {
      // Nothing was done: what fails by itself is undone by itself.
      prepared = nil
      return try run(statement, until: deadline)
    }
  }

  /// Whether a prepared statement does not fit any more, or is gone, which only the server can tell.
  private static func tellsOfPreparation(_ fault: PostgresFault) -> Bool {
    switch fault.sqlState {
    // A cached plan's result would have other types since a table was altered (feature not supported);
    // no such statement (invalid SQL statement name).
    case "0A000", "26000": true
    default: false
    }
  }
}

extension Connection {
  /// Has the server keep prepared what comes more than once, if it is the server that is spoken to.
  ///
  /// A pooler may give the next transaction another session, which knows none of them. Where one stands
  /// between, the number of the process that carries out statements is not the one told at the beginning
  /// ("BackendKeyData" in the Postgres protocol's manual).
  ///
  /// - Parameter timeout: For the question.
  /// - Returns: Whether it is the server, so that the session is this connection's own.
  /// - Throws: What the server, the network or the clock had against it.
  package func keepStatements(timeout: Duration) async throws(PostgresFault) -> Bool {
    guard try await process(timeout: timeout) == server.processID else { return false }
    await session.keepStatements()
    return true
  }

  /// Asks which of the server's processes carries out statements, as the number `process`.
  package static let processQuery = ReadQuery("select pg_backend_pid() as process")

  /// The number of the server's process that carries out statements.
  ///
  /// - Parameter timeout: For the question.
  /// - Returns: The number; behind a pooler that of the process that served this question.
  /// - Throws: What the server, the network or the clock had against it.
  package func process(timeout: Duration) async throws(PostgresFault) -> Int? {
    try await readOnly(statementTimeout: timeout).query(Connection.processQuery).first?.int(
      "process")
  }
}

extension Session {
  fileprivate func keepStatements() { prepared = PreparedStatements() }
}
