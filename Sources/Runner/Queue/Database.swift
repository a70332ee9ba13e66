internal import Core
internal import Postgres

/// One connection to the user's database, opened again when it was lost.
///
/// Every statement sent through it may be repeated: each is either fenced by a token, or changes
/// nothing the second time.
actor Database {
  /// How often a statement is tried again before the fault is told: long enough for a server to
  /// restart.
  private static let repeats = 10

  /// How long a statement over all that a run has may take: filling its queue, auditing what it stored.
  static let longest = Duration.seconds(600)

  private let url: Secret
  private let timeout: Duration
  private var connection: Connection?
  /// Shared by all connections of a run.
  let contact: Contact

  /// - Parameters:
  ///   - url: the connection URL.
  ///   - timeout: for each statement.
  ///   - contact: that of the other connections to the server, so that this one is waited for where they
  ///     are there: a server that has none to give now may have one in a moment.
  init(_ url: Secret, timeout: Duration = .seconds(30), contact: Contact = Contact()) {
    self.url = url
    self.timeout = timeout
    self.contact = contact
  }

  func query(
    _ sql: String, _ parameters: [Parameter] = []
  ) async throws(PostgresFault) -> Rows {
    try await attempt { connection async throws(PostgresFault) in
      try await connection.query(sql, parameters, timeout: self.timeout)
    }
  }

  /// Asks in a read-only transaction, once: what is refused for writing must not be repeated.
  func read(_ sql: String) async throws(PostgresFault) -> Rows {
    try await current().readOnly(statementTimeout: timeout).query(ReadQuery(sql))
  }

  func script(_ sql: String) async throws(PostgresFault) {
    try await attempt { connection async throws(PostgresFault) in
      try await connection.script(sql, timeout: self.timeout)
    }
  }

  func transaction<Value: Sendable>(
    _ body: @Sendable (Connection) async throws(PostgresFault) -> Value
  ) async throws(PostgresFault) -> Value {
    try await attempt { connection async throws(PostgresFault) in
      try await connection.transaction(.committed, statementTimeout: self.timeout, body)
    }
  }

  /// Closes the connection after `body`.
  nonisolated func closing<Value: Sendable>(
    _ body: () async throws(PostgresFault) -> Value
  ) async throws(PostgresFault) -> Value {
    let result: Result<Value, PostgresFault>
    do throws(PostgresFault) {
      result = .success(try await body())
    } catch {
      result = .failure(error)
    }
    await close()
    return try result.get()
  }

  func close() async {
    await connection?.close()
    connection = nil
  }

  private func attempt<Value: Sendable>(
    _ body: (Connection) async throws(PostgresFault) -> Value
  ) async throws(PostgresFault) -> Value {
    var failures = 0
    while true {
      do throws(PostgresFault) {
        let value = try await body(try await current())
        contact.note()
        return value
      } catch {
        guard contact.isRecent(), Database.isWorthRepeating(error), failures < Database.repeats,
          !Task.isCancelled
        else { throw error }
        failures += 1
        if error.disposition != .retry { await close() }
        try? await ContinuousClock().sleep(for: Backoff.database.wait(after: failures))
      }
    }
  }

  private static func isWorthRepeating(_ fault: PostgresFault) -> Bool {
    switch fault.disposition {
    case .retry, .reconnect, .backOff: true
    case .split, .reject, .abort: false
    }
  }

  private func current() async throws(PostgresFault) -> Connection {
    if let connection { return connection }
    let opened = try await Connection.open(
      url, applicationName: "preflight run", timeout: .seconds(10))
    // It is there, whatever becomes of this connection before its first statement.
    contact.note()
    if try await opened.keepStatements(timeout: timeout) {
      _ = try await opened.query(QueueSQL.expectNoRepeats, timeout: timeout)
    }
    connection = opened
    return opened
  }
}
