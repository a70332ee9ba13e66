internal import Core
internal import Monitor
internal import Postgres
internal import Synchronization

/// Looks at a run, and has the monitor rule on what is seen.
final class RunWatch: Sendable {
  private let queue: RunQueue
  private let inFlight: InFlight
  private let start: ContinuousClock.Instant
  private let monitor: Mutex<Monitor>
  private let rest = Atomic(false)
  /// How long a provider may ask a run to wait.
  let longestPause: Duration

  init(
    _ queue: RunQueue, _ conditions: RunConditions, inFlight: InFlight,
    since start: ContinuousClock.Instant
  ) {
    self.queue = queue
    self.inFlight = inFlight
    self.start = start
    longestPause = conditions.longestPause
    monitor = Mutex(Monitor(conditions))
  }

  /// Whether the run was paused, without a provider or over at the last look: nothing is to be begun
  /// that was claimed before.
  var hasToRest: Bool { rest.load(ordering: .relaxed) }

  /// One look.
  ///
  /// - Returns: what the run's row says.
  /// - Throws: `RunAbort` where the monitor gives the run up, or the database's fault.
  func look() async throws -> RunRow {
    let seen = try await queue.observe(
      at: start.duration(to: .now), inFlight: inFlight.tokens.count)
    let (isOver, now) = (seen.isFinished || seen.reason != nil, seen.observation)
    rest.store(isOver || now.isPaused || now.isOut, ordering: .relaxed)
    // What has ended, or is being given up already, needs no ruling.
    guard !seen.isFinished, seen.reason == nil else { return seen }
    if case .abort(let reason, let detail) = monitor.withLock({ $0.observe(seen.observation) }) {
      throw RunAbort(reason, detail)
    }
    return seen
  }
}
