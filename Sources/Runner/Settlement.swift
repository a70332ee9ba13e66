internal import Core
internal import Embeddings
internal import Monitor
internal import Postgres

/// The end of a session: who audits, what the run's row and the job row say.
extension RunSession {
  /// How an error that no item is to blame for ends a run.
  static func ending(of error: any Error) -> RunReport.Ending {
    switch error {
    case let abort as RunAbort: .aborted(abort.reason, abort.detail)
    case let fault as PostgresFault where fault == .cancelled: .interrupted
    case let fault as PostgresFault: .aborted(.database, fault.told)
    case let mismatch as PipelineMismatch: .aborted(.refusedWrite, mismatch.message)
    case is CancellationError: .interrupted
    default: .aborted(.database, String(describing: error))
    }
  }

  /// Brings the run to its end, or leaves it to the workers that are still at it.
  func conclude(_ unfinished: RunReport) async -> RunReport {
    var report = unfinished
    report.duration = start.duration(to: .now)
    do throws(PostgresFault) {
      try await settle(&report)
      let last = try await look()
      report.items = last.observation.total
      report.failed = last.observation.failed
      report.skipped = last.observation.skipped
      report.processed = last.observation.processed
      report.requests = last.observation.requests
      report.retries = last.observation.retries
      report.tokens = last.observation.tokens
      report.samples.append(last.observation)
      _ = try await queue.leave(worker)
    } catch {
      report.ending = .aborted(.database, error.message)
    }
    report.dollars = KnownModel.named(runner.client.model.model)?.dollarsPerMillionTokens.map {
      Double(report.tokens) / 1e6 * $0
    }
    return report
  }

  private func settle(_ report: inout RunReport) async throws(PostgresFault) {
    while true {
      let seen = try await look()
      if seen.isFinished {
        report.ending = RunSession.ending(of: seen)
        return
      }
      if let reason = seen.reason {
        try await queue.end(.aborted, reason: reason, detail: seen.detail)
        continue
      }
      if case .aborted(let reason, let detail) = report.ending {
        // What this process met ends the run for every worker of it.
        try await queue.abort(reason, detail)
        continue
      }
      let left = try await queue.remaining()
      if left.pending || left.leased {
        // Only a process that was told to stop comes here with work left.
        guard try await queue.leave(worker) == 0 else { return }
        try await queue.end(
          .interrupted, reason: nil,
          detail: "interrupted after \(seen.observation.processed) of "
            + "\(seen.observation.total) items")
        continue
      }
      if try await queue.beginAudit() {
        try await audit(&report, seen.observation)
      } else {
        try? await ContinuousClock().sleep(for: RunSession.interval)
      }
    }
  }

  private func audit(
    _ report: inout RunReport, _ seen: Observation
  ) async throws(PostgresFault) {
    runner.watch(.observed(seen))
    runner.watch(.auditing)
    let auditing = Auditing(
      queue: queue, second: lanes.claimer, dimension: dimension,
      stuckAfter: runner.conditions.stuckJobs == nil ? nil : runner.conditions.noProgressFor)
    let counted = try await auditing.recount()
    let audit = try await auditing.audit(total: seen.total, stored: counted.stored)
    report.audit = audit
    report.items = seen.total
    report.processed = counted.stored
    report.failed = counted.dead
    report.skipped = counted.gone
    guard counted.stored + counted.dead > 0 else {
      return try await queue.end(
        .nothingToDo, reason: nil,
        detail: "each of the \(seen.total) rows was gone or empty when its turn came")
    }
    switch runner.conditions.ending(of: report, audit: audit) {
    case .aborted(let reason, let detail):
      try await queue.end(.aborted, reason: reason, detail: detail)
    case .verified, .interrupted, .nothingToDo:
      let failures = counted.dead > 0 ? "\(counted.dead) of \(seen.total) items failed" : nil
      try await queue.end(.verified, reason: nil, detail: failures)
    }
  }

  private static func ending(of row: RunRow) -> RunReport.Ending {
    switch row.state {
    case .verified: .verified
    case .nothingToDo: .nothingToDo
    case .aborted: .aborted(row.reason ?? .database, row.detail ?? "no reason was recorded")
    default: .interrupted
    }
  }
}

extension RunQueue {
  /// Wins the audit, for as long as an audit may take, or leaves it to another worker.
  func beginAudit() async throws(PostgresFault) -> Bool {
    try await !database.query(QueueSQL.beginAudit, [.text(runID)]).isEmpty
  }
}
