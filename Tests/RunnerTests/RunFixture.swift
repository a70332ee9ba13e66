import Checklist
import Checks
import Core
import Embeddings
import Gate
import HTTP
import Monitor
import Postgres
import Runner
import Sandbox
import TestWorld
import Testing

/// A runner for the postmortem's pipeline in one test's world.
struct RunFixture: Sendable {
  let world: TestWorld
  var conditions = RunConditions()
  var options = Runner.Options(ramp: [1, 20])
  var pipeline = RunFixture.issues
  var apiKey = TestWorld.apiKey
  /// Where the model is asked for, in place of the world's endpoint.
  var baseURL: String?
  var stop = StopRequest()
  var redactor = Redactor([])

  private let role: String?

  /// - Parameters:
  ///   - world: where it runs.
  ///   - role: whose password is its name, in place of the superuser.
  init(_ world: TestWorld, as role: String? = nil) {
    self.world = world
    self.role = role
  }

  func run(_ watch: @escaping @Sendable (RunEvent) -> Void = { _ in }) async throws -> RunReport {
    let runner = try runner(watch)
    return await runner.run(under: .ungated(), until: stop)
  }

  func runner(_ watch: @escaping @Sendable (RunEvent) -> Void = { _ in }) throws -> Runner {
    let services = try services()
    return Runner(
      pipeline: services.pipeline, database: services.database, client: services.client,
      conditions: conditions, options: options, redactor: redactor, watch: watch)
  }

  func services() throws -> PipelineServices {
    let read = Checklist.read(
      path: "test.yaml", bytes: Array(RunFixture.checklist(pipeline).utf8),
      kinds: allKindDeclarations)
    let checklist = try #require(
      read.checklist, "\(read.diagnostics.map { $0.rendered(quoting: []) })")
    let environment = world.url.reveal { url in
      apiKey.reveal { key in
        [
          "DATABASE_URL": role.map { RunFixture.replacingUser(in: url, by: $0) } ?? url,
          "OPENAI_BASE_URL": baseURL ?? world.endpoint.url + "/v1",
          "OPENAI_API_KEY": key,
        ]
      }
    }
    let all = Services(
      of: checklist, variables: Variables(environment), directory: ".", http: HTTPClient())
    return try all.services(for: checklist.pipelines[0])
  }

  private static func replacingUser(in url: String, by role: String) -> String {
    url.replacing(/\/\/[^@]*@/, with: "//\(role):\(role)@")
  }

  static func checklist(_ pipeline: String) -> String {
    """
    version: 1
    services:
      database:
        postgres: ${DATABASE_URL}
      embedder:
        embeddings: ${OPENAI_BASE_URL}
        api_key: ${OPENAI_API_KEY}
        model: text-embedding-3-small
        dimensions: 384
    checks:
      - id: key
        api_key: embedder
    pipelines:
    \(pipeline)
    """
  }

  /// The postmortem's pipeline, with batches of 10 over two connections.
  static let issues = """
      - name: issues
        from:
          table: issues
          key: id
          text: "concat_ws(' ', '[ISSUE]', title, body)"
          where: "embedding is null or embedding_generated_at < updated_at"
          order_by: "created_at desc"
          max_characters: 2000
        to:
          - update: issues
            set: { embedding: $embedding, embedding_generated_at: now(), content_hash: $hash }
          - upsert: similarity_cache
            on_conflict: [repository_id, item_type, item_id]
            set:
              repository_id: source.repository_id
              item_type: "'issue'"
              item_id: source.id
              embedding: $embedding
              content_hash: $hash
        job: { table: embedding_jobs, progress: increment_embedding_job_progress }
        batch: 10
        concurrency: 2
    """
}

extension RunReport.Ending {
  /// The reason of an abort, for a test to compare.
  var abortReason: AbortReason? {
    if case .aborted(let reason, _) = self { reason } else { nil }
  }

  var abortDetail: String? {
    if case .aborted(_, let detail) = self { detail } else { nil }
  }
}
