import Core
import Embeddings
import Monitor
import Postgres
import TestWorld
import Testing

@testable import Runner

@Suite("What workers bring together is stored together", .timeLimit(.minutes(2)))
struct WriterTests {
  /// Three more batches of ten, embedded.
  private func batches(_ held: Held, _ fixture: RunFixture) async throws -> [Embedded] {
    let client = try fixture.runner().client
    var embedded: [Embedded] = []
    for batch in try await held.queue.claim(10, batches: 3, positions: nil).batches {
      let reply = try await client.embed(batch.items.map(\.text), timeout: .seconds(5))
      embedded.append(Held(queue: held.queue, batch: batch, vectors: reply.vectors).embedded())
    }
    return embedded
  }

  private func counts(_ world: TestWorld) async throws -> String? {
    try await world.text(
      """
      select concat_ws(' ', (select count(*) from similarity_cache),
        (select sum(items_processed) from embedding_jobs), run.processed, run.requests, run.tokens)
      from preflight.run as run
      """)
  }

  /// Stores the first one by itself and the others together, since they come while it is held up.
  private func store(
    _ embedded: [Embedded], in world: TestWorld, _ held: Held
  ) async throws -> [String] {
    let database = Database(world.url)
    let writer = Writer(queue: held.queue.over(database))
    let lock = try await Connection.open(world.url, timeout: .seconds(5))
    _ = try await lock.query("begin")
    _ = try await lock.query("select from issues for update")
    let first = Task { await outcome(of: embedded[0], by: writer) }
    while await writer.orders.underWay < 1 { await Task.yield() }
    var others: [Task<String, Never>] = []
    for one in embedded.dropFirst() {
      others.append(Task { await outcome(of: one, by: writer) })
      while await writer.orders.waiting < others.count { await Task.yield() }
    }
    _ = try await lock.query("rollback")
    var outcomes: [String] = []
    for store in [first] + others { outcomes.append(await store.value) }
    await lock.close()
    await database.close()
    return outcomes
  }

  private func outcome(of embedded: Embedded, by writer: Writer) async -> String {
    do throws(PostgresFault) {
      try await writer.store(embedded)
      return "stored"
    } catch {
      return error.sqlState ?? "\(error)"
    }
  }

  @Test("by one statement, counted as the requests that they were, and once if it is repeated")
  func together() async throws {
    try await TestWorld.run { world in
      let fixture = RunFixture(world)
      let held = try await Held.claim(10, in: fixture)
      let embedded = [held.embedded()] + (try await batches(held, fixture))
      #expect(try await held.queue.finish(embedded) == 40)
      #expect(try await counts(world) == "40 40 40 4 40")
      #expect(try await held.queue.finish(embedded) == 0)
      #expect(try await counts(world) == "40 40 40 4 40")
      #expect(
        try await world.text(
          "select string_agg(concat_ws(' ', state, first, cardinality(keys), cardinality(hashes)), ', ' "
            + "order by first) from preflight.batch where first < 51")
          == "2 1 10 10, 2 11 10 10, 2 21 10 10, 2 31 10 10, 0 41 10")
    }
  }

  @Test("those that wait while a statement runs come into the next one")
  func waiting() async throws {
    try await TestWorld.run { world in
      let fixture = RunFixture(world)
      let held = try await Held.claim(10, in: fixture)
      let embedded = [held.embedded()] + (try await batches(held, fixture))
      try await world.connection.script(
        """
        create table stores (id integer);
        create function note_store() returns trigger language plpgsql as $$
          begin insert into stores values (1); return null; end $$;
        create trigger note_store after update of processed on preflight.run for each row
          execute function note_store();
        """, timeout: .seconds(5))
      #expect(try await store(embedded, in: world, held) == Array(repeating: "stored", count: 4))
      #expect(try await counts(world) == "40 40 40 4 40")
      #expect(try await world.number("select count(*) from stores") == 2)
    }
  }

  @Test("a row that the database refuses is held against its own batch alone")
  func refused() async throws {
    try await TestWorld.run { world in
      let fixture = RunFixture(world)
      let held = try await Held.claim(10, in: fixture)
      let others = try await batches(held, fixture)
      let key = try #require(
        try await world.text("select key from \(queuedItems) as item where position = 1"))
      try await world.connection.script(
        "alter table issues add check (id <> '\(key)' or embedding is null)",
        timeout: .seconds(5))
      #expect(
        try await store(others + [held.embedded()], in: world, held)
          == ["stored", "stored", "stored", "23514"])
      #expect(try await counts(world) == "30 30 30 3 30")
    }
  }

  @Test("nobody waits longer than it wants to: an order that is given up is not stored")
  func withdrawn() async throws {
    try await TestWorld.run { world in
      let held = try await Held.claim(10, in: RunFixture(world))
      let database = Database(world.url)
      let writer = Writer(queue: held.queue.over(database))
      let lock = try await Connection.open(world.url, timeout: .seconds(5))
      _ = try await lock.query("begin")
      _ = try await lock.query("select from issues for update")
      let order = Task { () -> PostgresFault? in
        do throws(PostgresFault) {
          try await writer.store(held.embedded())
          return nil
        } catch {
          return error
        }
      }
      while await writer.orders.underWay < 1 { await Task.yield() }
      order.cancel()
      #expect(await order.value == .cancelled)
      await lock.close()
      await database.close()
      #expect(try await world.number("select count(*) from similarity_cache") == 0)
    }
  }
}
