import Core
import Monitor
import Postgres
import Sandbox
import TestWorld
import Testing

@testable import Runner

@Suite("The fleet knows together how its provider is", .timeLimit(.minutes(2)))
struct FleetTests {
  /// What the run's row says: the budget, and for how many seconds the fleet waits.
  private func row(_ world: TestWorld) async throws -> (budget: Int, pause: Double) {
    let rows = try await world.connection.query(
      """
      select budget, greatest(0, extract(epoch from pause_until - clock_timestamp()))::float8
        as pause from preflight.run
      """)
    let row = try #require(rows.first)
    return (try row.int("budget"), try row.double("pause"))
  }

  private func endPause(_ world: TestWorld) async throws {
    _ = try await world.connection.query(
      "update preflight.run set pause_until = clock_timestamp()")
  }

  @Test("five failures in a row stop everybody, and one probe at a time asks whether it is over")
  func outage() async throws {
    try await TestWorld.run { world in
      let queue = try await Held.claim(1, in: RunFixture(world)).queue
      for _ in 1...4 { #expect(try await queue.strain("503", wait: nil) == false) }
      #expect(try await queue.claim(1, positions: nil) != nil)
      #expect(try await queue.strain("503", wait: nil))
      // What was under way when it became known makes nothing worse.
      #expect(try await queue.strain("503", wait: nil))
      #expect(try await queue.claim(1, positions: nil) == nil)
      #expect(try await queue.winProbe(for: .seconds(60)) == false)
      let opened = try await row(world)
      #expect(opened.budget == 0)
      #expect((0...1).contains(opened.pause))

      try await endPause(world)
      #expect(try await queue.claim(1, positions: nil) == nil)
      #expect(try await queue.winProbe(for: .seconds(60)))
      #expect(try await queue.winProbe(for: .seconds(60)) == false)
      for (budget, wait) in [(-1, 2.0), (-2, 4), (-3, 8), (-4, 16), (-5, 32), (-6, 32)] {
        try await queue.stayOut("503", wait: nil)
        let out = try await row(world)
        #expect(out.budget == budget)
        #expect((wait - 2...wait).contains(out.pause))
      }
      try await queue.heal()
      let healed = try await row(world)
      #expect(healed.budget == 5)
      #expect(healed.pause == 0)
      #expect(try await queue.claim(1, positions: nil) != nil)
      // Once bitten: the next failure is enough.
      #expect(try await queue.strain("503", wait: nil))
    }
  }

  @Test("answered requests earn back what failures cost, a fifth each")
  func budget() async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(5, in: RunFixture(world))
      for _ in 1...3 { _ = try await held.queue.strain("503", wait: nil) }
      #expect(try await row(world).budget == 10)
      for place in held.batch.items.indices {
        _ = try await held.queue.finish([held.embedded(place..<place + 1)])
      }
      #expect(try await row(world).budget == 15)
    }
  }

  @Test("the pause that a provider asks for is kept, and a tenth more at most")
  func askedPause() async throws {
    try await TestWorld.run { world in
      let queue = try await Held.claim(1, in: RunFixture(world)).queue
      try await queue.pause("429", wait: .seconds(100))
      let asked = try await row(world).pause
      #expect((90...110).contains(asked))
      #expect(try await queue.claim(1, positions: nil) == nil)
      // A shorter one that comes later does not cut it.
      try await queue.pause("429", wait: .seconds(1))
      #expect(try await row(world).pause > 80)
      try await endPause(world)
      #expect(try await queue.claim(1, positions: nil) != nil)
    }
  }

  @Test("a pause that a provider does not name doubles up to 8 s, once for each round")
  func unnamedPause() async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(1, in: RunFixture(world))
      for longest in [0.5, 1, 2, 4, 8, 8, 8] {
        try await held.queue.pause("429", wait: nil)
        try await held.queue.pause("429", wait: nil)
        #expect(try await row(world).pause <= longest)
        try await endPause(world)
      }
      #expect(try await world.number("select refusals from preflight.run") == 7)
      _ = try await held.queue.finish([held.embedded()])
      #expect(try await world.number("select refusals from preflight.run") == 0)
    }
  }

  @Test("a storm of refusals charges no attempt and no fault to any item")
  func storm() async throws {
    try await TestWorld.run { world in
      try await Installation(database: Database(world.url)).install()
      try await world.connection.script(
        """
        create table stored (attempts integer, soft_faults integer);
        create function note_stored() returns trigger language plpgsql as $$
          begin insert into stored select new.attempts, new.soft_faults from unnest(new.keys);
          return null; end $$;
        create trigger note_stored after insert on preflight.batch for each row
          when (new.state = 2) execute function note_stored();
        """, timeout: .seconds(5))
      world.endpoint.misbehave([.rateLimited], forNext: 5)
      var fixture = RunFixture(world)
      fixture.options.ramp = []
      #expect(try await fixture.run().ending == .verified)
      #expect(
        try await world.text(
          "select concat_ws(' ', count(*), sum(attempts), sum(soft_faults)) from stored")
          == "105 105 0")
    }
  }

  @Test("an outage in the middle is sat out, and no item pays for it")
  func satOut() async throws {
    try await TestWorld.run { world in
      var fixture = RunFixture(world)
      fixture.options.ramp = [1]
      fixture.conditions = RunConditions(noProgressFor: .seconds(2))
      world.endpoint.misbehave([.serverError], after: 1, forNext: 6)
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect([report.processed, report.failed] == [105, 0])
    }
  }
}
