internal import Embeddings
internal import Synchronization

/// How much one request may hold, learned downwards from what the provider refuses.
final class Ceilings: Sendable {
  struct Bounds: Sendable, Equatable {
    var items: Int
    /// Estimated as a quarter of the UTF-8 bytes, as OpenAI's own limiter estimates.
    var tokens: Int
    /// Of the texts in UTF-8, before they are written as JSON.
    var bytes: Int
  }

  private let bounds: Mutex<Bounds>

  /// - Parameter items: the pipeline's batch.
  init(items: Int) {
    // 300,000 tokens a request is OpenAI's limit; a tenth is left for what the estimate misses.
    // Bodies of 1 MiB are what nginx lets through where nobody set it otherwise.
    bounds = Mutex(Bounds(items: items, tokens: 270_000, bytes: 1_000_000))
  }

  var current: Bounds { bounds.withLock { $0 } }

  /// Lowers the bound that a provider refused a request for: to the one that it names, or to half of
  /// what was refused.
  ///
  /// - Parameters:
  ///   - cause: why the provider refused the request.
  ///   - items: the request's.
  /// - Returns: whether the cause was the request's size.
  func lower(after cause: EmbeddingFault.Cause, of items: [ClaimedItem]) -> Bool {
    let size = Bounds(items)
    return bounds.withLock { bounds in
      switch cause {
      case .tooManyInputs(let limit):
        bounds.items = max(1, min(bounds.items, limit ?? size.items / 2))
      case .tooManyTokens(let limit):
        bounds.lower(tokensTo: limit, after: size)
      case .overRateLimit(_, let limit):
        bounds.lower(tokensTo: limit, after: size)
      case .bodyTooLarge:
        bounds.bytes = max(1, min(bounds.bytes, size.bytes / 2))
      default:
        return false
      }
      return true
    }
  }

  /// Halves the request after one of this many items was too large or too slow.
  func halve(after items: Int) {
    bounds.withLock { $0.items = max(1, min($0.items, items / 2)) }
  }

  /// Cuts items into requests, in order, each within the bounds or of a single item.
  func requests(for items: [ClaimedItem]) -> [[ClaimedItem]] {
    let bounds = current
    var requests: [[ClaimedItem]] = []
    var size = Bounds([])
    for item in items {
      let grown = size + item
      if let last = requests.indices.last, grown.items <= bounds.items,
        grown.tokens <= bounds.tokens, grown.bytes <= bounds.bytes
      {
        requests[last].append(item)
        size = grown
      } else {
        requests.append([item])
        size = Bounds([item])
      }
    }
    return requests
  }
}

extension Ceilings.Bounds {
  /// The size of a request.
  init(_ items: [ClaimedItem]) {
    self = items.reduce(Ceilings.Bounds(items: 0, tokens: 0, bytes: 0)) { $0 + $1 }
  }

  static func + (size: Self, item: ClaimedItem) -> Self {
    Self(
      items: size.items + 1, tokens: size.tokens + item.estimatedTokens,
      bytes: size.bytes + item.text.utf8.count)
  }

  /// A request that is refused although it seems to be below the limit shows that the provider
  /// counts more tokens than the estimate does.
  fileprivate mutating func lower(tokensTo limit: Int?, after size: Self) {
    tokens = max(1, min(tokens, limit.map { $0 * 9 / 10 } ?? .max, size.tokens / 2))
  }
}
