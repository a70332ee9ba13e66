import Core
import Postgres
import TestWorld
import Testing

@testable import Runner

@Suite("Batches are claimed ahead", .timeLimit(.minutes(2)))
struct ClaimsTests {
  @Test("one statement leases several batches in order, each under a token of its own")
  func batches() async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(5, in: RunFixture(world))
      let claimed = try await held.queue.claim(40, batches: 3, positions: nil).batches
      #expect(claimed.map(\.items.count) == [5, 10, 10])
      #expect(claimed.flatMap { $0.items.map(\.position) } == Array(6...30))
      #expect(Set(claimed.map(\.token) + [held.batch.token]).count == 4)
      #expect(
        try await world.text(
          """
          select string_agg(distinct concat_ws(' ', state, attempts), ', ')
          from preflight.batch where token::text = '\(claimed[2].token)'
          """) == "1 1")
    }
  }

  @Test("what was claimed ahead and not begun is given back, and charges no attempt")
  func givenBack() async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(5, in: RunFixture(world))
      let claims = Claims(queue: held.queue, batch: 10, workers: 4, ramp: Ramp(totals: []))
      let begun = try #require(try await claims.next())
      await claims.giveBack()
      #expect(await claims.tokens == [])
      #expect(
        try await world.text(
          """
          select concat_ws(' ', count(*), count(distinct token), sum(attempts))
          from \(queuedItems) as item where lease_until is not null or attempts > 0
          """) == "10 2 10")
      #expect(begun.items.map(\.position) == Array(6...10))
    }
  }

  @Test("workers that wait together share a claim, and all of them are served")
  func shared() async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(5, in: RunFixture(world))
      let claims = Claims(queue: held.queue, batch: 10, workers: 4, ramp: Ramp(totals: []))
      let served = try await withThrowingTaskGroup(of: [Int32].self) { group in
        for _ in 0..<12 {
          group.addTask { try await claims.next()?.items.map(\.position) ?? [] }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(served.sorted() == Array(6...105))
    }
  }

  @Test("batches of which nothing is left are claimed past, and what is left of others is embedded")
  func leftovers() async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(5, in: RunFixture(world))
      // Of the five batches behind it two lose all their rows, and the third but one.
      _ = try await world.connection.query(
        """
        delete from issues where id::text in (
          select key from \(queuedItems) as item where position between 11 and 39)
        """)
      let found = try await held.queue.claim(10, batches: 4, positions: nil)
      #expect(found.count == 4)
      #expect(found.batches.map { $0.items.map(\.position) } == [Array(6...10), [40]])
      let claims = Claims(queue: held.queue, batch: 10, workers: 2, ramp: Ramp(totals: []))
      _ = try await world.connection.query(
        """
        delete from issues where id::text in (
          select key from \(queuedItems) as item where position between 41 and 60)
        """)
      #expect(try await claims.next()?.items.map(\.position) == Array(61...70))
      #expect(
        try await world.text(
          """
          select string_agg(concat_ws(' ', state, items), ', ' order by state) from (
            select state, count(*) as items from \(queuedItems) as item
            where position between 6 and 70 group by state) as counted
          """) == "1 16, 4 49")
      #expect(try await world.number("select skipped from preflight.run") == 49)
    }
  }
}
