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
    try await TestDatabase.run { _, connection in
      let isDirect = try await connection.keepStatements(timeout: .seconds(5))
      #expect(isDirect)
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
    try await TestDatabase.run { _, connection in
      let isDirect = try await connection.keepStatements(timeout: .seconds(5))
      #expect(isDirect)
      let sql = "select $1 as same"
      for _ in 0..<3 {
        #expect(try await connection.query(sql, [.int8(1 << 40)]).first?.int("same") == 1 << 40)
        #expect(try await connection.query(sql, [.text("a")]).first?.text("same") == "a")
        #expect(try await connection.query(sql, [.null]).first?.isNull("same") == true)
      }
      #expect(try await Self.kept(connection) == [sql, sql, sql])
    }
  }

  @Test("are asked plainly where the server has dropped them, or what they answer has changed")
  func dropped() async throws {
    for change in ["deallocate all", "alter table t alter n type text"] {
      try await TestDatabase.run { _, connection in
        let isDirect = try await connection.keepStatements(timeout: .seconds(5))
        #expect(isDirect)
        try await connection.script("create table t as select 7 as n", timeout: .seconds(5))
        let sql = "select * from t"
        for _ in 0..<3 { _ = try await connection.query(sql) }
        #expect(try await Self.kept(connection) == [sql])
        try await connection.script(change, timeout: .seconds(5))
        let row = try await connection.query("select n::text from t").first
        #expect(try row?.text("n") == "7")
        #expect(try await connection.query(sql, rows: .text).first?.text("n") == "7")
        #expect(try await connection.query(sql).count == 1)
      }
    }
  }

  @Test("are not kept without being asked to, nor within a transaction")
  func plain() async throws {
    try await TestDatabase.run { _, connection in
      for _ in 0..<3 { _ = try await connection.query("select 1") }
      #expect(try await Self.kept(connection) == [])
      let isDirect = try await connection.keepStatements(timeout: .seconds(5))
      #expect(isDirect)
      for _ in 0..<3 {
        try await connection.transaction(.committed, statementTimeout: .seconds(5)) {
          inside throws(PostgresFault) in
          _ = try await inside.query("select 2")
        }
      }
      #expect(try await Self.kept(connection) == [])
    }
  }

  @Test("are not kept by a pooler's sessions, which are another's the next moment")
  func pooled() async throws {
    try await TestDatabase.pooled { url in
      let connection = try await Connection.open(url, timeout: .seconds(10))
      let isDirect = try await connection.keepStatements(timeout: .seconds(5))
      #expect(!isDirect)
      for _ in 0..<3 { _ = try await connection.query("select 1") }
      #expect(try await Self.kept(connection) == [])
      await connection.close()
    }
  }
}
