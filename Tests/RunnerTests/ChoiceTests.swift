import Core
import Monitor
import Postgres
import Sandbox
import TestWorld
import Testing

@testable import Runner

@Suite("Which rows a run takes up", .timeLimit(.minutes(2)))
struct ChoiceTests {
  private func embedded(_ world: TestWorld, _ condition: String = "true") async throws -> Int {
    try await world.number(
      "select count(*) from issues where embedding is not null and (\(condition))")
  }

  @Test("a condition chooses among those that wait, and the run is one of a part")
  func condition() async throws {
    try await TestWorld.run { world in
      let chosen = try await world.number("select count(*) from issues where number < 10")
      var fixture = RunFixture(world)
      fixture.options.condition = "number < 10 -- few\n or title = 'a;b)'"
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect(report.part == #"--where "number < 10 -- few\n or title = 'a;b)'""#)
      #expect([report.items, report.processed] == [chosen, chosen])
      #expect(try await embedded(world) == chosen)
      #expect(try await embedded(world, "number < 10") == chosen)
      #expect(try await world.text("select choice from preflight.run where is_part") == report.part)
    }
  }

  @Test("a condition that holds a secret is kept without it, and still told from another one")
  func secret() async throws {
    try await TestWorld.run { world in
      var fixture = RunFixture(world)
      fixture.redactor = Redactor([Secret("tenant-7-s3cr3t"), Secret("tenant-8-s3cr3t")])
      fixture.options.condition = "title <> 'tenant-7-s3cr3t'"
      world.endpoint.misbehave([.hangs], forNext: 1)
      // The first one's end finds the second one refused: it is another choice.
      let first = fixture
      let other = try await withThrowingTaskGroup(of: RunReport.self) { group in
        group.addTask { try await first.run() }
        while world.endpoint.counts.embeddingsRequests == 0 { await Task.yield() }
        fixture.options.condition = "title <> 'tenant-8-s3cr3t'"
        let other = try await fixture.run()
        group.cancelAll()
        return other
      }
      #expect(
        other.ending
          == .aborted(
            .database,
            "a worker is running pipeline issues with another definition, model or choice of rows; "
              + "stop it, or wait for its end"))
      #expect(
        try await world.text("select choice from preflight.run")
          == "--where \"title <> '\(Redactor.mark)'\"")
    }
  }

  @Test(
    "what is no condition by itself, or writes, is refused before anything is asked",
    arguments: [
      ("number < ", "syntax error at end of input"),
      ("true; delete from issues", "cannot insert multiple commands into a prepared statement"),
      ("true) or (true", #"syntax error at or near ")""#),
      ("true union select", #"syntax error at or near "union""#),
      ("number", "argument of WHERE must be type boolean, not type integer"),
      ("nubmer < 3", #"column "nubmer" does not exist"#),
      ("1 / (number - number) = 1", "division by zero"),
      ("forget(id)", "cannot execute DELETE in a read-only transaction"),
    ])
  func refused(condition: String, cause: String) async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        """
        create function forget(id uuid) returns boolean language plpgsql as $$
          begin delete from issues where issues.id = forget.id; return true; end $$;
        """, timeout: .seconds(5))
      var fixture = RunFixture(world)
      fixture.options.condition = condition
      let report = try await fixture.run()
      #expect(report.ending.abortReason == .refusedWrite)
      #expect(
        report.ending.abortDetail?.hasPrefix(
          "--where \"\(condition)\" is no condition that only reads a row of issues: \(cause) [")
          == true, "\(report.ending)")
      #expect(world.endpoint.counts.embeddingsRequests == 0)
      #expect(try await world.number("select count(*) from issues") == 105)
    }
  }

  @Test("so many that others wait are a part, and as many as there are the whole")
  func items() async throws {
    try await TestWorld.run { world in
      var fixture = RunFixture(world)
      fixture.options.items = 100
      let first = try await fixture.run()
      #expect(first.ending == .verified)
      #expect(first.part == "--items 100")
      let second = try await fixture.run()
      #expect(second.ending == .verified)
      #expect(second.items == 5)
      #expect(second.part == nil)
    }
  }

  @Test(
    "a change of the text alone wakes a row, and its time is written for it", arguments: [16, 18])
  func unchanged(version: Int) async throws {
    try await TestWorld.run(on: version) { world in
      let fixture = RunFixture(world)
      #expect(try await fixture.run().ending == .verified)
      let requests = world.endpoint.counts.embeddedTexts
      let touched = try await world.number("select count(*) from issues where number < 10")
      let edited = try await world.number("select count(*) from issues where number = 3")
      try await world.connection.script(
        """
        create table before as select * from issues;
        update issues set updated_at = now() where number < 10;
        update issues set title = 'edited' where number = 3;
        """, timeout: .seconds(5))
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect(
        [report.items, report.processed, report.unchanged] == [edited, edited, touched - edited])
      #expect(report.part == nil)
      #expect(world.endpoint.counts.embeddedTexts == requests + edited)
      #expect(
        try await world.number(
          """
          select count(*) from issues join before using (id) where issues.number < 10
            and issues.embedding_generated_at >= issues.updated_at
            and (issues.embedding = before.embedding) = (issues.number <> 3)
          """) == touched)
      // They wait no more.
      let after = try await fixture.run()
      #expect(after.ending == .nothingToDo)
      #expect(after.unchanged == 0)
    }
  }

  @Test("a row is as it was only with its vector in each target, and with all that is beside it")
  func changed() async throws {
    try await TestWorld.run { world in
      var fixture = RunFixture(world)
      fixture.pipeline = RunFixture.issues.replacing(
        #"where: "embedding is null or embedding_generated_at < updated_at""#, with: "")
      #expect(try await fixture.run().ending == .verified)
      let same = try await fixture.run()
      #expect(same.ending == .nothingToDo)
      #expect(same.unchanged == 105)
      try await world.connection.script(
        """
        delete from similarity_cache using issues where item_id = issues.id and number = 1;
        update issues set embedding = null where number = 2;
        update similarity_cache set content_hash = 'of another text'
          from issues where item_id = issues.id and number = 3;
        """, timeout: .seconds(5))
      let few = try await world.number("select count(*) from issues where number in (1, 2, 3)")
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect([report.items, report.unchanged] == [few, 105 - few])
      // What names the model belongs to a row, too.
      try await world.connection.script(
        "alter table issues add model text default 'an older one'", timeout: .seconds(5))
      fixture.pipeline = fixture.pipeline.replacing(
        "set: { embedding:", with: #"set: { model: "'a newer one'", embedding:"#)
      let anew = try await fixture.run()
      #expect([anew.items, anew.unchanged] == [105, 0])
      #expect(
        try await world.number("select count(*) from issues where model = 'a newer one'") == 105)
    }
  }

  @Test("without a hash beside a vector nothing counts as unchanged")
  func untellable() async throws {
    try await TestWorld.run { world in
      var fixture = RunFixture(world)
      fixture.pipeline = RunFixture.issues
        .replacing("          content_hash: $hash\n", with: "")
      #expect(fixture.pipeline != RunFixture.issues)
      #expect(try await fixture.run().ending == .verified)
      _ = try await world.connection.query("update issues set updated_at = now()")
      let report = try await fixture.run()
      #expect([report.items, report.unchanged] == [105, 0])
    }
  }

  @Test("all that have a vector are embedded anew, and what was left out before stays so")
  func all() async throws {
    try await TestWorld.run { world in
      var fixture = RunFixture(world)
      fixture.pipeline = RunFixture.issues.replacing(
        "embedding is null or", with: "number > 3 and embedding is null or")
      #expect(try await fixture.run().ending == .verified)
      let stored = try await embedded(world)
      #expect(stored < 105)
      let texts = world.endpoint.counts.embeddedTexts
      fixture.options.all = true
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect([report.items, report.processed, report.unchanged] == [stored, stored, 0])
      #expect(report.part == nil)
      #expect(world.endpoint.counts.embeddedTexts == texts + stored)
      #expect(try await embedded(world, "number <= 3") == 0)
    }
  }

  @Test("all rows of a view that hides those with a vector cannot be embedded anew")
  func hidden() async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        "create view waiting as select * from issues where embedding is null",
        timeout: .seconds(5))
      var fixture = RunFixture(world)
      fixture.pipeline = RunFixture.issues
        .replacing("table: issues", with: "table: waiting")
        .replacing(#"where: "embedding is null or embedding_generated_at < updated_at""#, with: "")
      #expect(try await fixture.run().ending == .verified)
      fixture.options.all = true
      #expect(
        try await fixture.run().ending
          == .aborted(
            .refusedWrite,
            """
            --all cannot reach 105 rows of issues that have a vector: the view waiting does not show \
            them; take the table itself as the source
            """))
    }
  }

  @Test("an open run of all that wait is no answer to who asks for more")
  func joined() async throws {
    try await TestWorld.run { world in
      var fixture = RunFixture(world)
      let held = try await Held.claim(3, in: fixture)
      fixture.options.all = true
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect(report.jobID != held.queue.jobID)
      fixture.options.all = false
      #expect(try await fixture.run().ending == .nothingToDo)
    }
  }
}
