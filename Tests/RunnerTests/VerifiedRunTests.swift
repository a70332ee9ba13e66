import Core
import Monitor
import Postgres
import Sandbox
import TestWorld
import Testing

@testable import Runner

@Suite("A run in a healthy world", .timeLimit(.minutes(2)))
struct VerifiedRunTests {
  @Test("stores each row once in both targets and is verified", arguments: [16, 18])
  func verified(version: Int) async throws {
    try await TestWorld.run(on: version) { world in
      var fixture = RunFixture(world)
      fixture.options.items = 100
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect([report.items, report.processed, report.failed, report.skipped] == [100, 100, 0, 0])
      #expect(
        report.audit
          == Audit(
            missing: 0, wrongDimension: 0, zeroNorm: 0, duplicates: 0, selfSearch: .pass,
            jobRow: nil, stuckJobs: 0))
      #expect(
        try await world.number(
          "select count(*) from issues where vector_dims(embedding) = 384") == 100)
      #expect(
        try await world.number(
          """
          select count(*) from similarity_cache join issues on item_id = issues.id
          where item_type = 'issue' and similarity_cache.embedding = issues.embedding
            and similarity_cache.content_hash = encode(sha256(convert_to(
              left(concat_ws(' ', '[ISSUE]', title, body), 2000), 'UTF8')), 'hex')
          """) == 100)
      #expect(
        try await world.text(
          """
          select concat_ws(' ', status, items_total, items_processed, error_message,
            completed_at is not null)
          from embedding_jobs where id::text = '\(report.jobID ?? "")'
          """) == "completed 100 100 t")
      #expect(
        try await world.text("select state from preflight.run where finished_at is not null")
          == "verified")
      #expect(try await world.number("select count(*) from preflight.batch") == 0)
    }
  }

  @Test("searches in the table where an index may miss a row, and among some rows where none can")
  func searches() async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(10, in: RunFixture(world))
      #expect(try await held.queue.finish([held.embedded()]) == 10)
      let place = try #require(
        held.queue.sql.vectorTargets.first {
          held.queue.sql.facts.targets[$0].table.contains("similarity_cache")
        })
      func search() async throws -> [Int] {
        let row = try await held.queue.database.query(
          held.queue.sql.selfSearch(inTarget: place), [.text(held.queue.runID)]
        ).only
        return [try row.int("searched"), try row.int("found")]
      }
      #expect(try await search() == [5, 5])
      _ = try await world.connection.query(VerifiedRunTests.dropIndexes)
      #expect(try await search() == [5, 5])
    }
  }

  @Test("searches in the table where a row of another dimension may fail each search")
  func otherDimension() async throws {
    try await TestWorld.run { world in
      _ = try await world.connection.query(VerifiedRunTests.dropIndexes)
      _ = try await world.connection.query(
        "alter table similarity_cache alter column embedding type vector")
      let held = try await Held.claim(10, in: RunFixture(world))
      #expect(try await held.queue.finish([held.embedded()]) == 10)
      _ = try await world.connection.query(
        """
        insert into similarity_cache (repository_id, item_type, item_id, embedding, content_hash)
        select repository_id, item_type, gen_random_uuid(), '[1,2,3]', content_hash
        from similarity_cache limit 1
        """)
      let place = try #require(
        held.queue.sql.vectorTargets.first {
          held.queue.sql.facts.targets[$0].table.contains("similarity_cache")
        })
      let fault = await #expect(throws: PostgresFault.self) {
        try await held.queue.database.query(
          held.queue.sql.selfSearch(inTarget: place), [.text(held.queue.runID)])
      }
      #expect(fault?.message == "different vector dimensions 3 and 384 [22000]")
    }
  }

  private static let dropIndexes = """
    do $$ declare name regclass; begin
      for name in select indexrelid from pg_index join pg_class on pg_class.oid = indexrelid
        join pg_am on pg_am.oid = relam
        where indrelid = 'similarity_cache'::regclass and amname = 'hnsw'
      loop execute 'drop index ' || name; end loop;
    end $$
    """

  @Test("begins with one item, then goes to twenty, then lets all through")
  func ramp() async throws {
    try await TestWorld.run { world in
      var fixture = RunFixture(world)
      fixture.options.items = 60
      // Before its own step is done, no item of a later one is embedded: the requests show it.
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      // 1, then 19 in batches of at most 10, then 40.
      #expect(world.endpoint.counts.embeddedTexts == 60)
      #expect(report.requests == world.endpoint.counts.embeddingsRequests)
      #expect((7...9).contains(report.requests))
    }
  }

  @Test("finds nothing to do when no row waits, and makes no job row")
  func nothing() async throws {
    try await TestWorld.run { world in
      _ = try await world.connection.query(
        "update issues set embedding = array_fill(1, array[384])::vector, "
          + "embedding_generated_at = now()")
      let report = try await RunFixture(world).run()
      #expect(report.ending == .nothingToDo)
      #expect(try await world.number("select count(*) from embedding_jobs") == 0)
      #expect(
        try await world.text("select state from preflight.run") == "nothing-to-do")
    }
  }

  @Test("a later run takes up only what changed since")
  func incremental() async throws {
    try await TestWorld.run { world in
      let fixture = RunFixture(world)
      #expect(try await fixture.run().ending == .verified)
      _ = try await world.connection.query(
        "update issues set title = 'edited', updated_at = now() + interval '1 s' "
          + "where number in (1, 2, 3)")
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect(report.items == 3)
    }
  }

  @Test("an item that the provider refuses is given up alone, and left alone afterwards")
  func poison() async throws {
    try await TestWorld.run { world in
      _ = try await world.connection.query(
        "update issues set body = repeat('word ', 20000) where number = 7")
      var fixture = RunFixture(world)
      fixture.options.ramp = []
      fixture.pipeline = RunFixture.issues.replacing("      max_characters: 2000\n", with: "")
      fixture.conditions.processed = Comparison(.atLeast, .fraction(0.9))
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect([report.processed, report.failed] == [104, 1])
      #expect(try await world.text("select class from preflight.dead") == "too-long")
      #expect(
        try await world.text("select error_message from embedding_jobs")
          == "1 of 105 items failed")
      #expect(
        try await world.number(
          "select count(*) from issues where embedding is null and number = 7") == 1)
      #expect(try await fixture.run().ending == .nothingToDo)
    }
  }
}
