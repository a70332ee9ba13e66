import Core
import Embeddings
import Monitor
import Postgres
import TestWorld

@testable import Runner

extension RunQueue {
  /// Leases one batch, or nothing.
  func claim(_ size: Int, positions: Int?) async throws(PostgresFault) -> Batch? {
    try await claim(size, batches: 1, positions: positions).batches.first
  }
}

/// All items of the queue, one by one.
let queuedItems = """
  (select batch.*, item.* from preflight.batch as batch
    cross join unnest(batch.positions, batch.keys) as item (position, key))
  """

/// An open run with a claimed batch that nobody has finished.
struct Held {
  let queue: RunQueue
  let batch: Batch
  let vectors: [[Float]]

  /// What a request for all of it, or for some of its items, has brought.
  func embedded(_ places: Range<Int>? = nil) -> Embedded {
    let places = places ?? batch.items.indices
    return Embedded(
      items: batch.items[places], token: batch.token, vectors: vectors[places], tokens: 10,
      requests: 1)
  }

  /// Begins the fixture's run and claims so many of its items.
  static func claim(_ count: Int, in fixture: RunFixture) async throws -> Held {
    let runner = try fixture.runner()
    let database = Database(fixture.world.url)
    try await Installation(database: database).install()
    let facts = try await CatalogReader(database: database).facts(for: runner.pipeline)
    let opening = RunOpening(
      sql: PipelineSQL(pipeline: runner.pipeline, facts: facts),
      model: runner.client.model.identity, hasRamp: false, redactor: Redactor([]),
      database: database)
    guard case .run(let queue, _) = try await opening.open(),
      let batch = try await queue.claim(count, positions: nil)
    else { throw RunAbort(.database, "the test could not claim") }
    let reply = try await runner.client.embed(batch.items.map(\.text), timeout: .seconds(5))
    return Held(queue: queue, batch: batch, vectors: reply.vectors)
  }
}
