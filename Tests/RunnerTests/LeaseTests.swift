import Core
import Monitor
import Postgres
import Sandbox
import TestWorld
import Testing

@testable import Runner

@Suite("A lease", .timeLimit(.minutes(2)))
struct LeaseTests {
  @Test(
    "holds for at most 15 s when nobody extends it, so that a killed worker's work is taken over")
  func length() async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(3, in: RunFixture(world))
      #expect(
        try await world.number(
          """
          select count(*) from \(queuedItems) as item where state = 1
            and lease_until between clock_timestamp() and clock_timestamp() + interval '15 s'
          """) == 3)
      _ = try await world.connection.query(
        "update preflight.batch set lease_until = clock_timestamp() where state = 1")
      let taken = try await held.queue.claim(10, batches: 20, positions: nil).batches
      #expect(taken.flatMap(\.items).map(\.position).sorted() == Array(1...105))
      let tokens = taken.map(\.token)
      #expect(try await held.queue.extend([held.batch.token] + tokens) == Set(tokens))
    }
  }

  @Test("is kept for a request that takes longer than it, also beside a worker that is idle")
  func extended() async throws {
    try await TestWorld.run { world in
      world.endpoint.misbehave([.late(.seconds(7))], forNext: 1)
      var fixture = RunFixture(world)
      fixture.options = Runner.Options(items: 10)
      fixture.options.lease = .seconds(3)
      let report = try await fixture.run()
      #expect(report.ending == .verified)
      #expect([report.processed, report.requests, report.retries] == [10, 1, 0])
      #expect(world.endpoint.counts.embeddedTexts == 10)
    }
  }

  @Test("that another worker has taken over ends the request under it")
  func lost() async throws {
    try await TestWorld.run { world in
      world.endpoint.misbehave([.hangs], forNext: 1)
      var fixture = RunFixture(world)
      fixture.options = Runner.Options(items: 10, requestTimeout: .seconds(3_600))
      fixture.options.lease = .seconds(3)
      let report = try await fixture.run { event in
        guard case .observed = event else { return }
        Task {
          _ = try? await world.connection.query(
            """
            update preflight.batch set token = gen_random_uuid(), lease_until = clock_timestamp()
            where state = 1 and attempts = 1
            """)
        }
      }
      #expect(report.ending == .verified)
      #expect([report.processed, report.requests, report.retries] == [10, 1, 0])
      #expect(world.endpoint.counts.embeddingsRequests == 2)
    }
  }
}
