internal import CLibPQ
internal import Core

/// A connection through which nothing can be written: each statement is a read-only transaction.
package struct ReadOnlyConnection: Sendable {
  private let connection: Connection
  private let statementTimeout: Duration

  package var server: ServerFacts { connection.server }

  fileprivate init(_ connection: Connection, statementTimeout: Duration) {
    self.connection = connection
    self.statementTimeout = statementTimeout
  }

  /// Runs one statement in a transaction of its own, in a single round trip.
  ///
  /// The settings of the transaction and the statement travel in one pipeline, which the server
  /// carries out as one implicit transaction ("Pipeline Mode" in libpq's manual). The first
  /// statement takes the transaction's snapshot, after which the server refuses to have it made
  /// writable. All of the result is held in memory at once.
  ///
  /// - Parameter query: The statement.
  /// - Returns: The rows.
  /// - Throws: What the server, the network or the clock had against it.
  package func query(_ query: ReadQuery) async throws(PostgresFault) -> Rows {
    let milliseconds = max(1, Int64((statementTimeout / .milliseconds(1)).rounded(.up)))
    let settings = """
      select set_config('transaction_read_only', 'on', true), \
      set_config('statement_timeout', '\(milliseconds)', true)
      """
    return try await connection.run(
      .pipeline([ReadQuery(settings), query]), until: Deadline(statementTimeout))
  }

  /// Runs a statement of unknown origin in a transaction that is rolled back, in three round trips.
  ///
  /// What it sets for the session, as `set` and `set_config` do, is undone with the transaction: it
  /// reaches neither the next statement nor, behind a pooler, the next client.
  ///
  /// - Parameter query: The statement.
  /// - Returns: The rows.
  /// - Throws: What the server, the network or the clock had against it.
  package func queryRolledBack(_ query: ReadQuery) async throws(PostgresFault) -> Rows {
    let timeout = statementTimeout
    return try await connection.transaction(.readOnly, statementTimeout: timeout) {
      inside throws(PostgresFault) in
      try await inside.query(query.sql, query.parameters, rows: query.format, timeout: timeout)
    }
  }
}

extension Connection {
  /// This connection for reading only.
  ///
  /// - Parameter statementTimeout: After which the server stops a statement of its own accord.
  /// - Returns: A view of the connection, which stays as it is.
  package func readOnly(statementTimeout: Duration) -> ReadOnlyConnection {
    precondition(transaction == nil, "a transaction within a transaction is not offered")
    return ReadOnlyConnection(self, statementTimeout: statementTimeout)
  }
}

extension Session {
  /// Sends statements behind each other, with one point of synchronisation at their end.
  func sendPipeline(
    _ statements: [ReadQuery], over connection: OpaquePointer
  ) throws(Stop) -> Int32 {
    guard !statements.contains(where: { $0.sql.utf8.contains(0) }) else {
      throw .fault(.nulInStatement)
    }
    guard unsafe PQenterPipelineMode(connection) == 1 else { return 0 }
    for statement in statements {
      let status = unsafe send(
        statement.sql, WireParameters(statement.parameters), statement.format, over: connection)
      guard status == 1 else { return status }
    }
    return unsafe PQpipelineSync(connection)
  }
}
