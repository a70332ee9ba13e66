internal import Core
internal import Embeddings
internal import Monitor
internal import Postgres

/// Claims, embeds and finishes one batch after the other until nothing is left; while one is stored, the
/// next is embedded.
struct Worker: Sendable {
  /// How long to wait at most before asking again whether there is something to claim.
  static let idle = Duration.milliseconds(100)
  /// How long to wait the first time.
  private static let shortestIdle = Duration.milliseconds(5)

  let queue: RunQueue
  /// Which of the process's workers this one is, from 0: a narrow window lets only the first ones work.
  let slot: Int
  let client: EmbeddingClient
  let requestTimeout: Duration
  let dimension: Int?
  let claims: Claims
  let writer: Writer
  let ceilings: Ceilings
  let window: Window
  let ramp: Ramp
  let watch: RunWatch
  let inFlight: InFlight
  let idleWorkers: IdleWorkers
  let stop: StopRequest

  /// Works until the run has nothing more to claim, is told to stop, or is over.
  ///
  /// - Throws: `RunAbort` when the run has to end, or the database's fault.
  func work() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      var (unfinished, idle) = (0, Worker.shortestIdle)
      while !stop.isRequested, !Task.isCancelled {
        if let claimed = try await claim() {
          idle = Worker.shortestIdle
          unfinished += 1
          let isAnswered = await begin(claimed, in: &group)
          // What came to another end may be the end of all; and a step of the ramp is climbed when all
          // below it is stored.
          let behind = isAnswered && ramp.limit == nil ? 1 : 0
          while unfinished > behind {
            try await group.next()
            unfinished -= 1
          }
          if ramp.limit != nil { try await climb(try await watch.look()) }
        } else if unfinished > 0 {
          try await group.next()
          unfinished -= 1
        } else if try await isDone() {
          return idleWorkers.endAll()
        } else {
          await idleWorkers.wait(idle, inSlot: slot)
          idle = min(Worker.idle, idle * 2)
        }
      }
      try await group.waitForAll()
    }
  }

  /// Begins a batch, and returns when its last request is answered, or it is done with otherwise.
  ///
  /// - Returns: whether it is to be stored yet.
  private func begin(
    _ claimed: Batch, in group: inout ThrowingTaskGroup<Void, any Error>
  ) async -> Bool {
    let (answers, answer) = AsyncStream.makeStream(of: Void.self)
    group.addTask {
      defer { answer.finish() }
      try await inFlight.work(on: claimed.token) { try await process(claimed, answer) }
    }
    for await _ in answers { return true }
    return false
  }

  private func claim() async throws -> Batch? {
    guard slot < window.width else { return nil }
    if watch.hasToRest {
      await claims.giveBack()
      return nil
    }
    return try await storing { () async throws(PostgresFault) in
      try await claims.next()
    }
  }

  private func isDone() async throws -> Bool {
    let seen = try await watch.look()
    guard !seen.isFinished, seen.reason == nil, seen.state != .auditing else { return true }
    if seen.observation.isOut { try await probe() }
    let left = try await queue.remaining()
    guard left.pending || left.leased else { return true }
    try await climb(seen)
    return false
  }

  private func climb(_ seen: RunRow) async throws {
    if ramp.advance(finished: seen.observation.finished) { try await queue.leaveCanary() }
  }

  private func process(
    _ claimed: Batch, _ answer: AsyncStream<Void>.Continuation
  ) async throws {
    var waiting = ceilings.requests(for: claimed.items)[...]
    do {
      while let items = waiting.first {
        try Task.checkCancellation()
        try await embed(items, token: claimed.token, then: waiting.count == 1 ? answer : nil)
        waiting.removeFirst()
      }
    } catch {
      let (held, queue, token) = (Array(waiting.joined()), queue, claimed.token)
      let abort = error as? RunAbort
      // In a task of its own, which the cancellation of this one does not reach; and where the
      // database does not answer, the lease runs out by itself.
      await Task {
        // The reason first: what is free again must not be claimed by a worker that knows of none.
        if let abort { try? await queue.abort(abort.reason, abort.detail) }
        try? await queue.release(held, token: token, wait: .zero, softFaults: 0)
      }.value
      throw error
    }
  }

  /// Embeds and stores items; `answer` is told in between.
  func embed(
    _ items: [ClaimedItem], token: String, then answer: AsyncStream<Void>.Continuation? = nil
  ) async throws {
    let start = ContinuousClock.now
    let reply: EmbeddingReply
    do throws(EmbeddingFault) {
      reply = try await client.embed(
        items.map(\.text), expecting: dimension, timeout: requestTimeout)
    } catch {
      try Task.checkCancellation()
      return try await recover(from: error, items, token: token, since: start)
    }
    window.widen()
    answer?.yield()
    try await store(
      Embedded(
        items: items[...], token: token, vectors: reply.vectors[...], tokens: reply.tokens ?? 0,
        requests: 1))
  }

  private func store(_ embedded: Embedded) async throws {
    do throws(PostgresFault) {
      try await writer.store(embedded)
    } catch {
      try Task.checkCancellation()
      let isOne = embedded.items.count == 1
      // A single row that takes too long is held up by something else, and is not to blame.
      guard error.concernsRows, !isOne || error.disposition == .reject else {
        throw RunAbort(error, progress: queue.sql.facts.job?.progress)
      }
      // In halves, down to the row that the database refuses, which is given up.
      guard !isOne else {
        return try await queue.bury(
          Array(embedded.items), tokens: [embedded.token], class: error.className,
          detail: error.message)
      }
      for half in embedded.halves { try await store(half) }
    }
  }

  private func storing<Value: Sendable>(
    _ statement: () async throws(PostgresFault) -> Value
  ) async throws -> Value {
    do throws(PostgresFault) {
      return try await statement()
    } catch {
      try Task.checkCancellation()
      throw RunAbort(error, progress: queue.sql.facts.job?.progress)
    }
  }
}
