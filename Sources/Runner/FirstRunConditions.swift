package import Checklist
internal import Core
package import Monitor

extension RunConditions {
  /// The conditions of a checklist's first run.
  package init(_ declared: FirstRun) {
    self.init(
      noProgressFor: declared.abortWhen.noProgressFor,
      failedItems: declared.abortWhen.failedItems, canaryItems: declared.rampTotals.first ?? 0,
      deadline: declared.deadline, processed: declared.verifiedWhen.processed,
      rate: declared.verifiedWhen.rate, stuckJobs: declared.verifiedWhen.stuckJobs,
      allowsEmpty: declared.allowEmpty)
  }

  /// The conditions of everyday runs: an empty queue is well, and so are a few failed items.
  ///
  /// - Parameter declared: the first run's, whose limits on stalls and failures hold every day.
  package init(everydayAfter declared: FirstRun?) {
    self.init(allowsEmpty: true)
    processed = Comparison(.atLeast, .fraction(0))
    guard let declared else { return }
    noProgressFor = declared.abortWhen.noProgressFor
    failedItems = declared.abortWhen.failedItems
  }
}

extension FirstRun {
  /// How many items may be begun before those are finished, step by step.
  package var rampTotals: [Int] {
    ramp.compactMap { step in
      if case .items(let items) = step { items } else { nil }
    }
  }
}
