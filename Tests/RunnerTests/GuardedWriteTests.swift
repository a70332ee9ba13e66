import Monitor
import Postgres
import Runner
import TestWorld
import Testing

@Suite("A row that has all of it already is left alone", .timeLimit(.minutes(2)))
struct GuardedWriteTests {
  @Test("and counts as stored, while a changed one is written", arguments: [16, 18])
  func identical(version: Int) async throws {
    try await TestWorld.run(on: version) { world in
      try await world.connection.script(
        """
        alter table issues add facts json;
        create table touched (what text);
        create function touch() returns trigger language plpgsql as $$
          begin insert into touched values (tg_table_name || ' ' || tg_op); return null; end $$;
        create trigger touch after insert or update on issues
          for each row execute function touch();
        create trigger touch after insert or update on similarity_cache
          for each row execute function touch();
        """, timeout: .seconds(5))
      var fixture = RunFixture(world)
      fixture.options.ramp = []
      fixture.pipeline = RunFixture.issues
        .replacing(#"where: "embedding is null or embedding_generated_at < updated_at""#, with: "")
        // A type without an equality.
        .replacing(
          "embedding_generated_at: now()", with: #"facts: "json_build_object('n', number)""#)
      #expect(try await fixture.run().ending == .verified)
      let told =
        "select string_agg(what || ' ' || count, ', ' order by what) from "
        + "(select what, count(*) from touched group by what) as counted"
      #expect(try await world.text(told) == "issues UPDATE 105, similarity_cache INSERT 105")
      try await world.connection.script("truncate touched", timeout: .seconds(5))

      // What has its vector already is not looked at a second time but where it is asked for.
      fixture.options.all = true
      let again = try await fixture.run()
      fixture.options.all = false
      #expect(again.ending == .verified)
      #expect([again.items, again.processed] == [105, 105])
      #expect(try await world.text(told) == nil)

      let edited = try await world.number("select count(*) from issues where number = 7")
      try await world.connection.script(
        "update issues set title = 'edited' where number = 7; truncate touched",
        timeout: .seconds(5))
      #expect(try await fixture.run().ending == .verified)
      #expect(
        try await world.text(told)
          == "issues UPDATE \(edited), similarity_cache UPDATE \(edited)")
    }
  }
}
