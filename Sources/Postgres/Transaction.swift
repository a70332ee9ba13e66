internal import CLibPQ

/// How a transaction may write, and what becomes of it.
package enum TransactionMode: Sendable, Equatable {
  /// Refuses writes, and is rolled back.
  case readOnly
  /// May write, and is rolled back all the same.
  case rolledBack
  /// Is committed if the body returns, and rolled back if it throws.
  case committed
}

extension Connection {
  /// Runs statements in one transaction, which always ends with the body, also when cancelled.
  ///
  /// The body is handed a connection that is in the transaction; this one is busy until it ends.
  ///
  /// - Parameters:
  ///   - mode: Whether it may write, and how it ends.
  ///   - statementTimeout: After which the server stops a statement of its own accord.
  ///   - body: What to do within; it must not keep the connection.
  /// - Returns: What the body returned.
  /// - Throws: What the body threw, or why the transaction could not be begun or committed; after a
  ///   `connectionLost` at the commit it is not known whether it took place.
  package func transaction<Value: Sendable>(
    _ mode: TransactionMode, statementTimeout: Duration,
    _ body: (Connection) async throws(PostgresFault) -> Value
  ) async throws(PostgresFault) -> Value {
    precondition(transaction == nil, "a transaction within a transaction is not offered")
    let deadline = Deadline(statementTimeout)
    try await takeTurn(until: deadline)
    defer { turns.pass() }
    let number = try await session.heedingCancellation { session throws(PostgresFault) in
      try session.begin(mode, statementTimeout: statementTimeout, until: deadline)
    }
    let inside = Connection(
      server: server, session: session, turns: turns, transaction: number, limit: statementTimeout)
    let value: Value
    do throws(PostgresFault) {
      value = try await body(inside)
    } catch {
      await session.rollBack()
      throw error
    }
    switch mode {
    case .readOnly, .rolledBack: await session.rollBack()
    case .committed: try await session.commit(within: statementTimeout)
    }
    return value
  }
}

extension Session {
  /// Runs a statement inside the numbered transaction, or outside of any.
  func run(
    _ statement: Statement, inside number: Int?, until deadline: Deadline
  ) throws(PostgresFault) -> Rows {
    guard let number else {
      defer { if isInTransaction { rollBack() } }
      return try runKept(statement, until: deadline)
    }
    // A number that is not the current one is a connection kept past its transaction, unless the
    // connection was lost within.
    precondition(transaction == number || !isOpen, "a transaction was used after its end")
    let rows = try run(statement, until: deadline)
    guard isInTransaction else { throw .transactionEnded }
    return rows
  }

  func begin(
    _ mode: TransactionMode, statementTimeout: Duration, until deadline: Deadline
  ) throws(PostgresFault) -> Int {
    // In one round trip. The select also takes the transaction's snapshot, after which the server
    // refuses to have a read-only transaction made writable.
    let milliseconds = max(1, Int64((statementTimeout / .milliseconds(1)).rounded(.up)))
    let access = mode == .readOnly ? " read only" : ""
    let sql = "begin\(access); select set_config('statement_timeout', '\(milliseconds)', true)"
    do throws(PostgresFault) {
      _ = try run(.script(sql), until: deadline)
    } catch {
      rollBack()
      throw error
    }
    transactionsBegun += 1
    transaction = transactionsBegun
    return transactionsBegun
  }

  /// Commits; a transaction in which a statement had failed is rolled back by the server, which only
  /// its answer's tag tells.
  func commit(within limit: Duration) throws(PostgresFault) {
    transaction = nil
    guard isInTransaction else {
      guard isOpen else { throw .connectionLost(reason: endReason) }
      throw .transactionEnded
    }
    let rows: Rows
    do throws(PostgresFault) {
      rows = try run(.script("commit"), until: Deadline(limit), isCancellable: false)
    } catch {
      rollBack()
      throw error
    }
    guard rows.commandTag == "COMMIT" else { throw .transactionEnded }
  }

  /// Undoes the transaction under way; where that fails the connection is closed, which undoes it too.
  func rollBack() {
    transaction = nil
    guard isInTransaction else { return }
    do throws(PostgresFault) {
      _ = try run(.script("rollback"), until: Deadline(Session.grace), isCancellable: false)
    } catch {
      close(because: "its transaction could not be rolled back")
    }
  }

  private var isInTransaction: Bool {
    guard let connection = try? unsafe connection() else { return false }
    let status = unsafe PQtransactionStatus(connection)
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
  }
}
