internal import Core
internal import Embeddings
internal import Monitor

/// What a worker does about a provider's fault.
extension Worker {
  /// Items that failed this often for reasons that are not their own are looked at one by one, and
  /// given up alone.
  private static let softFaults = 8
  /// A malformed reply is asked for again this often before the batch is taken apart.
  private static let malformedReplies = 2
  /// What is embedded to see whether an endpoint is back: nobody's text, so that no item is blamed.
  private static let probeText = "preflight"

  func recover(
    from fault: EmbeddingFault, _ items: [ClaimedItem], token: String,
    since start: ContinuousClock.Instant
  ) async throws {
    let failures = (items.map(\.softFaults).max() ?? 0) + 1
    switch fault.disposition {
    case .abort:
      try await queue.note(fault.message, isFinal: true)
      throw RunAbort(fault)
    case .pause:
      // The whole fleet waits; no attempt is charged, and the batch keeps its shape.
      window.narrow(after: start)
      try await pause(for: fault)
      try await queue.release(items, token: token, wait: .zero, softFaults: 0)
    case .retry where fault.cause.isMalformedReply:
      try await queue.note(fault.message)
      if failures > Worker.malformedReplies {
        try await divide(items, token: token, because: fault)
      } else {
        try await retry(items, token: token, after: fault, failures: failures)
      }
    case .retry:
      window.narrow(after: start)
      if fault.cause.isTimeout { ceilings.halve(after: items.count) }
      if try await queue.strain(fault.message, wait: fault.retryAfter) {
        await claims.giveBack()
        // No item is to blame for an endpoint that fails for all.
        try await queue.release(items, token: token, wait: .zero, softFaults: 0)
      } else if failures > Worker.softFaults {
        try await divide(items, token: token, because: fault)
      } else {
        try await retry(items, token: token, after: fault, failures: failures)
      }
    case .split:
      try await queue.note(fault.message)
      if ceilings.lower(after: fault.cause, of: items) {
        try await recut(items, token: token, because: fault)
      } else {
        try await divide(items, token: token, because: fault)
      }
    case .reject:
      try await queue.note(fault.message, isFinal: items.count == 1)
      try await divide(items, token: token, because: fault)
    }
  }

  /// Asks an endpoint that failed for all whether it is back, where no other worker of the fleet does.
  func probe() async throws {
    guard try await queue.winProbe(for: requestTimeout + Worker.idle) else { return }
    do throws(EmbeddingFault) {
      _ = try await client.embed([Worker.probeText], expecting: dimension, timeout: requestTimeout)
    } catch {
      try Task.checkCancellation()
      switch error.disposition {
      case .abort: throw RunAbort(error)
      case .pause: return try await pause(for: error)
      case .retry, .split, .reject:
        return try await queue.stayOut(error.message, wait: error.retryAfter)
      }
    }
    try await queue.heal()
  }

  private func pause(for fault: EmbeddingFault) async throws {
    if let asked = fault.retryAfter, asked > watch.longestPause {
      throw RunAbort(
        .throttled,
        "the endpoint asks for a pause of \(asked.text), and this run waits no longer than "
          + "\(watch.longestPause.text): \(fault.message)")
    }
    try await queue.pause(fault.message, wait: fault.retryAfter)
    await claims.giveBack()
  }

  private func retry(
    _ items: [ClaimedItem], token: String, after fault: EmbeddingFault, failures: Int
  ) async throws {
    let wait = max(fault.retryAfter ?? .zero, Backoff.provider.wait(after: failures))
    try await queue.release(items, token: token, wait: wait, softFaults: 1)
  }

  /// Cuts a batch anew by the bounds that its refusal has taught.
  private func recut(
    _ items: [ClaimedItem], token: String, because fault: EmbeddingFault
  ) async throws {
    let requests = ceilings.requests(for: items)
    guard requests.count > 1 else { return try await divide(items, token: token, because: fault) }
    for request in requests { try await embed(request, token: token) }
  }

  /// Halves a batch until the item is alone that the fault is about, and gives that one up.
  private func divide(
    _ items: [ClaimedItem], token: String, because fault: EmbeddingFault
  ) async throws {
    guard items.count > 1 else {
      return try await queue.bury(
        items, tokens: [token], class: fault.cause.className, detail: fault.message)
    }
    let middle = items.count / 2
    try await embed(Array(items[..<middle]), token: token)
    try await embed(Array(items[middle...]), token: token)
  }
}
