internal import Core
internal import Postgres

/// What the fleet knows of its provider, in the run's row: every worker keeps to it.
extension RunQueue {
  /// Notes a request that failed for its own texts' sake; `isFinal` where none follows for them.
  func note(_ fault: String, isFinal: Bool = false) async throws(PostgresFault) {
    _ = try await database.query(
      QueueSQL.note, [.text(runID), told(fault), .int4(isFinal ? 0 : 1)])
  }

  /// Notes a request that came too early, and has every worker of the run wait for as long as the
  /// provider asks; nil where it does not say.
  func pause(_ fault: String, wait: Duration?) async throws(PostgresFault) {
    _ = try await database.query(
      QueueSQL.pause, [.text(runID), told(fault), RunQueue.seconds(wait)])
  }

  /// Notes a request that the provider failed.
  ///
  /// - Returns: whether the provider now counts as failing for all.
  func strain(_ fault: String, wait: Duration?) async throws(PostgresFault) -> Bool {
    try await database.query(
      QueueSQL.strain, [.text(runID), told(fault), RunQueue.seconds(wait)]
    ).first?.bool("is_out") ?? false
  }

  /// Wins the one probe of the fleet, for as long as it may take; false where there is nothing to
  /// probe now.
  func winProbe(for time: Duration) async throws(PostgresFault) -> Bool {
    try await !database.query(QueueSQL.winProbe, [.text(runID), .float8(time.seconds)]).isEmpty
  }

  /// Notes a probe that failed, and doubles the wait until the next one.
  func stayOut(_ fault: String, wait: Duration?) async throws(PostgresFault) {
    _ = try await database.query(
      QueueSQL.stayOut, [.text(runID), told(fault), RunQueue.seconds(wait)])
  }

  /// Lets the fleet go on after a probe that was answered.
  func heal() async throws(PostgresFault) {
    _ = try await database.query(QueueSQL.heal, [.text(runID)])
  }

  private static func seconds(_ wait: Duration?) -> Parameter {
    wait.map { .float8($0.seconds) } ?? .null
  }
}
