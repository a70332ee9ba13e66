import Postgres
import Testing

@Suite("Transactions", .timeLimit(.minutes(1)))
struct TransactionTests {
  private func count(_ connection: Connection) async throws -> Int {
    try await connection.query("select count(*) as n from t")[0].int("n")
  }

  @Test("a read-only transaction refuses writes, also after an attempt to lift that")
  func readOnly() async throws {
    try await TestDatabase.run { _, connection in
      _ = try await connection.query("create table t (n int)")
      for attempt in [
        "insert into t values (1)", "set transaction read write",
        "select set_config('transaction_read_only', 'off', true)",
      ] {
        let fault = await fault { () throws(PostgresFault) in
          try await connection.transaction(.readOnly, statementTimeout: .seconds(5)) {
            inside throws(PostgresFault) in
            _ = try await inside.query(attempt)
            _ = try await inside.query("insert into t values (2)")
          }
        }
        #expect(["25006", "25001"].contains(fault?.sqlState))
      }
      #expect(try await count(connection) == 0)
      let read = try await connection.transaction(.readOnly, statementTimeout: .seconds(5)) {
        inside throws(PostgresFault) in
        try await inside.query("select count(*) as n from t")
      }
      #expect(try read.first?.int("n") == 0)
    }
  }

  @Test("a rolled-back transaction leaves nothing, and a committed one everything")
  func endings() async throws {
    try await TestDatabase.run { _, connection in
      _ = try await connection.query("create table t (n int)")
      let changed = try await connection.transaction(.rolledBack, statementTimeout: .seconds(5)) {
        inside throws(PostgresFault) in
        try await inside.query("insert into t values (1), (2)").affectedRows
      }
      #expect(changed == 2)
      #expect(try await count(connection) == 0)
      try await connection.transaction(.committed, statementTimeout: .seconds(5)) {
        inside throws(PostgresFault) in
        _ = try await inside.query("insert into t values (1), (2)")
      }
      #expect(try await count(connection) == 2)
    }
  }

  @Test("a body that throws undoes what it did")
  func throwingBody() async throws {
    try await TestDatabase.run { _, connection in
      _ = try await connection.query("create table t (n int)")
      let fault = await fault { () throws(PostgresFault) in
        try await connection.transaction(.committed, statementTimeout: .seconds(5)) {
          inside throws(PostgresFault) in
          _ = try await inside.query("insert into t values (1)")
          _ = try await inside.query("select 1/0")
        }
      }
      #expect(fault?.sqlState == "22012")
      #expect(try await count(connection) == 0)
    }
  }

  @Test("a commit that the server turned into a rollback is not a success")
  func swallowedError() async throws {
    try await TestDatabase.run { _, connection in
      _ = try await connection.query("create table t (n int)")
      let fault = await fault { () throws(PostgresFault) in
        try await connection.transaction(.committed, statementTimeout: .seconds(5)) {
          inside throws(PostgresFault) in
          _ = try await inside.query("insert into t values (1)")
          do throws(PostgresFault) {
            _ = try await inside.query("select 1/0")
          } catch {
            #expect(error.sqlState == "22012")
          }
        }
      }
      #expect(fault == .transactionEnded)
      #expect(try await count(connection) == 0)
    }
  }

  @Test("a statement that ends the transaction is a fault")
  func endedWithin() async throws {
    try await TestDatabase.run { _, connection in
      let fault = await fault { () throws(PostgresFault) in
        try await connection.transaction(.readOnly, statementTimeout: .seconds(5)) {
          inside throws(PostgresFault) in
          _ = try await inside.query("commit")
        }
      }
      #expect(fault == .transactionEnded)
      #expect(fault?.message == "the statement ended the transaction that it was run in")
      #expect(await connection.answers())
    }
  }

  @Test("an error at the commit itself is thrown")
  func deferredConstraint() async throws {
    try await TestDatabase.run { _, connection in
      _ = try await connection.query(
        "create table t (n int primary key deferrable initially deferred)")
      let fault = await fault { () throws(PostgresFault) in
        try await connection.transaction(.committed, statementTimeout: .seconds(5)) {
          inside throws(PostgresFault) in
          _ = try await inside.query("insert into t values (1), (1)")
        }
      }
      #expect(fault?.sqlState == "23505")
      #expect(try await count(connection) == 0)
    }
  }

