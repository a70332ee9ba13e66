internal import Core

/// How a run ended, and the evidence.
package struct RunReport: Sendable {
  /// How a run ended.
  package enum Ending: Sendable, Equatable {
    case verified
    case aborted(AbortReason, String)
    case interrupted
    case nothingToDo
  }

  package var ending: Ending
  package var pipeline: String
  /// The key of the row in the user's job table, where the pipeline has one.
  package var jobID: String?
  package var items: Int
  package var processed: Int
  package var failed: Int
  package var skipped: Int
  /// Rows that waited and were not embedded, since they have the vectors of their texts already.
  package var unchanged: Int
  /// The choice of rows that left others out, as the command line has it; nil where none are.
  package var part: String?
  /// Items that were stored before this process joined the run.
  package var storedBefore: Int
  /// Since this process joined the run.
  package var duration: Duration
  package var requests: Int
  package var retries: Int
  package var tokens: Int
  /// Nil where the model's price is not known.
  package var dollars: Double?
  /// Nil where the run did not get as far as its audit.
  package var audit: Audit?
  package var samples: [Observation]

  package init(
    ending: Ending, pipeline: String, jobID: String? = nil, items: Int = 0, processed: Int = 0,
    failed: Int = 0, skipped: Int = 0, unchanged: Int = 0, part: String? = nil,
    storedBefore: Int = 0, duration: Duration = .zero,
    requests: Int = 0, retries: Int = 0, tokens: Int = 0, dollars: Double? = nil,
    audit: Audit? = nil,
    samples: [Observation] = []
  ) {
    self.ending = ending
    self.pipeline = pipeline
    self.jobID = jobID
    self.items = items
    self.processed = processed
    self.failed = failed
    self.skipped = skipped
    self.unchanged = unchanged
    self.part = part
    self.storedBefore = storedBefore
    self.duration = duration
    self.requests = requests
    self.retries = retries
    self.tokens = tokens
    self.dollars = dollars
    self.audit = audit
    self.samples = samples
  }

  /// Stored items per second since this process joined the run.
  package var ratePerSecond: Double {
    duration > .zero ? Double(processed - storedBefore) / duration.seconds : 0
  }
}

extension RunConditions {
  /// Judges a run whose items are all finished and whose database was audited.
  package func ending(of report: RunReport, audit: Audit) -> RunReport.Ending {
    let faults = audit.faults(among: report.processed)
    guard faults.isEmpty else {
      return .aborted(.auditFailed, faults.joined(separator: "; "))
    }
    var unmet: [String] = []
    let share = Double(report.processed) / Double(max(1, report.items - report.skipped))
    if !processed.holds(for: share) {
      unmet.append("processed \(Quantity.fraction(share).text), wanted \(processed.text)")
    }
    if let rate, !rate.holds(for: report.ratePerSecond) {
      unmet.append("rate \(report.ratePerSecond.short)/s, wanted \(rate.text)")
    }
    if let stuckJobs, !stuckJobs.holds(for: Double(audit.stuckJobs)) {
      unmet.append("stuck jobs \(audit.stuckJobs), wanted \(stuckJobs.text)")
    }
    return unmet.isEmpty
      ? .verified : .aborted(.conditionsUnmet, unmet.joined(separator: "; "))
  }
}
