internal import Synchronization

/// How many items of a run may be begun: a few first, more when those are stored.
final class Ramp: Sendable {
  /// How many items of the run each step lets through, in growing order.
  private let totals: [Int]
  private let step = Mutex(0)

  /// - Parameter totals: of each step; after the last one everything may be begun.
  init(totals: [Int]) {
    self.totals = totals
  }

  /// How many items may be begun now, or nil for all.
  var limit: Int? {
    step.withLock { totals.indices.contains($0) ? totals[$0] : nil }
  }

  /// Goes to the step that follows from how many items are finished; never back.
  ///
  /// - Parameter finished: of the whole run.
  /// - Returns: whether the last limit has just fallen.
  func advance(finished: Int) -> Bool {
    step.withLock { step in
      let before = step
      step = max(step, totals.firstIndex { $0 > finished } ?? totals.count)
      return step != before && step == totals.count
    }
  }
}

/// A wish, from outside, that a run ends soon: what is under way is finished, nothing is begun.
package final class StopRequest: Sendable {
  private let requested = Mutex(false)

  package init() {}

  package var isRequested: Bool { requested.withLock { $0 } }

  package func request() { requested.withLock { $0 = true } }
}
