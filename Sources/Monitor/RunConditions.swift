package import Core

/// When a run counts as healthy: what aborts it, and what verifies it.
package struct RunConditions: Sendable, Equatable {
  package var noProgressFor: Duration
  /// Aborts when it holds for the failed items: for their count where the bound is a number, for
  /// their share where it is a fraction; a bare bound means more than it.
  package var failedItems: Comparison
  /// Items of the first ramp step, of which none may fail; 0 where there is no ramp.
  package var canaryItems: Int
  package var deadline: Duration?
  /// The share of the items that must be stored.
  package var processed: Comparison
  /// Items per second over the whole run.
  package var rate: Comparison?
  package var stuckJobs: Comparison?
  package var allowsEmpty: Bool

  package init(
    noProgressFor: Duration = .seconds(60),
    failedItems: Comparison = Comparison(.above, .fraction(0.02)), canaryItems: Int = 0,
    deadline: Duration? = nil, processed: Comparison = Comparison(.atLeast, .fraction(1)),
    rate: Comparison? = nil, stuckJobs: Comparison? = nil, allowsEmpty: Bool = false
  ) {
    self.noProgressFor = noProgressFor
    self.failedItems = failedItems
    self.canaryItems = canaryItems
    self.deadline = deadline
    self.processed = processed
    self.rate = rate
    self.stuckJobs = stuckJobs
    self.allowsEmpty = allowsEmpty
  }

  /// How long a provider may hold a run up.
  package var longestPause: Duration { noProgressFor * Monitor.throttledStalls }
}
