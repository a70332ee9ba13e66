import Core
import Postgres
import TestWorld
import Testing

@testable import Runner

@Suite("The connections of a process", .timeLimit(.minutes(2)))
struct LanesTests {
  /// What a connection keeps prepared: the first words of each, how often it was planned for any
  /// parameters, and how often for its own.
  private func kept(_ lane: Database) async throws -> [String] {
    try await lane.query(
      """
      select concat_ws(' ', split_part(statement, ' ', 2), generic_plans, custom_plans) as kept
      from pg_prepared_statements where statement not like '%pg_prepared_statements%'
      """
    ).map { row in try row.text("kept") }
  }

  @Test("are opened beside each other, and closed together")
  func opened() async throws {
    try await TestWorld.run { world async throws in
      let count = """
        select count(*) from pg_stat_activity
        where datname = current_database() and application_name = 'preflight run'
        """
      for (workers, connections) in [(1, 2), (2, 3), (8, 3)] {
        let lanes = Lanes(to: world.url, contact: Contact(), workers: workers)
        #expect(lanes.writers.count == connections - 1)
        await lanes.open()
        #expect(try await world.number(count) == connections)
        await lanes.open()
        #expect(try await world.number(count) == connections)
        await lanes.close()
        // A server's process is there for a moment longer than its client.
        while try await world.number(count) > 0 {}
      }
    }
  }

  @Test("are each opened once, however many wait for it")
  func once() async throws {
    try await TestWorld.run { world in
      let database = Database(world.url)
      let processes = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<12 {
          group.addTask {
            try await database.query("select pg_backend_pid() as process").only.int("process")
          }
        }
        return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
      }
      #expect(processes.count == 1)
      await database.close()
    }
  }

  @Test("are waited for by others, where one of those who wait for it gives up")
  func givenUp() async throws {
    try await TestWorld.run { world in
      let relay = Relay(to: try #require(world.databasePort))
      defer { relay.stop() }
      relay.hold()
      let database = Database(world.url(at: relay.port))
      func ask() -> Task<Result<String, PostgresFault>, Never> {
        Task {
          do throws(PostgresFault) {
            let row = try await database.query("select 'there' as answer").only
            return .success(try row.text("answer"))
          } catch {
            return .failure(error)
          }
        }
      }
      let (first, second) = (ask(), ask())
      while relay.arrived == 0 { await Task.yield() }
      first.cancel()
      #expect(await first.value == .failure(.cancelled))
      relay.letGo()
      #expect(await second.value == .success("there"))
      await database.close()
    }
  }

  @Test("have what comes again parsed ahead, and planned once")
  func prepared() async throws {
    try await TestWorld.run { world async throws in
      let held = try await Held.claim(5, in: RunFixture(world))
      let lanes = Lanes(to: world.url, contact: Contact(), workers: 2)
      await lanes.prepare(for: held.queue, claiming: 1, positions: nil)
      #expect(try await kept(lanes.claimer) == ["open 0 0"])
      let claiming = held.queue.over(lanes.claimer)
      for _ in 0..<2 {
        let batch = try await claiming.claim(5, positions: nil)
        #expect(batch != nil)
      }
      #expect(try await kept(lanes.claimer) == ["open 2 0"])
      for lane in lanes.writers {
        #expect(try await kept(lane) == ["given 0 0"])
      }
      let stored = try await held.queue.over(lanes.writers[0]).finish([held.embedded()])
      #expect(stored == 5)
      #expect(try await kept(lanes.writers[0]) == ["given 1 0"])
      await lanes.close()
    }
  }
}
