import Core
import Postgres
import Testing

@Suite("Statements that come again", .timeLimit(.minutes(1)))
struct PreparedStatementTests {
  /// What the server keeps prepared for this connection, without what asks for it.
  private static func kept(_ connection: Connection) async throws -> [String] {
    try await connection.query(
      """
      select statement from pg_prepared_statements
      where statement not like '%pg_prepared_statements%' order by name
      """
    ).map { row in try row.text("statement") }
  }

  @Test("are kept prepared from the second time on, each under a name of its own")
  func kept() async throws {
    try await TestDatabase.run { _, connection async throws in
      await connection.keepStatements()
      // Both come once before either comes again.
      for _ in 0..<3 {
        for number in 1...2 {
          let sql = "select $1::integer + \(number) as sum"
          #expect(try await connection.query(sql, [.int4(40)]).first?.int("sum") == 40 + number)
        }
      }
      #expect(
        try await Self.kept(connection) == [
          "select $1::integer + 1 as sum", "select $1::integer + 2 as sum",
        ])
    }
  }

  @Test("are prepared anew for parameters of other types")
  func types() async throws {
    try await TestDatabase.run { _, connection async throws in
      await connection.keepStatements()
      let sql = "select $1 as same"
      for _ in 0..<3 {
        #expect(try await connection.query(sql, [.int8(1 << 40)]).first?.int("same") == 1 << 40)
        #expect(try await connection.query(sql, [.text("a")]).first?.text("same") == "a")
        #expect(try await connection.query(sql, [.null]).first?.isNull("same") == true)
      }
      #expect(try await Self.kept(connection) == [sql, sql, sql])
    }
  }

  @Test("are prepared ahead of their coming, once")
  func ahead() async throws {
    try await TestDatabase.run { _, connection async throws in
      await connection.keepStatements()
      let sql = "select $1::integer as same"
      for _ in 0..<2 { try await connection.prepare(sql, [.int4(0)], timeout: .seconds(5)) }
      #expect(try await Self.kept(connection) == [sql])
      #expect(try await connection.query(sql, [.int4(7)]).first?.int("same") == 7)
      let uses = try await connection.query(
        """
        select (generic_plans + custom_plans)::integer as uses from pg_prepared_statements
        where statement = $1
        """, [.text(sql)])
      #expect(try uses.first?.int("uses") == 1)
    }
  }

  @Test("are not asked for by a name under which they were never sent")
  func unsent() async throws {
    try await TestDatabase.run { _, connection async throws in
      await connection.keepStatements()
      let sql = "select 1 as one"
      let cancelled = Task {
        while !Task.isCancelled { await Task.yield() }
        await #expect(throws: PostgresFault.cancelled) {
          try await connection.prepare(sql, [], timeout: .seconds(5))
        }
      }
      cancelled.cancel()
      await cancelled.value
      #expect(try await connection.query(sql).first?.int("one") == 1)
      // By a name it would have been found missing, and brought there.
      #expect(try await Self.kept(connection) == [])
    }
  }

  @Test("tell what stands against them when they are prepared, and when they come")
  func refused() async throws {
    try await TestDatabase.run { _, connection async throws in
      await connection.keepStatements()
      let sql = "select missing"
      await #expect(throws: PostgresFault.self) {
        try await connection.prepare(sql, [], timeout: .seconds(5))
      }
      for _ in 0..<3 {
        let fault = await #expect(throws: PostgresFault.self) { try await connection.query(sql) }
        #expect(fault?.sqlState == "42703")
      }
      let one = try await connection.query("select 1 as one").first?.int("one")
      #expect(one == 1)
    }
  }

  @Test("are prepared again where the server has dropped them")
  func dropped() async throws {
    try await TestDatabase.run { _, connection async throws in
      await connection.keepStatements()
      let sql = "select 7 as n"
      for _ in 0..<3 {
        for _ in 0..<3 { #expect(try await connection.query(sql).first?.int("n") == 7) }
        #expect(try await Self.kept(connection) == [sql])
        try await connection.script("deallocate all", timeout: .seconds(5))
      }
    }
  }

  @Test("are sent with their text where the server drops them each time")
  func forgetful() async throws {
    try await TestDatabase.run { _, connection async throws in
      await connection.keepStatements()
      let sql = "select 7 as n"
      var kept = 0
      for _ in 0..<20 {
        #expect(try await connection.query(sql).first?.int("n") == 7)
        kept += try await Self.kept(connection).count
        try await connection.script("deallocate all", timeout: .seconds(5))
      }
      // It and the question for it are prepared the second time, and found missing eight times in all.
      #expect(kept == 5)
    }
  }

  @Test("are asked plainly where what they answer has changed")
  func changed() async throws {
    try await TestDatabase.run { _, connection async throws in
      await connection.keepStatements()
      try await connection.script("create table t as select 7 as n", timeout: .seconds(5))
      let sql = "select * from t"
      for _ in 0..<3 { _ = try await connection.query(sql) }
      #expect(try await Self.kept(connection) == [sql])
      try await connection.script("alter table t alter n type text", timeout: .seconds(5))
      #expect(try await connection.query(sql, rows: .text).first?.text("n") == "7")
      #expect(try await connection.query(sql).count == 1)
    }
  }

  @Test("are not kept without being asked to, nor within a transaction")
  func plain() async throws {
    try await TestDatabase.run { _, connection async throws in
      for _ in 0..<3 { _ = try await connection.query("select 1") }
      #expect(try await Self.kept(connection) == [])
      await connection.keepStatements()
      for _ in 0..<3 {
        try await connection.transaction(.committed, statementTimeout: .seconds(5)) {
          inside throws(PostgresFault) in
          _ = try await inside.query("select 2")
        }
      }
      #expect(try await Self.kept(connection) == [])
    }
  }

  @Test("are found in whichever session a pooler gives, or brought there")
  func pooled() async throws {
    try await TestDatabase.pooled { url async throws in
      func client() async throws -> Connection {
        let connection = try await Connection.open(url, timeout: .seconds(10))
        await connection.keepStatements()
        return connection
      }
      let (first, second, third) = (try await client(), try await client(), try await client())
      let isOwn = try await first.ownsSession(timeout: .seconds(5))
      #expect(!isOwn)
      let sql = "select pg_backend_pid() as process"
      func process(_ connection: Connection) async throws -> Int? {
        try await connection.query(sql).first?.int("process")
      }
      var sessions: Set<Int?> = []
      // Alone, each finds the one session there is, with what the one before has brought.
      for connection in [first, second, third] {
        for _ in 0..<3 { sessions.insert(try await process(connection)) }
      }
      #expect(sessions.count == 1)
      #expect(try await Self.kept(first) == [sql])
      // A transaction keeps that one to itself: the next statement meets a session that is new.
      try await third.transaction(.committed, statementTimeout: .seconds(5)) {
        inside throws(PostgresFault) in
        sessions.insert(try await inside.query(sql).first?.int("process"))
        sessions.insert(try await first.query(sql).first?.int("process"))
        #expect(sessions.count == 2)
        sessions.insert(try await second.query(sql).first?.int("process"))
      }
      #expect(sessions.count == 2)
      for connection in [first, second, third] { await connection.close() }
    }
  }
}
