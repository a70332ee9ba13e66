internal import Core
internal import Digest

/// The statements that a server keeps parsed for a connection, and after some uses planned.
///
/// They are named by what they say. So a name means the same in each session, whoever has brought it
/// there: a pooler that gives each transaction another session may do so, and what it tells of such a
/// name is heeded.
struct PreparedStatements {
  /// How much oftener a session may have been without a statement than with it, before nothing is kept any
  /// more: a pooler may have many sessions, and may have each forget what it was told.
  private static let patience = 8

  /// Where a statement stands when it comes.
  enum Place: Equatable {
    /// Only once so far, as most do: it is sent with its text.
    case met
    /// Sent over this connection to be prepared. What never was must not be asked for by its name: a pooler
    /// that has names of its own for them may take it for another.
    case kept
  }

  /// How a statement is to be run.
  enum Way: Equatable {
    case withText
    case preparing(String)
    case prepared(String)
  }

  private var places: [String: Place] = [:]
  private var misses = 0

  /// How a statement is to be run that has come, with the types of its parameters: others would need
  /// another plan.
  mutating func way(of sql: String, types: [UInt32]) -> Way {
    let name = PreparedStatements.name(of: sql, types: types)
    switch places[name] {
    case nil:
      places[name] = .met
      return .withText
    case .met?: return .preparing(name)
    case .kept?: return .prepared(name)
    }
  }

  /// The name of a statement to be prepared ahead of its coming, or nil where it is already.
  func ahead(of sql: String, types: [UInt32]) -> String? {
    let name = PreparedStatements.name(of: sql, types: types)
    return places[name] == .kept ? nil : name
  }

  /// Notes that a statement was sent to be prepared under this name.
  mutating func keep(_ name: String) { places[name] = .kept }

  /// Notes whether a session had a statement that it was to have.
  ///
  /// - Returns: Whether it is worth going on.
  mutating func note(isThere: Bool) -> Bool {
    misses = max(0, misses + (isThere ? -1 : 1))
    return misses <= PreparedStatements.patience
  }

  private static func name(of sql: String, types: [UInt32]) -> String {
    let types = types.map(String.init).joined(separator: " ")
    return "preflight_" + SHA256Text.hex(of: Array("\(types)\n\(sql)".utf8)).prefix(32)
  }
}

extension Session {
  /// Runs a statement outside of a transaction; one that came before is prepared where that is allowed.
  func runKept(_ statement: Statement, until deadline: Deadline) throws(PostgresFault) -> Rows {
    guard case .single(let sql, let values, _) = statement, !sql.utf8.contains(0),
      var way = prepared?.way(of: sql, types: values.types)
    else { return try run(statement, until: deadline) }
    // Once each: the session had not what it was to have, or has it from somebody else.
    for _ in 0...2 {
      do throws(PostgresFault) {
        return try run(statement, way, until: deadline)
      } catch {
        // Nothing was done: what fails by itself is undone by itself.
        guard let next = next(after: error, way) else { throw error }
        way = next
      }
    }
    return try run(statement, until: deadline)
  }

  private func run(
    _ statement: Statement, _ way: PreparedStatements.Way, until deadline: Deadline
  ) throws(PostgresFault) -> Rows {
    guard case .single(let sql, let values, let format) = statement else {
      return try run(statement, until: deadline)
    }
    switch way {
    case .withText: return try run(statement, until: deadline)
    case .preparing(let name):
      return try run(.preparing(sql, name: name, values, format), until: deadline)
    case .prepared(let name):
      let rows = try run(.prepared(name, values, format), until: deadline)
      _ = prepared?.note(isThere: true)
      return rows
    }
  }

  /// How a statement is to be run after a fault that tells of its preparation alone, which only the server
  /// can; nil where it tells of something else.
  private func next(
    after fault: PostgresFault, _ way: PreparedStatements.Way
  ) -> PreparedStatements.Way? {
    switch (fault.sqlState, way) {
    // "Invalid SQL statement name": this session has no such statement.
    case ("26000", .prepared(let name)):
      guard prepared?.note(isThere: false) == true else { break }
      return .preparing(name)
    // "Duplicate prepared statement": this session has it.
    case ("42P05", .preparing(let name)): return .prepared(name)
    // "Feature not supported": a cached plan's result would have other types since a table was altered, or
    // what stands between keeps no statements.
    case ("0A000", .prepared), ("0A000", .preparing): break
    default: return nil
    }
    prepared = nil
    return .withText
  }
}

extension Connection {
  /// Has the server keep prepared what comes more than once outside of a transaction.
  package func keepStatements() async {
    await session.keepStatements()
  }

  /// Has the server parse a statement ahead of its coming, which then need not come twice.
  ///
  /// - Parameters:
  ///   - sql: One statement, with `$1`, `$2`, … for the parameters.
  ///   - parameters: Of whatever value, and the types of those that it will come with.
  ///   - timeout: From the call to the answer.
  /// - Throws: What the server, the network or the clock had against it.
  package func prepare(
    _ sql: String, _ parameters: [Parameter], timeout: Duration
  ) async throws(PostgresFault) {
    let (types, deadline) = (WireParameters(parameters).types, Deadline(timeout))
    try await takeTurn(until: deadline)
    defer { turns.pass() }
    try await session.heedingCancellation { session throws(PostgresFault) in
      try session.prepare(sql, types: types, until: deadline)
    }
  }

  /// Whether the server's session is this connection's own, so that its settings hold for whatever comes
  /// over it.
  ///
  /// A pooler may give the next transaction another session. Where one stands between, the number of the
  /// process that carries out statements is not the one told at the beginning ("BackendKeyData" in the
  /// Postgres protocol's manual).
  ///
  /// - Parameter timeout: For the question.
  /// - Returns: Whether it is, so that no pooler stands between.
  /// - Throws: What the server, the network or the clock had against it.
  package func ownsSession(timeout: Duration) async throws(PostgresFault) -> Bool {
    try await process(timeout: timeout) == server.processID
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

  fileprivate func prepare(
    _ sql: String, types: [UInt32], until deadline: Deadline
  ) throws(PostgresFault) {
    guard !sql.utf8.contains(0) else { throw .nulInStatement }
    guard let name = prepared?.ahead(of: sql, types: types) else { return }
    do throws(PostgresFault) {
      _ = try run(.preparation(sql, name: name, types: types), until: deadline)
    } catch  where error.sqlState == "42P05" {
      // Somebody else has brought it to this session.
    }
  }
}
