import Monitor
import Postgres
import Runner
import Sandbox
import TestWorld
import Testing

@Suite("A view as a source", .timeLimit(.minutes(2)))
struct ViewSourceTests {
  private func fixture(_ world: TestWorld) -> RunFixture {
    var fixture = RunFixture(world)
    fixture.pipeline = fixture.pipeline
      .replacing("table: issues", with: "table: waiting")
      .replacing(#"where: "embedding is null or embedding_generated_at < updated_at""#, with: "")
    return fixture
  }

  private static let view =
    "create view waiting as select * from issues where embedding is null;"

  @Test("is emptied, although it shows no row any more that is stored", arguments: [16, 18])
  func emptied(version: Int) async throws {
    try await TestWorld.run(on: version) { world in
      try await world.connection.script(Self.view, timeout: .seconds(5))
      let report = try await fixture(world).run()
      #expect(report.ending == .verified)
      #expect(report.processed == 105)
      #expect(
        try await world.number(
          """
          select count(*) from similarity_cache join issues on item_id = issues.id
          where similarity_cache.embedding = issues.embedding
          """) == 105)
      #expect(try await world.number("select count(*) from waiting") == 0)
    }
  }

  @Test("a row that is lost after it was written is missed by the audit")
  func audited() async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        Self.view + """
          create function lose() returns trigger language plpgsql as $$ begin
            delete from similarity_cache using issues
              where similarity_cache.id = new.id and issues.id = new.item_id and issues.number <= 3;
            return null; end $$;
          create trigger lose after insert on similarity_cache for each row execute function lose();
          """, timeout: .seconds(5))
      let lost = try await world.number("select count(*) from issues where number <= 3")
      #expect(
        try await fixture(world).run().ending
          == .aborted(.auditFailed, "\(lost) stored items have no current vector"))
    }
  }

  @Test("whose key stands at several rows is refused before anything is asked")
  func repeatedKey() async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        """
        create view waiting as select * from issues
          union all select * from issues where number = 1;
        """, timeout: .seconds(5))
      let repeated = try await world.number("select count(*) from issues where number = 1")
      let report = try await fixture(world).run()
      #expect(
        report.ending
          == .aborted(
            .refusedWrite,
            (repeated == 1 ? "1 key stands" : "\(repeated) keys stand")
              + " at several rows: id does not name a row of waiting; write all columns that do, "
              + "as in key: [repository_id, number]"))
      #expect(world.endpoint.counts.embeddingsRequests == 0)
    }
  }

  @Test("whose rows have no key is refused, and not passed over")
  func missingKey() async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        """
        create view waiting as select nullif(id, (select id from issues order by id limit 1)) as id,
          repository_id, number, title, body, created_at, updated_at from issues;
        """, timeout: .seconds(5))
      let report = try await fixture(world).run()
      #expect(
        report.ending
          == .aborted(.refusedWrite, "1 waiting row has no key: id of waiting is null there"))
    }
  }
}
