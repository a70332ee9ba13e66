import Core
import Glibc
import Postgres
import Testing

@Suite("Statements that are interrupted", .timeLimit(.minutes(1)))
struct InterruptionTests {
  /// Waits until the server runs a statement of the database that contains a text.
  private func untilRunning(_ text: String, in database: TestDatabase) async throws {
    let watch = try await database.connect()
    var isRunning = false
    while !isRunning {
      let rows = try await watch.query(
        """
        select count(*) as n from pg_stat_activity
        where datname = current_database() and state = 'active' and pid <> pg_backend_pid()
          and query like '%' || $1 || '%'
        """, [.text(text)])
      isRunning = try rows[0].int("n") > 0
    }
    await watch.close()
  }

  @Test(
    "a cancelled statement returns at once, and its connection is used on", arguments: [16, 18])
  func cancelled(version: Int) async throws {
    try await TestDatabase.run(on: version) { database, connection in
      let task = Task {
        await fault { () throws(PostgresFault) in
          try await connection.query("select pg_sleep(60)", timeout: .seconds(60))
        }
      }
      try await untilRunning("pg_sleep", in: database)
      let start = ContinuousClock.now
      task.cancel()
      #expect(await task.value == .cancelled)
      #expect(start.duration(to: .now) < .seconds(1))
      #expect(await connection.isOpen)
      let rows = try await connection.query("select pg_backend_pid() as pid")
      #expect(try rows.first?.int("pid") == connection.server.processID)
    }
  }

  @Test("a task that is cancelled already sends nothing")
  func cancelledBefore() async throws {
    try await TestDatabase.run { _, connection in
      _ = try await connection.query("create table t (n int)")
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        return await fault { () throws(PostgresFault) in
          try await connection.query("insert into t values (1)")
        }
      }
      task.cancel()
      #expect(await task.value == .cancelled)
      #expect(try await connection.query("select count(*) as n from t").first?.int("n") == 0)
    }
  }

  @Test("a statement that takes too long is stopped on the server as well")
  func timeout() async throws {
    try await TestDatabase.run { database, connection in
      let start = ContinuousClock.now
      let fault = await fault { () throws(PostgresFault) in
        try await connection.query("select pg_sleep(60)", timeout: .milliseconds(200))
      }
      let elapsed = start.duration(to: .now)
      #expect(fault == .timedOut(doing: .executing, .milliseconds(200)))
      #expect(fault?.message == "the statement took longer than 200ms")
      #expect(elapsed >= .milliseconds(200))
      #expect(elapsed < .seconds(2))
      let rows = try await connection.query(
        """
        select count(*) as n from pg_stat_activity
        where datname = current_database() and state = 'active' and query like '%sleep(60)%'
          and pid <> pg_backend_pid()
        """)
      #expect(try rows.first?.int("n") == 0)
    }
  }

  @Test("a server that does not answer any more does not hold the caller up")
  func frozenServer() async throws {
    try await TestDatabase.run { _, connection in
      let process = Int32(connection.server.processID)
      kill(process, SIGSTOP)
      defer { kill(process, SIGCONT) }
      let start = ContinuousClock.now
      let fault = await fault { () throws(PostgresFault) in
        try await connection.query("select 1", timeout: .milliseconds(200))
      }
      #expect(fault == .timedOut(doing: .executing, .milliseconds(200)))
      #expect(start.duration(to: .now) < .seconds(4))
      #expect(await !connection.isOpen)
      #expect(await connection.nextFault() == .connectionLost(reason: "its statement did not stop"))
    }
  }

  @Test("a connection that the server ends during a statement is lost, with the server's words")
  func terminatedDuringStatement() async throws {
    try await TestDatabase.run { database, connection in
      let task = Task {
        await fault { () throws(PostgresFault) in
          try await connection.query("select pg_sleep(60)", timeout: .seconds(60))
        }
      }
      try await untilRunning("pg_sleep", in: database)
      try await database.administrate(
        "select pg_terminate_backend(\(connection.server.processID))")
      let expected = PostgresFault.connectionLost(
        reason: "terminating connection due to administrator command [57P01]")
      #expect(await task.value == expected)
      #expect(
        expected.message
          == "the connection to Postgres was lost: "
          + "terminating connection due to administrator command [57P01]")
      #expect(expected.disposition == .reconnect)
      #expect(await !connection.isOpen)
    }
  }

  @Test("a connection that the server ended between statements is lost at the next one")
  func terminatedBetweenStatements() async throws {
    try await TestDatabase.run { database, connection in
      try await database.administrate(
        "select pg_terminate_backend(\(connection.server.processID), 5000)")
      #expect(
        await connection.nextFault()
          == .connectionLost(
            reason: "terminating connection due to administrator command [57P01]"))
      #expect(await !connection.isOpen)
    }
  }

  @Test("a closed connection runs no more statements")
  func closed() async throws {
    try await TestDatabase.run { database, connection in
      await connection.close()
      #expect(await connection.nextFault() == .connectionLost(reason: "it was closed"))
    }
  }

  @Test("a result beyond the limit is refused, and the connection is used on")
  func tooLarge() async throws {
    try await TestDatabase.run { _, connection in
      let fault = await fault { () throws(PostgresFault) in
        try await connection.query(
          "select repeat('x', 1000000) from generate_series(1, 1000)", timeout: .seconds(30))
      }
      #expect(fault == .resultTooLarge(limit: 67_108_864))
      #expect(await connection.answers())
    }
  }
}
