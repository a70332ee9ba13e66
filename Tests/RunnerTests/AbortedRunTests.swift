import Core
import Monitor
import Postgres
import Runner
import Sandbox
import TestWorld
import Testing

@Suite("A run that cannot succeed", .timeLimit(.minutes(2)))
struct AbortedRunTests {
  /// What every aborted run must leave: nothing stored, and a job row that says why.
  private func expectAbort(
    _ faults: Set<SandboxFault>, _ reason: AbortReason, _ detail: String,
    conditions: RunConditions = RunConditions()
  ) async throws {
    try await TestWorld.run(faults) { world in
      var fixture = RunFixture(world)
      fixture.conditions = conditions
      let report = try await fixture.run()
      #expect(report.ending == .aborted(reason, detail))
      #expect(report.processed == 0)
      #expect(
        try await world.number(
          "select count(*) from issues where embedding is not null") == 0)
      #expect(try await world.number("select count(*) from similarity_cache") == 0)
      #expect(
        try await world.text(
          "select status || ': ' || error_message from embedding_jobs where items_total = 105")
          == "failed: \(detail)")
      #expect(
        try await world.text("select state || ' ' || reason from preflight.run")
          == "aborted \(reason.rawValue)")
    }
  }

  @Test("because the model ignores the dimension stores nothing")
  func dimensionsIgnored() async throws {
    try await expectAbort(
      [.dimensionsIgnored], .dimensionMismatch,
      """
      the vectors have 1536 dimensions, not 384 (status 200); set `dimensions: 384` and take an \
      endpoint that heeds it, or change the column to vector(1536)
      """)
  }

  @Test("because a column has another dimension asks the model nothing")
  func columnDimension() async throws {
    try await expectAbort(
      [.columnDimension], .dimensionMismatch,
      "public.similarity_cache.embedding takes 1536 dimensions, and the vectors will have 384")
  }

  @Test("because the progress function is missing stores nothing")
  func functionMissing() async throws {
    try await expectAbort(
      [.functionMissing], .progressFunction,
      """
      the progress function increment_embedding_job_progress fails: function \
      increment_embedding_job_progress(uuid, integer) does not exist [42883]; the server's hint: \
      No function matches the given name and argument types. You might need to add explicit type \
      casts.
      """)
  }

  @Test("because nothing arbitrates the upsert stores nothing")
  func constraintMissing() async throws {
    try await expectAbort(
      [.constraintMissing], .refusedWrite,
      """
      there is no unique or exclusion constraint matching the ON CONFLICT specification [42P10]
      """)
  }

  @Test(
    "because the provider refuses ends at the first request",
    arguments: [
      (SandboxFault.keyInvalid, AbortReason.wrongKey), (.quotaExhausted, .noQuota),
    ])
  func refusal(fault: SandboxFault, reason: AbortReason) async throws {
    try await TestWorld.run([fault]) { world in
      let report = try await RunFixture(world).run()
      #expect(report.ending.abortReason == reason)
      #expect(world.endpoint.counts.embeddingsRequests == 1)
      #expect(
        try await world.text("select status || ': ' || error_message from embedding_jobs")
          == "failed: \(report.ending.abortDetail ?? "")")
      #expect(
        try await world.number("select count(*) from issues where embedding is not null") == 0)
    }
  }

  @Test("because the provider only fails ends when nothing moves, and says what failed")
  func serverErrors() async throws {
    try await TestWorld.run([.errors500]) { world in
      var fixture = RunFixture(world)
      fixture.conditions = RunConditions(noProgressFor: .milliseconds(800))
      let report = try await fixture.run()
      #expect(report.ending.abortReason == .noProgress)
      let detail = try #require(report.ending.abortDetail)
      #expect(detail.contains("0 of 105 done; the latest fault: "))
      #expect(detail.contains("500"))
      #expect(
        try await world.text("select status || ': ' || error_message from embedding_jobs")
          == "failed: \(detail)")
    }
  }

  @Test("because of the rate limit alone counts as throttled, and charges no attempt")
  func rateLimited() async throws {
    try await TestWorld.run([.rateLimited]) { world in
      var fixture = RunFixture(world)
      fixture.options.ramp = []
      fixture.conditions = RunConditions(noProgressFor: .milliseconds(600))
      let report = try await fixture.run()
      #expect(report.ending.abortReason == .throttled)
      #expect(report.failed == 0)
      // About six seconds at one request a second and slot: not a storm.
      #expect(world.endpoint.counts.embeddingsRequests <= 20)
    }
  }

  @Test("because row security hides the rows it would change stores nothing")
  func rowSecurity() async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        """
        create role blind login password 'blind';
        grant usage, create on schema public to blind;
        grant create on database \(try await world.text("select current_database()") ?? "") to blind;
        grant all on all tables in schema public to blind;
        grant execute on all functions in schema public to blind;
        create policy "reads" on issues for select to blind using (true);
        create policy "jobs" on embedding_jobs to blind using (true) with check (true);
        create policy "cache" on similarity_cache to blind using (true) with check (true);
        """, timeout: .seconds(5))
      let report = try await RunFixture(world, as: "blind").run()
      #expect(
        report.ending
          == .aborted(
            .refusedWrite,
            "the write to issues changed 0 rows instead of 1 [PF001]"))
      #expect(
        try await world.number("select count(*) from similarity_cache") == 0)
      try await world.connection.script(
        "drop owned by blind; drop role blind", timeout: .seconds(5))
    }
  }

  @Test(
    "because no reply is one of embeddings gives the canary up",
    arguments: [EndpointBehaviour.halfBody, .wrongCount, .nullInVector])
  func malformedReplies(behaviour: EndpointBehaviour) async throws {
    try await expectNothingStored(from: behaviour, RunConditions(canaryItems: 1), .canaryFailed)
  }

  @Test("because nothing answers waits, and ends when nothing moves")
  func emptyReplies() async throws {
    try await expectNothingStored(
      from: .emptyReply, RunConditions(noProgressFor: .seconds(2), canaryItems: 1), .noProgress)
  }

  @Test("because a website answers ends at the first request")
  func website() async throws {
    try await expectNothingStored(from: .html, RunConditions(canaryItems: 1), .wrongEndpoint)
  }

  private func expectNothingStored(
    from behaviour: EndpointBehaviour, _ conditions: RunConditions, _ reason: AbortReason
  ) async throws {
    try await TestWorld.run { world in
      world.endpoint.misbehave([behaviour])
      var fixture = RunFixture(world)
      fixture.conditions = conditions
      let report = try await fixture.run()
      #expect(report.ending.abortReason == reason)
      #expect(
        try await world.text("select status || ': ' || error_message from embedding_jobs")
          == "failed: \(report.ending.abortDetail ?? "")")
      #expect(
        try await world.number("select count(*) from issues where embedding is not null") == 0)
      #expect(try await world.number("select count(*) from similarity_cache") == 0)
    }
  }

  @Test("that answers out of order stores each vector at its own row")
  func shuffled() async throws {
    try await TestWorld.run { world in
      world.endpoint.misbehave([.shuffledIndexes])
      var fixture = RunFixture(world)
      fixture.options = Runner.Options(items: 40)
      #expect(try await fixture.run().ending == .verified)
      world.endpoint.misbehave([])
      _ = try await world.connection.query(
        "create table first as select id, embedding from issues where embedding is not null")
      _ = try await world.connection.query("update issues set embedding = null")
      #expect(try await fixture.run().ending == .verified)
      #expect(
        try await world.number(
          "select count(*) from first join issues using (id) where first.embedding = issues.embedding"
        ) == 40)
    }
  }

  @Test("whose job table cannot tell stuck jobs is not verified where that is asked")
  func untellableStuckJobs() async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        "alter table embedding_jobs drop column created_at", timeout: .seconds(5))
      var fixture = RunFixture(world)
      fixture.conditions.stuckJobs = Comparison(.equal, .number(0))
      let report = try await fixture.run()
      #expect(
        report.ending
          == .aborted(
            .auditFailed,
            """
            stuck jobs cannot be told: public.embedding_jobs has no columns created_at and updated_at
            """))
      #expect(try await world.text("select status from embedding_jobs") == "failed")
      fixture.conditions.stuckJobs = nil
      _ = try await world.connection.query("update issues set embedding = null")
      #expect(try await fixture.run().ending == .verified)
    }
  }
}
