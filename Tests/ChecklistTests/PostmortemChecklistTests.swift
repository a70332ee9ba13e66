import Checklist
import Core
import Testing

@Suite("The postmortem's checklist")
struct PostmortemChecklistTests {
  private let checklist: Checklist

  init() throws {
    let result = read(postmortem)
    try #require(result.diagnostics == [])
    checklist = try #require(result.checklist)
  }

  @Test("It is read without any fault, in the order of the file")
  func order() {
    #expect(checklist.path == "list.yaml")
    #expect(checklist.digest.hasPrefix("sha256:"))
    #expect(checklist.digest.count == 7 + 64)
    #expect(checklist.name == "issue embeddings")
    #expect(checklist.services.map(\.name) == ["database", "embedder", "edge"])
    #expect(checklist.services.map(\.kind) == [.postgres, .embeddings, .supabase])
    #expect(checklist.services.map(\.checkID).first == "service.database")
    #expect(
      checklist.checks.map(\.id) == [
        "secret.openai", "key.openai", "dimension", "rpc.progress", "upsert.cache", "jobs.healthy",
        "health",
      ])
    #expect(
      checklist.checks.map(\.kind) == [
        "secret", "api_key", "dimension", "function", "upsert", "jobs", "http",
      ])
  }

  @Test("Checks have their settings, defaults and places")
  func checks() throws {
    let checks = Dictionary(uniqueKeysWithValues: checklist.checks.map { ($0.id, $0) })
    let jobs = try #require(checks["jobs.healthy"])
    #expect(jobs.severity == .warn)
    #expect(jobs.phases == Set(Phase.allCases))
    #expect(jobs.settings.duration("stuck_after") == .seconds(30 * 60))
    #expect(jobs.location == SourceLocation(file: "list.yaml", line: 41, column: 5))
    let dimension = try #require(checks["dimension"])
    #expect(dimension.severity == .block)
    #expect(dimension.settings.texts("dimension") == ["similarity_cache.embedding"])
    #expect(dimension.settings.text("in") == "database")
    let health = try #require(checks["health"])
    #expect(health.phases == [.postDeploy])
    #expect(health.timeout == nil)
    let expect = try #require(health.settings.optionalRecord("expect"))
    #expect(expect.whole("status") == 200)
    #expect(expect.map("json").map(\.name) == ["/openai", "/supabase"])
    #expect(expect.map("json").map(\.setting.value) == [.flag(true), .flag(true)])
    let secret = try #require(checks["secret.openai"])
    #expect(secret.settings.optionalText("stored_in") == "edge")
    #expect(secret.settings.services == ["edge"])
  }

  @Test("Services are filled from variables and defaults")
  func services() throws {
    let settings = try #require(checklist.services.first { $0.name == "embedder" }).settings
    let filled = try settings.filled(from: Variables(["OPENAI_API_KEY": "k"]))
    #expect(filled.text("embeddings") == "https://api.openai.com/v1")
    #expect(filled.secret("api_key") == Secret("k"))
    #expect(filled.optionalWhole("dimensions") == 384)
  }

  @Test("The pipeline is typed once its variables are filled")
  func pipeline() throws {
    let pipeline = try #require(checklist.pipelines.first).filled(from: Variables([:]))
    #expect(pipeline.name == "issues")
    #expect(pipeline.database == "database")
    #expect(pipeline.model == "embedder")
    #expect(pipeline.from.table == "issues")
    #expect(pipeline.from.key == ["id"])
    #expect(pipeline.from.text == "concat_ws(' ', '[ISSUE]', title, body)")
    #expect(
      pipeline.from.whereClause == "embedding is null or embedding_generated_at < updated_at")
    #expect(pipeline.from.orderBy == "created_at desc")
    #expect(pipeline.from.maxCharacters == 2_000)
    #expect(pipeline.job?.table == "embedding_jobs")
    #expect(pipeline.job?.progress == "increment_embedding_job_progress")
    #expect(pipeline.batch == 20)
    #expect(pipeline.concurrency == 4)
    #expect(pipeline.targets.count == 2)
    guard case .update("issues", let assignments)? = pipeline.targets.first else {
      Issue.record("the first target is no update of issues")
      return
    }
    #expect(assignments.map(\.column) == ["embedding", "embedding_generated_at", "content_hash"])
    #expect(assignments.map(\.expression) == ["$embedding", "now()", "$hash"])
    guard case .upsert("similarity_cache", let columns, let others)? = pipeline.targets.last else {
      Issue.record("the last target is no upsert into similarity_cache")
      return
    }
    #expect(columns == ["repository_id", "item_type", "item_id"])
    #expect(others.map(\.expression).contains("'issue'"))
  }

  @Test("The first run is typed once its variables are filled")
  func firstRun() throws {
    let run = try #require(checklist.firstRun).filled(from: Variables([:]))
    #expect(run.pipeline == "issues")
    #expect(run.items == 100)
    #expect(run.ramp == [.items(1), .items(20), .all])
    #expect(run.deadline == .seconds(600))
    #expect(run.abortWhen.noProgressFor == .seconds(60))
    #expect(run.abortWhen.failedItems == Comparison(.above, .fraction(0.02)))
    #expect(run.verifiedWhen.processed == Comparison(.atLeast, .fraction(1)))
    #expect(run.verifiedWhen.rate == Comparison(.atLeast, .perSecond(1)))
    #expect(run.verifiedWhen.stuckJobs == Comparison(.equal, .number(0)))
    #expect(run.allowEmpty == false)
  }

  @Test("A first run that says nothing has the documented defaults")
  func defaults() throws {
    let text = postmortem.prefix(
      upTo: try #require(postmortem.firstRange(of: "first_run:")).lowerBound)
    let usual = try #require(read(text + "first_run: {}\n").checklist?.firstRun)
    let run = try usual.filled(from: Variables([:]))
    #expect(run.pipeline == "issues")
    #expect(run.items == 100)
    #expect(run.ramp == [.items(1), .items(20), .all])
    #expect(run.deadline == .seconds(600))
    #expect(run.abortWhen.noProgressFor == .seconds(60))
    #expect(run.abortWhen.failedItems == Comparison(.above, .fraction(0.02)))
    #expect(run.verifiedWhen.processed == Comparison(.atLeast, .fraction(1)))
    #expect(run.verifiedWhen.rate == nil)
    #expect(run.verifiedWhen.stuckJobs == Comparison(.equal, .number(0)))
  }
}

