internal import Synchronization

/// How many requests this process has under way at most: one more for each round that went well, half
/// as many after one that did not, as TCP does (additive increase, multiplicative decrease; RFC 5681).
final class Window: Sendable {
  private struct Contents {
    var width: Double
    var narrowed: ContinuousClock.Instant?
  }

  /// As many as the process has workers.
  private let widest: Double
  private let contents: Mutex<Contents>

  init(widest: Int) {
    self.widest = Double(widest)
    contents = Mutex(Contents(width: Double(widest)))
  }

  var width: Int { contents.withLock { max(1, Int($0.width)) } }

  /// After a request that was answered.
  func widen() {
    contents.withLock { $0.width = min(widest, $0.width + 1 / $0.width) }
  }

  /// After a request that the provider was too busy for; those that were under way together count once.
  ///
  /// - Parameters:
  ///   - start: when the request began.
  ///   - now: the time.
  func narrow(after start: ContinuousClock.Instant, now: ContinuousClock.Instant = .now) {
    contents.withLock { contents in
      guard contents.narrowed.map({ $0 <= start }) ?? true else { return }
      contents.width = max(1, contents.width / 2)
      contents.narrowed = now
    }
  }
}
