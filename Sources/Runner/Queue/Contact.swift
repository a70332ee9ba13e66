internal import Synchronization

/// When a run's server was last heard from, over any of its connections.
///
/// A server that was never there is not waited for, and neither is one that has been gone for too long:
/// each statement is then tried once.
final class Contact: Sendable {
  /// Longer than a server takes to restart, and most take to fail over.
  static let patience = Duration.seconds(60)

  private let last = Mutex<ContinuousClock.Instant?>(nil)

  /// Notes that the server has just done what it was asked.
  func note(at now: ContinuousClock.Instant = .now) {
    last.withLock { $0 = now }
  }

  /// Whether the server may well be there again in a moment.
  func isRecent(at now: ContinuousClock.Instant = .now) -> Bool {
    last.withLock { $0.map { $0.duration(to: now) < Contact.patience } ?? false }
  }
}
