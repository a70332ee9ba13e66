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
  private let plansOnce: Bool
  private var connection: Connection?
  /// The attempt under way to open one, for everybody who waits for it.
  private var opening: Task<Result<Connection, PostgresFault>, Never>?
  /// What is prepared as soon as there is a connection.
  private var ahead: [Command] = []
  /// Shared by all connections of a run.
  let contact: Contact

  /// - Parameters:
  ///   - url: the connection URL.
  ///   - timeout: for each statement.
  ///   - contact: that of the other connections to the server, so that this one is waited for where they
  ///     are there: a server that has none to give now may have one in a moment.
  ///   - plansOnce: whether what comes again is planned once, for any parameters, as is best where
  ///     statements are known that do.
  init(
    _ url: Secret, timeout: Duration = .seconds(30), contact: Contact = Contact(),
    plansOnce: Bool = false
  ) {
    self.url = url
    self.timeout = timeout
    self.contact = contact
    self.plansOnce = plansOnce
  }

  /// Opens the connection ahead of the first statement, which tells whatever stands against it.
  func open() async { _ = try? await current() }

  /// Has the server parse a statement ahead of its coming, over this connection and later ones.
  ///
  /// The statement itself tells whatever stands against it.
  func prepare(_ command: Command) async {
    ahead.append(command)
    guard let connection = try? await current() else { return }
    try? await connection.prepare(command.sql, command.parameters, timeout: timeout)
  }

  /// Runs a statement, for as long as it may take: nil is for as long as any.
  func query(
    _ sql: String, _ parameters: [Parameter] = [], timeout: Duration? = nil
  ) async throws(PostgresFault) -> Rows {
    try await attempt { connection async throws(PostgresFault) in
      try await connection.query(sql, parameters, timeout: timeout ?? self.timeout)
    }
  }

  func query(_ command: Command) async throws(PostgresFault) -> Rows {
    try await query(command.sql, command.parameters)
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

  func close() async {
    opening?.cancel()
    _ = await opening?.value
    await drop()
  }

  private func drop() async {
    let dropped = connection
    connection = nil
    await dropped?.close()
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
        if error.disposition != .retry { await drop() }
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
    while true {
      if let connection { return connection }
      let opening = opening ?? begin()
      let result = await withTaskCancellationHandler {
        await opening.value
      } onCancel: {
        opening.cancel()
      }
      // Somebody else may have given up what this task still waits for.
      if case .failure(.cancelled) = result, !Task.isCancelled { continue }
      return try result.get()
    }
  }

  private func begin() -> Task<Result<Connection, PostgresFault>, Never> {
    let task = Task { () -> Result<Connection, PostgresFault> in
      defer { opening = nil }
      do throws(PostgresFault) {
        let opened = try await opened()
        connection = opened
        return .success(opened)
      } catch {
        return .failure(error)
      }
    }
    opening = task
    return task
  }

  private func opened() async throws(PostgresFault) -> Connection {
    let opened = try await Connection.open(
      url, applicationName: "preflight run", timeout: .seconds(10))
    // It is there, whatever becomes of this connection before its first statement.
    contact.note()
    await opened.keepStatements()
    if try await opened.ownsSession(timeout: timeout) {
      _ = try await opened.query(QueueSQL.planner(plansOnce: plansOnce), timeout: timeout)
    }
    for command in ahead {
      try? await opened.prepare(command.sql, command.parameters, timeout: timeout)
    }
    return opened
  }
}
