import Postgres
import Testing

@Suite("Reading through a connection that cannot write")
struct ReadOnlyConnectionTests {
  @Test("answers rows in one go, and leaves the connection as it was", arguments: [16, 18])
  func reads(version: Int) async throws {
    try await TestDatabase.run(on: version) { _, connection in
      let reader = connection.readOnly(statementTimeout: .milliseconds(1_500))
      let rows = try await reader.query(
        ReadQuery(
          """
          select $1::int + 1 as sum, current_setting('transaction_read_only') as is_read_only,
            current_setting('statement_timeout') as patience
          """, [.int4(41)]))
      #expect(try rows.first?.int("sum") == 42)
      #expect(try rows.first?.text("is_read_only") == "on")
      #expect(try rows.first?.text("patience") == "1500ms")
      let after = try await connection.query(
        """
        select current_setting('transaction_read_only') || ' '
          || current_setting('statement_timeout') as settings
        """)
      #expect(try after.first?.text("settings") == "off 0")
    }
  }

  @Test("answers in the server's own words where it is asked to, with the names of the types")
  func words() async throws {
    try await TestDatabase.run { _, connection in
      let reader = connection.readOnly(statementTimeout: .seconds(5))
      let rows = try await reader.query(
        ReadQuery(
          "select true as a, 1.50 as b, array[1, 2] as c, interval '90 s' as d, null::uuid as e",
          rows: .text))
      #expect(rows.columnTypes == ["boolean", "numeric", "integer[]", "number 1186", "uuid"])
      let row = try #require(rows.first)
      var texts: [String?] = []
      for place in 0..<5 { texts.append(try row.optionalText(.at(place))) }
      #expect(texts == ["t", "1.50", "{1,2}", "00:01:30", nil])
    }
  }

  @Test(
    "tells rows, and be they none, from no answer",
    arguments: [
      ("select 1 where false", true), ("select from pg_class where false", true),
      ("values (1)", true), ("show server_version", true), ("explain select 1", true),
      ("", false), ("-- nothing", false), (";", false), ("do $$ begin end $$", false),
    ])
  func answer(sql: String, isAnswer: Bool) async throws {
    try await TestDatabase.run { _, connection in
      let reader = connection.readOnly(statementTimeout: .seconds(5))
      let rows = try await reader.query(ReadQuery(sql))
      #expect(rows.isAnswer == isAnswer)
      #expect(isAnswer || rows.isEmpty)
    }
  }

  @Test("undoes what a statement sets for the session, where it is asked to roll back")
  func sessionSettings() async throws {
    try await TestDatabase.run { _, connection in
      let reader = connection.readOnly(statementTimeout: .seconds(5))
      for sql in [
        "select set_config('search_path', 'nowhere', false)", "set search_path = nowhere",
      ] {
        _ = try await reader.queryRolledBack(ReadQuery(sql))
        let rows = try await connection.query("show search_path", rows: .text)
        #expect(try rows.first?.text(0) == "\"$user\", public")
      }
      for (sql, state) in [("create table made (n int)", "25006"), ("commit", nil)] {
        let fault = await fault { () throws(PostgresFault) in
          try await reader.queryRolledBack(ReadQuery(sql))
        }
        #expect(fault != nil && fault?.sqlState == state)
      }
      #expect(try await reader.queryRolledBack(ReadQuery("select 1")).first?.int(0) == 1)
    }
  }

  @Test(
    "refuses to write, and to be talked into it",
    arguments: [
      "create table made (n int)", "select set_config('transaction_read_only', 'off', true)",
      "select nextval('numbers')",
    ])
  func refuses(sql: String) async throws {
    try await TestDatabase.run { _, connection in
      _ = try await connection.query("create sequence numbers")
      let fault = await fault { () throws(PostgresFault) in
        try await connection.readOnly(statementTimeout: .seconds(5)).query(ReadQuery(sql))
      }
      #expect(fault?.sqlState == "25006" || fault?.sqlState == "25001")
      #expect(await connection.answers())
    }
  }

  @Test("a fault of the statement is told, and the next statement is answered")
  func faults() async throws {
    try await TestDatabase.run { _, connection in
      let reader = connection.readOnly(statementTimeout: .seconds(5))
      let fault = await fault { () throws(PostgresFault) in
        try await reader.query(ReadQuery("select 1 / $1::int", [.int4(0)]))
      }
      #expect(fault?.sqlState == "22012")
      let rows = try await reader.query(ReadQuery("select 7 as n"))
      #expect(try rows.first?.int("n") == 7)
      #expect(await connection.answers())
    }
  }

  @Test("a statement that takes too long is stopped, and the next one is answered")
  func slow() async throws {
    try await TestDatabase.run { _, connection in
      let reader = connection.readOnly(statementTimeout: .milliseconds(100))
      let fault = await fault { () throws(PostgresFault) in
        try await reader.query(ReadQuery("select pg_sleep(60)"))
      }
      #expect(
        fault?.sqlState == "57014" || fault == .timedOut(doing: .executing, .milliseconds(100)))
      #expect(await connection.answers())
    }
  }
}