  @Test("the statement timeout is the transaction's, and ends with it")
  func statementTimeout() async throws {
    try await TestDatabase.run { _, connection in
      let fault = await fault { () throws(PostgresFault) in
        try await connection.transaction(.readOnly, statementTimeout: .milliseconds(100)) {
          inside throws(PostgresFault) in
          _ = try await inside.query("select pg_sleep(60)", timeout: .seconds(30))
        }
      }
      #expect(fault?.message == "canceling statement due to statement timeout [57014]")
      let rows = try await connection.query("select current_setting('statement_timeout') as limit")
      #expect(try rows.first?.text("limit") == "0")
    }
  }

  @Test("a statement may take as long as its transaction's may, and longer than one outside of any")
  func longStatement() async throws {
    try await TestDatabase.run { _, connection in
      let rows = try await connection.transaction(.committed, statementTimeout: .seconds(60)) {
        inside throws(PostgresFault) in
        try await inside.query("select pg_sleep(10.5)::text as slept")
      }
      #expect(try rows.first?.text("slept") == "")
    }
  }

  @Test("a cancelled transaction is undone and leaves the connection free")
  func cancelled() async throws {
    try await TestDatabase.run { _, connection in
      _ = try await connection.query("create table t (n int)")
      let (begun, signal) = AsyncStream.makeStream(of: Void.self)
      let task = Task {
        await fault { () throws(PostgresFault) in
          try await connection.transaction(.committed, statementTimeout: .seconds(60)) {
            inside throws(PostgresFault) in
            _ = try await inside.query("insert into t values (1)")
            signal.yield()
            _ = try await inside.query("select pg_sleep(60)", timeout: .seconds(60))
          }
        }
      }
      for await _ in begun { break }
      task.cancel()
      #expect(await task.value == .cancelled)
      #expect(try await count(connection) == 0)
    }
  }

  @Test("other users of the connection wait until a transaction has ended")
  func exclusive() async throws {
    try await TestDatabase.run { _, connection in
      _ = try await connection.query("create table t (n int)")
      let (begun, signal) = AsyncStream.makeStream(of: Void.self)
      let writer = Task {
        try await connection.transaction(.committed, statementTimeout: .seconds(20)) {
          inside throws(PostgresFault) in
          _ = try await inside.query("insert into t values (1)")
          signal.yield()
          _ = try await inside.query("select pg_sleep(0.2)")
          _ = try await inside.query("insert into t values (2)")
        }
      }
      for await _ in begun { break }
      let impatient = await fault { () throws(PostgresFault) in
        try await connection.query("select 1", timeout: .milliseconds(20))
      }
      #expect(impatient == .timedOut(doing: .waitingForConnection, .milliseconds(20)))
      #expect(try await count(connection) == 2)
      try await writer.value
    }
  }

  @Test("a transaction that a script leaves open is undone")
  func leftOpen() async throws {
    try await TestDatabase.run { _, connection in
      _ = try await connection.query("create table t (n int)")
      try await connection.script("begin; insert into t values (1)", timeout: .seconds(5))
      #expect(try await count(connection) == 0)
    }
  }

  @Test("a connection that is lost within a transaction says so at the commit")
  func lostWithin() async throws {
    try await TestDatabase.run { database, connection in
      let fault = await fault { () throws(PostgresFault) in
        try await connection.transaction(.committed, statementTimeout: .seconds(5)) {
          inside throws(PostgresFault) in
          do throws(PostgresFault) {
            _ = try await inside.query("select pg_terminate_backend(pg_backend_pid())")
          } catch {
            #expect(error.disposition == .reconnect)
          }
          _ = try await inside.query("select 1")
        }
      }
      #expect(
        fault
          == .connectionLost(
            reason: "terminating connection due to administrator command [57P01]"))
      #expect(await !connection.isOpen)
    }
  }
}
