package import Core

/// A connection to Postgres, used by one statement or transaction at a time, in the order of asking.
///
/// It relies on no state of the server's session, so that it works through a pooler that gives each
/// transaction another session; what `keepStatements` leaves in one means the same in each.
package struct Connection: Sendable {
  package let server: ServerFacts
  let session: Session
  let turns: TurnQueue
  /// The number of the transaction whose body this connection was handed to.
  let transaction: Int?
  /// How long a statement may take of which nobody says: in a transaction, as long as its statements may.
  let limit: Duration

  /// Connects, with name look-up, TLS and authentication, within the timeout.
  ///
  /// - Parameters:
  ///   - url: A `postgres://` URL or libpq's list of settings.
  ///   - applicationName: What the server's statistics call this client, where the URL does not say.
  ///   - timeout: For everything together.
  /// - Returns: A connection that is ready for statements.
  /// - Throws: Why there is none; nothing of the attempt is left.
  package static func open(
    _ url: Secret, applicationName: String = "preflight", timeout: Duration
  ) async throws(PostgresFault) -> Connection {
    let target: ConnectionURL
    do throws(ConnectionURL.Fault) {
      target = try ConnectionURL(url)
    } catch {
      throw .invalidURL(error)
    }
    let session = try Session()
    let deadline = Deadline(timeout)
    let facts = try await session.heedingCancellation { session throws(PostgresFault) in
      try session.connect(to: target, applicationName: applicationName, until: deadline)
    }
    return Connection(
      server: facts, session: session, turns: TurnQueue(), transaction: nil, limit: .seconds(10))
  }

  /// Runs one statement; its parameters and, as a rule, its rows go in binary.
  ///
  /// A statement that leaves a transaction open is undone: `transaction` is for that.
  ///
  /// - Parameters:
  ///   - sql: One statement, with `$1`, `$2`, … for the parameters.
  ///   - parameters: At most 65,535.
  ///   - format: How the values of the rows come.
  ///   - timeout: From the call to the last row, with the time in line for the connection; nil for 10 s, and
  ///     in a transaction for what its statements may take.
  /// - Returns: The rows, none for a statement that has no result.
  /// - Throws: What the server, the network or the clock had against it.
  package func query(
    _ sql: String, _ parameters: [Parameter] = [], rows format: RowFormat = .binary,
    timeout: Duration? = nil
  ) async throws(PostgresFault) -> Rows {
    try await run(
      .single(sql, WireParameters(parameters), format), until: Deadline(timeout ?? limit))
  }

  /// Runs several statements without parameters, as one transaction unless they say otherwise.
  package func script(_ sql: String, timeout: Duration) async throws(PostgresFault) {
    _ = try await run(.script(sql), until: Deadline(timeout))
  }

  /// Whether statements can still be run; false once the connection was lost or closed.
  package var isOpen: Bool {
    get async { await session.isOpen }
  }

  /// Ends the connection; what is under way on the server is rolled back.
  package func close() async {
    await session.close(because: "it was closed")
  }

  func run(
    _ statement: Statement, until deadline: Deadline
  ) async throws(PostgresFault) -> Rows {
    let transaction = transaction
    guard transaction == nil else {
      return try await session.heedingCancellation { session throws(PostgresFault) in
        try session.run(statement, inside: transaction, until: deadline)
      }
    }
    try await takeTurn(until: deadline)
    defer { turns.pass() }
    return try await session.heedingCancellation { session throws(PostgresFault) in
      try session.run(statement, inside: nil, until: deadline)
    }
  }

  func takeTurn(until deadline: Deadline) async throws(PostgresFault) {
    do {
      try await turns.take(until: deadline)
    } catch {
      throw PostgresFault(error, of: .waitingForConnection, deadline)
    }
  }
}

extension Session {
  /// Does something on the lane that looks at the task's cancellation whenever it is woken.
  nonisolated func heedingCancellation<Value: Sendable>(
    _ work: @Sendable (isolated Session) throws(PostgresFault) -> Value
  ) async throws(PostgresFault) -> Value {
    let wakeUp = wakeUp
    let result = await withTaskCancellationHandler {
      await self.result(of: work)
    } onCancel: {
      wakeUp.signal()
    }
    return try result.get()
  }

  private func result<Value: Sendable>(
    of work: @Sendable (isolated Session) throws(PostgresFault) -> Value
  ) -> Result<Value, PostgresFault> {
    Result { () throws(PostgresFault) in try work(self) }
  }
}
