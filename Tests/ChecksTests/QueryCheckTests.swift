import Core
import Gate
import Postgres
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct QueryCheckTests {
  private func ask(_ sql: String, _ expect: String, in world: TestWorld) async throws -> Finding {
    try await Go.finding("query: \"\(sql)\", expect: \(expect)", in: world)
  }

  @Test(
    "One value passes as what it is expected to be",
    arguments: [
      ("select count(*) from similarity_cache", "0", "0"), ("select 12", "\">= 10\"", "12"),
      ("select -3.0", "-3", "-3.0"), ("select 2.50::numeric", "2.5", "2.50"),
      ("select 'active'", "active", "\"active\""), ("select true", "true", "true"),
      ("select '90 s'::interval", "'00:01:30'", "\"00:01:30\""),
      ("show server_version_num", "\">= 140000\"", nil), ("select '10s'", "10s", "\"10s\""),
      ("select array[1, 2]", "'{1,2}'", "\"{1,2}\""),
    ])
  func values(_ sql: String, _ expect: String, _ shown: String?) async throws {
    try await TestWorld.run { world in
      let finding = try await ask(sql, expect, in: world)
      #expect(finding.status == .pass)
      if let shown { #expect(finding == .pass("the query answers \(shown)")) }
    }
  }

  @Test(
    "Another value, none, or several fail with what was seen",
    arguments: [
      ("select 7", "\">= 10\"", "one value, >= 10", "7"),
      ("select 'idle'", "active", "one value, \"active\"", "\"idle\""),
      ("select null::int", "0", "one value, 0", "null"),
      ("select null::int", "\"!= 0\"", "one value, != 0", "null"),
      ("select null::text", "active", "one value, \"active\"", "null"),
      ("select 'NaN'::float8", "\"!= 0\"", "one value, != 0", "NaN"),
      ("select 'none'", "\"!= 0\"", "one value, != 0", "\"none\""),
      ("select 1 where false", "\"< 5\"", "one value, < 5", "no rows"),
      ("select 1 as a, 2 as b", "1", "one value, 1", "1 row: a = 1, b = 2"),
      (
        "select 1 from generate_series(1, 2)", "1", "one value, 1",
        "2 rows: \"?column?\" = 1; \"?column?\" = 1"
      ),
      ("select false", "true", "one value, \"true\"", "false"),
      ("select 1 where false", "rows", "one row or more", "no rows"),
    ])
  func otherwise(
    _ sql: String, _ expect: String, _ expected: String, _ observed: String
  ) async throws {
    try await TestWorld.run { world in
      let command = sql.replacing("'", with: "'\\''")
      let count = observed == "no rows" ? 0 : observed.hasPrefix("2 rows") ? 2 : 1
      let finding = try await ask(sql, expect, in: world)
      #expect(
        finding
          == .fail(
            "the query answers \(observed)", expected: expected, observed: observed,
            fix: "psql \"$DATABASE_URL\" -c '\(command)'",
            evidence: ["rows": .number(Double(count))]))
    }
  }

  @Test("Rows where there are to be none are shown, at most five of them and cut")
  func noRows() async throws {
    try await TestWorld.run { world in
      #expect(
        try await ask("select from similarity_cache", "no_rows", in: world)
          == .pass("the query answers no rows"))
      let sql = "select n, repeat('x', 70) as t from generate_series(1, 7) n"
      let finding = try await ask(sql, "no_rows", in: world)
      let long = "\"" + String(repeating: "x", count: 60) + "…\""
      let rows = (1...5).map { "n = \($0), t = \(long)" }.joined(separator: "; ")
      #expect(finding.observed == "7 rows: \(rows); …")
      #expect(finding.evidence == ["rows": .number(7)])
      #expect(
        try await ask(sql, "rows", in: world) == .pass("the query answers 7 rows"))
    }
  }

  @Test("A secret in a row is taken out before the value is cut")
  func secrets() async throws {
    try await TestWorld.run { world in
      let key = String(repeating: "k3Y", count: 40)
      let url = world.url.reveal { $0 }
      let go = try await Go(
        """
        version: 1
        services: {database: {postgres: "${DATABASE_URL}"}}
        checks:
          - {id: key, secret: KEY}
          - {id: a, query: "select 1 as n, '\(key)' as t", expect: no_rows}
        """, ["DATABASE_URL": url, "KEY": key])
      #expect(go["a"]?.observed == "1 row: n = 1, t = \"‹secret›\"")
    }
  }

  @Test(
    "A statement that fails cannot be told from anything, and says where",
    arguments: [
      (
        "select titel from issues", " at character 8",
        """
        column "titel" does not exist [42703]; the server's hint: Perhaps you meant to reference the \
        column "issues.title".
        """
      ),
      (
        "select 1\\nfrom nowhere", " at line 2, character 6",
        "relation \"nowhere\" does not exist [42P01]"
      ),
      (
        "select 1; select 2", "",
        "cannot insert multiple commands into a prepared statement [42601]"
      ),
      ("delete from issues", "", "cannot execute DELETE in a read-only transaction [25006]"),
      ("select 1/0", "", "division by zero [22012]"),
    ])
  func fails(_ sql: String, _ place: String, _ words: String) async throws {
    try await TestWorld.run { world in
      let finding = try await ask(sql, "0", in: world)
      let asked = sql.replacing("\\n", with: "\n")
      #expect(
        finding
          == .cannotTell(
            "the query fails\(place): \(words)", expected: "one value, 0", observed: words,
            fix: "psql \"$DATABASE_URL\" -c '\(asked)'"))
    }
  }

  @Test("What a query sets for the session reaches no other check")
  func settings() async throws {
    try await TestWorld.run { world in
      let go = try await Go(
        [
          "query: \"select set_config('search_path', 'nowhere', false)\", expect: nowhere",
          "query: show search_path, expect: nowhere, needs: c0", "table: issues, needs: c0",
        ], in: world)
      #expect(go.ids(.pass) == ["service.database", "c0", "c2"])
      #expect(go["c1"]?.observed == "\"\\\"$user\\\", public\"")
    }
  }

  @Test("What answers with no rows by its nature proves nothing", arguments: ["no_rows", "rows"])
  func noQuery(_ expect: String) async throws {
    try await TestWorld.run { world in
      for sql in ["-- select 1", ";", "do $$ begin end $$"] {
        let finding = try await ask(sql, expect, in: world)
        #expect(finding.status == .error)
        #expect(finding.message == "the query is no query: it answers with no rows by its nature")
      }
    }
  }

  @Test("Numbers that a double does not tell apart are not told apart")
  func largeNumbers() async throws {
    try await TestWorld.run { world in
      let finding = try await ask("select 9007199254740993", "9007199254740992", in: world)
      #expect(finding.status == .error)
      #expect(
        finding.message
          == """
          the query answers 9007199254740993, and numbers as large as these cannot be compared exactly
          """)
      let larger = try await ask("select 9007199254740995", "'> 9007199254740992'", in: world)
      #expect(larger.status == .pass)
    }
  }

  @Test("A role that may not read a table is told the grant that lets it")
  func privilege() async throws {
    try await TestWorld.run { world in
      try await Role.with(in: world) { role in
        let check = "query: select count(*) from embedding_jobs, expect: 0"
        let finding = try #require(try await Go([check], url: role.url)["c0"])
        #expect(finding.status == .error)
        #expect(finding.observed == "permission denied for table embedding_jobs [42501]")
        #expect(finding.fix == "grant select on embedding_jobs to \(role.name);")
        try await world.execute(try #require(finding.fix))
        #expect(try await Go([check], url: role.url)["c0"]?.status == .pass)
      }
    }
  }
}
