import Core
import Embeddings
import Monitor
import Postgres
import Sandbox
import TestWorld
import Testing

@testable import Runner

@Suite("Each item is stored once and counted once", .timeLimit(.minutes(2)))
struct ExactlyOnceTests {
  private func key(of item: ClaimedItem, _ world: TestWorld) async throws -> String {
    try #require(
      try await world.text(
        "select key from \(queuedItems) as item where position = \(item.position)"))
  }

  private func finish(_ held: Held) async throws -> Int {
    try await held.queue.finish([held.embedded()])
  }

  private func counts(_ world: TestWorld) async throws -> String? {
    try await world.text(
      """
      select concat_ws(' ',
        (select count(*) from issues where embedding is not null),
        (select count(*) from similarity_cache),
        (select sum(items_processed) from embedding_jobs))
      """)
  }

  @Test("a finish repeated after a lost answer changes nothing")
  func repeatedFinish() async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(5, in: RunFixture(world))
      #expect(try await finish(held) == 5)
      #expect(try await finish(held) == 0)
      #expect(try await counts(world) == "5 5 5")
    }
  }

  @Test("a worker whose lease ran out and was taken over is fenced out")
  func zombie() async throws {
    try await TestWorld.run { world in
      let fixture = RunFixture(world)
      let held = try await Held.claim(5, in: fixture)
      _ = try await world.connection.query(
        "update preflight.batch set lease_until = now() - interval '1 s' where state = 1")
      #expect(try await fixture.run().ending == .verified)
      #expect(try await finish(held) == 0)
      #expect(try await counts(world) == "105 105 105")
    }
  }

  @Test("a run that a killed process left open is gone on with, under the same job")
  func resumed() async throws {
    try await TestWorld.run { world in
      let fixture = RunFixture(world)
      let held = try await Held.claim(7, in: fixture)
      _ = try await finish(held)
      let second = try await held.queue.claim(7, positions: nil)
      #expect(second?.items.count == 3)
      _ = try await world.connection.query(
        "update preflight.batch set lease_until = now() - interval '1 s' where state = 1")
      _ = try await world.connection.query(
        """
        insert into preflight.worker (id, run_id, host, pid, beat_at)
        select gen_random_uuid(), id, 'gone', 1, now() - interval '1 h' from preflight.run
        """)
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect(try await world.number("select count(*) from preflight.worker") == 0)
      #expect(report.jobID == held.queue.jobID)
      #expect([report.processed, report.storedBefore] == [105, 7])
      #expect(try await world.number("select count(*) from embedding_jobs") == 1)
      #expect(try await counts(world) == "105 105 105")
    }
  }

  @Test("an item that was claimed five times and never answered for is given up")
  func crashLoop() async throws {
    try await TestWorld.run { world in
      var fixture = RunFixture(world)
      let held = try await Held.claim(1, in: fixture)
      _ = try await world.connection.query(
        """
        update preflight.batch set attempts = 5, lease_until = now() - interval '1 s'
        where state = 1
        """)
      fixture.conditions.processed = Comparison(.atLeast, .fraction(0.9))
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect([report.processed, report.failed] == [104, 1])
      #expect(
        try await world.text("select class || ': ' || detail from preflight.dead")
          == "crash-loop: its worker ended 5 times without an answer")
      #expect(held.batch.items.count == 1)
    }
  }

  @Test("a text that changed meanwhile is not stored, and is embedded again")
  func staleText() async throws {
    try await TestWorld.run { world in
      let fixture = RunFixture(world)
      let held = try await Held.claim(3, in: fixture)
      let edited = try await key(of: held.batch.items[1], world)
      _ = try await world.connection.query(
        "update issues set title = 'quite another' where id = '\(edited)'")
      #expect(try await finish(held) == 2)
      #expect(try await counts(world) == "2 2 2")
      #expect(
        try await world.text(
          """
          select concat_ws(' ', state, attempts) from \(queuedItems) as item
          where key = '\(edited)'
          """)
          == "0 0")
      #expect(try await fixture.run().ending == .verified)
      #expect(try await counts(world) == "105 105 105")
      #expect(
        try await world.number(
          """
          select count(*) from issues where id = '\(edited)' and content_hash = encode(sha256(
            convert_to(concat_ws(' ', '[ISSUE]', title, body), 'UTF8')), 'hex')
          """) == 1)
    }
  }

  @Test("a source row that is deleted meanwhile counts as gone, not as stored or failed")
  func deletedRow() async throws {
    try await TestWorld.run { world in
      let fixture = RunFixture(world)
      let held = try await Held.claim(3, in: fixture)
      let deleted = try await key(of: held.batch.items[0], world)
      _ = try await world.connection.query("delete from issues where id = '\(deleted)'")
      #expect(try await finish(held) == 2)
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect([report.processed, report.failed, report.skipped] == [104, 0, 1])
    }
  }

  @Test("released items are claimed again, and an attempt is not charged")
  func released() async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(4, in: RunFixture(world))
      try await held.queue.release(
        held.batch.items, token: held.batch.token, wait: .zero, softFaults: 1)
      #expect(
        try await world.text(
          """
          select concat_ws(' ', count(*), sum(attempts), sum(soft_faults))
          from \(queuedItems) as item where soft_faults > 0
          """) == "4 0 4")
      #expect(try await finish(held) == 0)
      #expect(try await counts(world) == "0 0 0")
    }
  }

  @Test("two processes on one pipeline share its run")
  func shared() async throws {
    try await TestWorld.run { world in
      let fixture = RunFixture(world)
      async let first = fixture.run()
      async let second = fixture.run()
      let reports = try await [first, second]
      #expect(reports.map(\.ending).contains(.verified))
      #expect(
        reports.allSatisfy { $0.ending == .verified || $0.ending == .nothingToDo })
      #expect(try await counts(world) == "105 105 105")
      #expect(try await world.number("select count(*) from embedding_jobs") == 1)
    }
  }

  @Test("a pipeline whose definition changed does not go on with the old run")
  func changedDefinition() async throws {
    try await TestWorld.run { world in
      var fixture = RunFixture(world)
      let held = try await Held.claim(3, in: fixture)
      fixture.pipeline = fixture.pipeline.replacing("'[ISSUE]'", with: "'[BUG]'")
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect(report.jobID != held.queue.jobID)
      #expect(
        try await world.text(
          """
          select string_agg(concat_ws(': ', status, error_message), '; ' order by created_at)
          from embedding_jobs
          """)
          == "failed: its worker ended, and the pipeline was changed before another came; completed"
      )
      #expect(try await finish(held) == 0)
      #expect(try await counts(world) == "105 105 105")
    }
  }

  @Test("a run that is asked to stop finishes what is under way and says where it stopped")
  func stopped() async throws {
    try await TestWorld.run { world in
      let fixture = RunFixture(world)
      let report = try await fixture.run { event in
        if case .observed(let seen) = event, seen.processed > 0 { fixture.stop.request() }
        if case .began = event { world.endpoint.misbehave([.rateLimited], forNext: 1) }
      }
      // It may also have been too quick to be stopped: then it is verified.
      guard report.ending == .interrupted else { return #expect(report.ending == .verified) }
      #expect(
        try await world.text("select status || ': ' || error_message from embedding_jobs")
          == "failed: interrupted after \(report.processed) of 105 items")
      #expect(try await world.number("select count(*) from preflight.batch") == 0)
      #expect(
        try await world.number("select count(*) from issues where embedding is not null")
          == report.processed)
    }
  }

  @Test("connections that the server ends in the middle cost nothing")
  func terminatedConnections() async throws {
    try await TestWorld.run { world in
      let fixture = RunFixture(world)
      let report = try await fixture.run { event in
        guard case .observed = event else { return }
        Task {
          _ = try? await world.connection.query(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
            """)
        }
      }
      #expect(report.ending == .verified)
      #expect(try await counts(world) == "105 105 105")
    }
  }
}
