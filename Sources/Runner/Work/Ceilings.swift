internal import Synchronization

/// How much one request may hold, learned downwards from what the provider refuses.
final class Ceilings: Sendable {
  struct Bounds: Sendable, Equatable {
    var items: Int
    /// Estimated as a quarter of the UTF-8 bytes, as OpenAI's own limiter estimates.
    var tokens: Int
  }

  private let bounds: Mutex<Bounds>

  /// - Parameter items: the pipeline's batch.
  init(items: Int) {
    // 300,000 tokens a request is OpenAI's limit; a tenth is left for what the estimate misses.
    bounds = Mutex(Bounds(items: items, tokens: 270_000))
  }

  var current: Bounds { bounds.withLock { $0 } }

  /// Lowers the number of items to what a provider says it takes.
  func lower(itemsTo limit: Int) {
    bounds.withLock { $0.items = max(1, min($0.items, limit)) }
  }

  /// Halves the request after one of this many items was too large or too slow.
  func halve(after items: Int) {
    bounds.withLock { $0.items = max(1, min($0.items, items / 2)) }
  }

  /// Cuts items into requests, in order, each within the bounds or of a single item.
  func requests(for items: [ClaimedItem]) -> [[ClaimedItem]] {
    let bounds = current
    var requests: [[ClaimedItem]] = []
    var tokens = 0
    for item in items {
      if let last = requests.indices.last, requests[last].count < bounds.items,
        tokens + item.estimatedTokens <= bounds.tokens
      {
        requests[last].append(item)
        tokens += item.estimatedTokens
      } else {
        requests.append([item])
        tokens = item.estimatedTokens
      }
    }
    return requests
  }
}

/// An item under a lease.
struct ClaimedItem: Sendable, Equatable {
  let key: String
  let text: String
  /// Faults that were not its own: how often a request with it failed for the provider's sake.
  let softFaults: Int

  var estimatedTokens: Int { max(1, text.utf8.count / 4) }
}
