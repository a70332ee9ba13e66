internal import Core
internal import Embeddings
internal import Monitor
internal import Postgres

/// Claims, embeds and finishes, one batch after the other, until nothing is left.
struct Worker: Sendable {
  /// Items that failed this often for reasons that are not their own are given up all the same.
  static let softFaults = 8
  /// A malformed reply is asked for again this often before the batch is taken apart.
  static let malformedReplies = 2
  /// How long to wait before asking again whether there is something to claim.
  static let idle = Duration.milliseconds(100)

  let queue: RunQueue
  let client: EmbeddingClient
  let requestTimeout: Duration
  let dimension: Int?
  let batch: Int
  let ceilings: Ceilings
  let ramp: Ramp
  let watch: RunWatch
  let inFlight: InFlight
  let stop: StopRequest

  /// Works until the run has nothing more to claim, is told to stop, or is over.
  ///
  /// - Throws: `RunAbort` when the run has to end, or the database's fault.
  func work() async throws {
    while !stop.isRequested, !Task.isCancelled {
      let claimed = try await storing { () async throws(PostgresFault) in
        try await queue.claim(batch, positions: ramp.limit)
      }
      if let claimed {
        try await process(claimed)
        if ramp.limit != nil { try await climb(try await watch.look()) }
      } else if try await isDone() {
        return
      }
    }
  }

  private func isDone() async throws -> Bool {
    let seen = try await watch.look()
    guard !seen.isFinished, seen.reason == nil, seen.state != .auditing else { return true }
    let left = try await queue.remaining()
    guard left.pending || left.leased else { return true }
    let limit = ramp.limit
    try await climb(seen)
    if ramp.limit != limit { return false }
    try? await ContinuousClock().sleep(for: Worker.idle)
    return false
  }

  private func climb(_ seen: RunRow) async throws {
    if ramp.advance(finished: seen.observation.finished) { try await queue.leaveCanary() }
  }

  private func process(_ claimed: Batch) async throws {
    inFlight.add(claimed.token)
    defer { inFlight.remove(claimed.token) }
    var waiting = ceilings.requests(for: claimed.items)[...]
    do {
      while let items = waiting.first {
        try Task.checkCancellation()
        try await embed(items, token: claimed.token)
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

  private func embed(_ items: [ClaimedItem], token: String) async throws {
    let reply: EmbeddingReply
    do throws(EmbeddingFault) {
      reply = try await client.embed(
        items.map(\.text), expecting: dimension, timeout: requestTimeout)
    } catch {
      try Task.checkCancellation()
      return try await recover(from: error, items, token: token)
    }
    try await store(items, token: token, reply.vectors, tokens: reply.tokens ?? 0)
  }

  private func recover(
    from fault: EmbeddingFault, _ items: [ClaimedItem], token: String
  ) async throws {
    let failures = (items.map(\.softFaults).max() ?? 0) + 1
    switch fault.disposition {
    case .abort:
      try await queue.note(fault.message, isFinal: true)
      throw RunAbort(fault)
    case .pause:
      // The whole fleet waits; no attempt is charged, and the batch keeps its shape.
      let pause = max(
        fault.retryAfter ?? .zero, Backoff.provider.wait(after: failures), .milliseconds(50))
      try await queue.note(fault.message, pause: pause)
      try await queue.release(items, token: token, wait: .zero, softFaults: 0)
    case .retry:
      try await queue.note(fault.message)
      if fault.cause.isTimeout { ceilings.halve(after: items.count) }
      if fault.cause.isMalformedReply, failures > Worker.malformedReplies {
        try await divide(items, token: token, because: fault)
      } else if failures > Worker.softFaults {
        try await bury(items, token: token, because: fault)
      } else {
        let wait = max(fault.retryAfter ?? .zero, Backoff.provider.wait(after: failures))
        try await queue.release(items, token: token, wait: wait, softFaults: 1)
      }
    case .split:
      if case .tooManyInputs(let limit?) = fault.cause {
        ceilings.lower(itemsTo: limit)
      }
      try await queue.note(fault.message)
      try await divide(items, token: token, because: fault)
    case .reject:
      try await queue.note(fault.message, isFinal: items.count == 1)
      try await divide(items, token: token, because: fault)
    }
  }

  /// Halves a batch until the item is alone that the fault is about, and gives that one up.
  private func divide(
    _ items: [ClaimedItem], token: String, because fault: EmbeddingFault
  ) async throws {
    guard items.count > 1 else { return try await bury(items, token: token, because: fault) }
    let middle = items.count / 2
    try await embed(Array(items[..<middle]), token: token)
    try await embed(Array(items[middle...]), token: token)
  }

  private func bury(
    _ items: [ClaimedItem], token: String, because fault: EmbeddingFault
  ) async throws {
    try await queue.bury(
      items, token: token, class: fault.cause.className, detail: fault.message)
  }

  private func store(
    _ items: [ClaimedItem], token: String, _ vectors: [[Float]], tokens: Int
  ) async throws {
    do throws(PostgresFault) {
      _ = try await queue.finish(items, token: token, vectors: vectors, tokens: tokens)
    } catch {
      try Task.checkCancellation()
      switch error.disposition {
      case .reject, .split:
        try await storeHalves(items, token: token, vectors, tokens: tokens, because: error)
      case .retry, .reconnect, .backOff, .abort:
        throw RunAbort(error, progress: queue.sql.facts.job?.progress)
      }
    }
  }

  /// Stores a batch in halves, down to the row that the database refuses, and gives that one up.
  private func storeHalves(
    _ items: [ClaimedItem], token: String, _ vectors: [[Float]], tokens: Int,
    because fault: PostgresFault
  ) async throws {
    guard items.count > 1 else {
      return try await queue.bury(
        items, token: token, class: fault.sqlState ?? "refused", detail: fault.message)
    }
    let middle = items.count / 2
    try await store(
      Array(items[..<middle]), token: token, Array(vectors[..<middle]), tokens: tokens)
    try await store(Array(items[middle...]), token: token, Array(vectors[middle...]), tokens: 0)
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
