import Checklist
import Checks
import Core
import Gate
import Postgres
import Sandbox
import TestWorld
import Testing

/// Servers that take what they are sent and say nothing, from the beginning or in the middle.
@Suite(.timeLimit(.minutes(2)))
struct HangingTests {
  /// Checks of each kind that ask somebody, and whom; each is asked for half a second.
  private static let asking: [String: [String]] = [
    "secret": ["secret: OPENAI_API_KEY, stored_in: edge"],
    "api_key": ["api_key: embedder, capabilities: true"],
    "dimension": [
      "dimension: similarity_cache.embedding, model: embedder, in: database",
      "dimension: issues.embedding, model: embedder, in: database, searched_by: match_similar_items",
    ],
    "function": [
      "\(progress), in: database", "\(progress), in: database, exposed_by: edge",
      """
      \(progress), in: database, expect: rows, \
      call: {job_id: 00000000-0000-0000-0000-000000000000, increment_count: 1}
      """,
    ],
    "table": ["table: issues, in: database, columns: {id: uuid}"],
    "upsert": [
      "upsert: similarity_cache, in: database, on_conflict: [repository_id, item_type, item_id]"
    ],
    "extension": ["extension: vector, in: database"],
    "vector_index": ["vector_index: similarity_cache.embedding, in: database, metric: cosine"],
    "query": ["query: select 1, in: database, expect: \"1\""],
    "jobs": ["jobs: embedding_jobs, in: database"],
    "round_trip": ["round_trip: embedder, into: similarity_cache.embedding, in: database"],
    "same_model": [
      "same_model: issues.embedding, key: id, text: title, model: embedder, in: database"
    ],
    "http": ["http: \"${APP_URL}/health\""],
  ]
  private static let progress =
    "function: 'increment_embedding_job_progress(job_id uuid, increment_count integer)'"
  /// These ask nobody that could let them wait, or end what does: a program, by its own tests.
  private static let askNobody: Set = ["env_file", "files", "command"]

  @Test("No kind is left out")
  func kinds() {
    #expect(
      allKindDeclarations.map(\.name).filter { !Self.askNobody.contains($0) }.sorted()
        == Self.asking.keys.sorted())
  }

  private static let ids = asking.flatMap { kind, checks in
    checks.indices.map { "\(kind).\($0)" }
  }.sorted()

  private static func go(
    _ world: TestWorld, silentFrom isSilenced: @escaping @Sendable (GateEvent, String) -> Bool
  ) async throws -> Go {
    let databasePort = try #require(world.databasePort)
    let relays = [
      "database": Relay(to: databasePort), "embedder": Relay(to: world.endpoint.port),
      "edge": Relay(to: world.endpoint.port),
    ]
    let app = Relay(to: world.endpoint.port)
    app.silence()
    defer { for relay in Array(relays.values) + [app] { relay.stop() } }
    func address(_ service: String) -> String { "127.0.0.1:\(relays[service]?.port ?? 0)" }
    let checks = asking.sorted { $0.key < $1.key }.flatMap { kind, checks in
      checks.enumerated().map { "  - {id: \(kind).\($0.offset), timeout: 500ms, \($0.element)}\n" }
    }
    return try await Go(
      """
      version: 1
      services:
        database: {postgres: "${DATABASE_URL}"}
        embedder: {embeddings: "${BASE_URL}", api_key: "${OPENAI_API_KEY}", model: text-embedding-3-small, dimensions: 384}
        edge: {supabase: \(TestWorld.projectReference), access_token: "${TOKEN}", api: "${URL}", rest: "${URL}", key: "${ROLE_KEY}"}
      checks:
      \(checks.joined())
      """,
      [
        "DATABASE_URL": world.url.reveal { $0 }.replacing(
          ":\(databasePort)/", with: ":\(relays["database"]?.port ?? 0)/"),
        "BASE_URL": "http://\(address("embedder"))/v1",
        "OPENAI_API_KEY": TestWorld.apiKey.reveal { $0 },
        "TOKEN": TestWorld.accessToken.reveal { $0 },
        "URL": "http://\(address("edge"))",
        "ROLE_KEY": TestWorld.serviceRoleKey.reveal { $0 },
        "APP_URL": "http://127.0.0.1:\(app.port)",
      ],
      watch: { event in
        for (service, relay) in relays where isSilenced(event, service) { relay.silence() }
      })
  }

  @Test("A check whose server falls silent ends soon after its timeout, and could not tell")
  func inTheMiddle() async throws {
    try await TestWorld.run(secrets: ["OPENAI_API_KEY": TestWorld.apiKey], api: true) { world in
      let go = try await Self.go(world) { event, service in
        guard case .finished(let outcome) = event else { return false }
        return outcome.check.id == "service.\(service)"
      }
      let services = ["service.database", "service.embedder", "service.edge"]
      // What is stored in the project was asked for when its service was reached.
      #expect(go.ids(.pass).sorted() == (services + ["secret.0"]).sorted())
      #expect(go.ids(.error).sorted() == Self.ids.filter { $0 != "secret.0" })
      for outcome in go.verdict.outcomes where outcome.finding.status == .error {
        // Far more than is measured on a machine that does nothing else, and less than any wait that
        // is not the check's own.
        #expect(outcome.duration < .milliseconds(1_500), "\(outcome.check.id)")
        #expect(outcome.duration >= .milliseconds(400), "\(outcome.check.id)")
      }
    }
  }

  @Test("A service that never speaks could not be told, and its checks wait for nothing")
  func fromTheBeginning() async throws {
    try await TestWorld.run(secrets: ["OPENAI_API_KEY": TestWorld.apiKey], api: true) { world in
      let go = try await Self.go(world) { event, service in
        guard case .started(let check) = event else { return false }
        return check.id == "service.\(service)"
      }
      #expect(
        go.ids(.error).sorted()
          == ["http.0", "service.database", "service.edge", "service.embedder"])
      #expect(go.ids(.pass) == [] && go.ids(.fail) == [])
    }
  }
}
