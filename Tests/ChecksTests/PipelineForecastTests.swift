import Core
import Gate
import Sandbox
import TestWorld
import Testing

/// What the check of a key tells of the pipelines that the key pays for.
@Suite(.timeLimit(.minutes(2))) struct PipelineForecastTests {
  private func go(
    in world: TestWorld, table: String = "issues", where condition: String = "true",
    cut: String = ", max_characters: 4", key: String? = nil
  ) async throws -> Go {
    try await Go(
      """
      version: 1
      services:
        database: {postgres: "${DATABASE_URL}"}
        embedder: {embeddings: "${BASE}", api_key: "${KEY}", model: text-embedding-3-small}
      checks:
        - {id: a, api_key: embedder}
      pipelines:
        - name: issues
          database: database
          model: embedder
          from: {table: \(table), key: id, text: title, where: "\(condition)"\(cut)}
          to: [{update: issues, set: {embedding: $embedding}}]
          batch: 2
      """,
      [
        "DATABASE_URL": world.url.reveal { $0 }, "BASE": world.endpoint.url + "/v1",
        "KEY": key ?? TestWorld.apiKey.reveal { $0 },
      ])
  }

  @Test("The rows that wait, their tokens, the time and the cost are in the evidence")
  func evidence() async throws {
    try await TestWorld.run { world in
      let rows = try await world.number("select count(*)::int from issues")
      let go = try await go(in: world)
      #expect(go["a"]?.status == .pass)
      #expect(
        go["a"]?.evidence["forecast"]
          == .list([
            "issues: \(rows) rows, about \(rows) tokens, less than a minute at your limit, about "
              + "$0.000002"
          ]))
      let none = try await self.go(in: world, where: "false")
      #expect(none["a"]?.evidence["forecast"] == .list(["issues: no row waits"]))
    }
  }

  @Test("A text is measured in bytes, after it was cut to characters")
  func bytes() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        "create view wide as select id, repeat('é', 400) as title, true as waits from issues limit 2"
      )
      let cut = try await go(in: world, table: "wide", where: "waits", cut: ", max_characters: 200")
      #expect(
        cut["a"]?.evidence["forecast"]
          == .list([
            "issues: 2 rows, about 200 tokens, less than a minute at your limit, about $0.000004"
          ])
      )
      let whole = try await go(in: world, table: "wide", cut: "")
      #expect(
        whole["a"]?.evidence["forecast"]
          == .list([
            "issues: 2 rows, about 400 tokens, less than a minute at your limit, about $0.000008"
          ])
      )
    }
  }

  @Test("A source that cannot be read does not touch the judgement of the key")
  func unreadable() async throws {
    try await TestWorld.run { world in
      let go = try await go(in: world, where: "absent is null")
      #expect(go["a"]?.status == .pass)
      guard case .list(let lines) = go["a"]?.evidence["forecast"] else {
        Issue.record("no forecast")
        return
      }
      #expect(lines.count == 1)
      #expect(lines[0].hasPrefix("issues: not to be told: "))
      #expect(lines[0].contains(#"column "absent" does not exist"#))
      try await world.execute(
        "create view slow as select id, title from issues, pg_sleep(30)")
      let slow = try await self.go(in: world, table: "slow")
      #expect(slow["a"]?.status == .pass)
      #expect(slow.verdict.decision == .go)
    }
  }

  @Test("A refused key, and a database that does not stand, leave no forecast")
  func without() async throws {
    try await TestWorld.run { world in
      let refused = try await go(in: world, key: "sk-another-key-that-is-wrong")
      #expect(refused["a"]?.status == .fail)
      #expect(refused["a"]?.evidence["forecast"] == nil)
      let environment = [
        "BASE": world.endpoint.url + "/v1", "KEY": TestWorld.apiKey.reveal { $0 },
        "DATABASE_URL": "postgres://u@127.0.0.1:1/d",
      ]
      let alone = try await Go(
        """
        version: 1
        services:
          database: {postgres: "${DATABASE_URL}"}
          embedder: {embeddings: "${BASE}", api_key: "${KEY}", model: text-embedding-3-small}
        checks:
          - {id: a, api_key: embedder}
        pipelines:
          - name: issues
            database: database
            model: embedder
            from: {table: issues, key: id, text: title}
            to: [{update: issues, set: {embedding: $embedding}}]
        """, environment)
      #expect(alone["a"]?.status == .pass)
      #expect(alone["a"]?.evidence["forecast"] == nil)
    }
  }
}
