import Core
import Embeddings
import Monitor
import Postgres
import TestWorld

@testable import Runner

extension RunQueue {
  /// Leases one batch, or nothing.
  func claim(_ size: Int, positions: Int?) async throws(PostgresFault) -> Batch? {
    try await claim(size, batches: 1, positions: positions).first
  }
}

/// An open run with a claimed batch that nobody has finished.
struct Held {
  let queue: RunQueue
  let batch: Batch
  let vectors: [[Float]]

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
