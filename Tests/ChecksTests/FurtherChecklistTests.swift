import Core
import FoundationEssentials
import Gate
import Postgres
import Sandbox
import TestWorld
import Testing

/// `checklists/supabase.yaml` and `checklists/openai-compatible.yaml` in the sandbox.
@Suite(.timeLimit(.minutes(5)))
struct FurtherChecklistTests {
  @Test(
    "Nothing planted, nothing found",
    arguments: [("supabase.yaml", 19), ("openai-compatible.yaml", 7)])
  func nothing(_ file: String, _ planned: Int) async throws {
    try await go(file, []) { go, _ in
      #expect(go.ids(.pass).count == planned)
      #expect(go.verdict.outcomes.count == planned)
      #expect(go.verdict.decision == .go)
    }
  }

  @Test(
    "A fault of the project is named by exactly the checks that are meant for it, and their fix mends it",
    arguments: [
      (
        SandboxFault.staleSchemaCache,
        [
          "rpc.progress": """
          increment_embedding_job_progress: the database has it, but the REST API of edge does not: \
          its schema cache is stale, or it serves another database
          """
        ]
      ),
      (
        .rowSecurity,
        [
          "policies.issues": "issues: row security lets embedding_worker select or update no row",
          "policies.cache": """
          similarity_cache: row security lets embedding_worker select, insert or update no row
          """,
        ]
      ),
      (
        .noExecute,
        [
          "rpc.progress": "increment_embedding_job_progress: service_role may not execute it"
        ]
      ),
      (
        .overloadedFunction,
        [
          "rpc.progress": """
          increment_embedding_job_progress: a call by these names is ambiguous with \
          increment_embedding_job_progress(job_id uuid, increment_count integer, note text)
          """
        ]
      ),
      (
        .partialUniqueIndex,
        [
          "upsert.cache": """
          similarity_cache: no unique index is on (repository_id, item_type, item_id); the nearest is \
          similarity_cache_item, but it is partial
          """
        ]
      ),
    ] as [(SandboxFault, [String: String])])
  func mended(_ fault: SandboxFault, _ messages: [String: String]) async throws {
    let fixes = Fixes()
    try await go("supabase.yaml", [fault], then: { await fixes.sql }) { go, isMended in
      #expect(go.ids(.error) == [])
      let bars = [SandboxFault.rowSecurity, .partialUniqueIndex].contains(fault)
      #expect(go.ids(.skip) == (bars && !isMended ? ["round_trip"] : []))
      guard !isMended else {
        #expect(go.ids(.fail) == [])
        return
      }
      #expect(
        Dictionary(
          uniqueKeysWithValues: go.ids(.fail).map { ($0, go[$0]?.message ?? "") }) == messages)
      await fixes.keep(go.ids(.fail).compactMap { go[$0]?.fix })
    }
  }

  @Test("pgvector off the search path is no type for the search function")
  func otherSchema() async throws {
    try await go("supabase.yaml", [.extensionInOtherSchema]) { go, _ in
      #expect(go.ids(.fail) == ["rpc.search"])
      #expect(
        go["rpc.search"]?.message
          == "match_similar_items: the search path finds no type \"vector\"")
    }
  }

  @Test(
    "A deployed key that differs is told, and so is each key in the wrong place",
    arguments: [
      ("SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_ANON_KEY", "secret.service_role"),
      ("SUPABASE_ANON_KEY", "SUPABASE_ACCESS_TOKEN", "secret.anon"),
    ])
  func misplaced(_ variable: String, _ other: String, _ id: String) async throws {
    try await go(
      "supabase.yaml", [.keyTrailingNewline], changing: { $0[variable] = $0[other] }
    ) { go, _ in
      #expect(go.ids(.fail) == ["secret.openai", id])
    }
  }

  /// The fixes of the first go.
  private actor Fixes {
    private(set) var sql = ""

    func keep(_ fixes: [String]) { sql = fixes.joined(separator: "\n") }
  }

  /// One go at a shipped checklist in a sandbox, and another one after some SQL where there is any.
  private func go(
    _ file: String, _ faults: Set<SandboxFault>,
    changing change: (inout [String: String]) -> Void = { _ in },
    then sql: () async -> String = { "" },
    _ test: (Go, Bool) async throws -> Void
  ) async throws {
    let parts = #filePath.split(separator: "/").dropLast(3)
    let path = "/" + parts.joined(separator: "/") + "/checklists/" + file
    let text = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    try await TestWorld.sandbox(faults) { sandbox, _, _ in
      var environment = sandbox.environment
      change(&environment)
      try await test(try await Go(text, environment), false)
      let script = await sql()
      guard !script.isEmpty else { return }
      let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(10))
      try await connection.script(script, timeout: .seconds(10))
      await connection.close()
      try await test(try await Go(text, environment), true)
    }
  }
}