private let postmortem = """
  # yaml-language-server: $schema=../schemas/checklist.v1.schema.json
  version: 1
  name: issue embeddings
  description: What must hold before the embeddings job may run in production.

  services:
    database:
      postgres: ${DATABASE_URL}
    embedder:
      embeddings: ${OPENAI_BASE_URL:-https://api.openai.com/v1}     # any OpenAI-compatible endpoint
      api_key: ${OPENAI_API_KEY}
      model: text-embedding-3-small
      dimensions: 384
    edge:
      supabase: ${SUPABASE_PROJECT_REF}
      access_token: ${SUPABASE_ACCESS_TOKEN}
      api: ${SUPABASE_API_URL:-https://api.supabase.com}

  checks:
    - id: secret.openai
      secret: OPENAI_API_KEY
      starts_with: sk-
      stored_in: edge                        # the deployed project holds the same value, compared by digest

    - id: key.openai
      api_key: embedder

    - id: dimension
      dimension: similarity_cache.embedding
      model: embedder

    - id: rpc.progress
      function: increment_embedding_job_progress(job_id uuid, increment_count integer)
      returns: void
      executable_by: [service_role]

    - id: upsert.cache
      upsert: similarity_cache
      on_conflict: [repository_id, item_type, item_id]

    - id: jobs.healthy
      jobs: embedding_jobs
      stuck_after: 30m
      severity: warn

    - id: health
      http: ${APP_URL}/health
      phase: post-deploy
      expect: { status: 200, json: { /openai: true, /supabase: true } }

  pipelines:
    - name: issues
      database: database
      model: embedder
      from:
        table: issues                        # table or view
        key: id
        text: "concat_ws(' ', '[ISSUE]', title, body)"        # an SQL expression over the source row
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
      job:
        table: embedding_jobs
        progress: increment_embedding_job_progress
      batch: 20
      concurrency: 4

  first_run:
    pipeline: issues
    items: 100
    ramp: [1, 20, all]
    deadline: 10m
    abort_when:
      no_progress_for: 60s
      failed_items: "> 2%"
    verified_when:
      processed: 100%
      rate: ">= 1/s"
      stuck_jobs: 0
  """
