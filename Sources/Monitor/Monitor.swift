internal import Core

/// What is to happen with a run after an observation.
package enum Ruling: Sendable, Equatable {
  case proceed
  case abort(AbortReason, String)
}

/// Watches a run by its observations alone: no clock, no network, no database.
package struct Monitor: Sendable {
  /// With fewer finished items their failed share says little; the share of all is judged instead.
  package static let itemsForShare = 200
  /// A run that a provider holds up is given up after this many times the stall limit.
  static let throttledStalls = 10.0

  private let conditions: RunConditions
  private var latest: Observation?
  private var idle: Duration = .zero
  private var idleWithPauses: Duration = .zero

  package init(_ conditions: RunConditions) {
    self.conditions = conditions
  }

  /// Takes in one observation and rules on the run; one older than the last one rules nothing.
  package mutating func observe(_ observation: Observation) -> Ruling {
    let previous = latest
    if let previous, observation.at < previous.at { return .proceed }
    latest = observation
    let passed = observation.at - (previous?.at ?? observation.at)
    if observation.finished > (previous?.finished ?? 0) {
      (idle, idleWithPauses) = (.zero, .zero)
    } else {
      // A known pause is not a stall, and after it the stall's time begins anew; but pauses must
      // not go on for ever either. An endpoint that has not answered yet is in no outage: nobody
      // knows that it will ever answer.
      idleWithPauses += passed
      let isExcused = observation.isPaused && !(observation.isOut && observation.finished == 0)
      idle = isExcused ? .zero : idle + passed
    }
    return failures(in: observation) ?? stall(in: observation) ?? lateness(of: observation)
      ?? .proceed
  }

  private func failures(in seen: Observation) -> Ruling? {
    guard seen.failed > 0 else { return nil }
    if seen.finished <= conditions.canaryItems {
      return .abort(
        .canaryFailed,
        "\(seen.failed) of the first \(conditions.canaryItems) items failed" + cause(seen))
    }
    // Nobody who writes `5%` here means to let 6 % pass.
    let limit =
      conditions.failedItems.relation == .equal
      ? Comparison(.above, conditions.failedItems.bound) : conditions.failedItems
    let counted = counted(in: seen, against: limit.bound)
    guard limit.holds(for: counted.magnitude) else { return nil }
    let share = if case .number = counted { "" } else { ", \(counted.text)" }
    return .abort(
      .failedItems,
      "\(seen.failed.counted("item")) failed\(share); the run stops at \(limit.text)" + cause(seen))
  }

  /// The failed items as the bound counts them: one by one, or their share.
  private func counted(in seen: Observation, against bound: Quantity) -> Quantity {
    if case .number = bound { return .number(Double(seen.failed)) }
    let shareOfAll = Double(seen.failed) / Double(max(1, seen.total))
    let shareSoFar = Double(seen.failed) / Double(seen.processed + seen.failed)
    return .fraction(
      seen.finished >= Monitor.itemsForShare ? max(shareOfAll, shareSoFar) : shareOfAll)
  }

  private func stall(in seen: Observation) -> Ruling? {
    guard seen.finished < seen.total else { return nil }
    if idle >= conditions.noProgressFor {
      return .abort(
        .noProgress,
        "no item was finished for \(idle.text), \(seen.finished) of \(seen.total) done"
          + cause(seen))
    }
    if idleWithPauses >= conditions.longestPause {
      return seen.isOut
        ? .abort(
          .noProgress,
          "the endpoint failed for \(idleWithPauses.text), \(seen.finished) of \(seen.total) done"
            + cause(seen))
        : .abort(
          .throttled,
          "the provider's rate limit let no item through for \(idleWithPauses.text)" + cause(seen))
    }
    return nil
  }

  private func lateness(of seen: Observation) -> Ruling? {
    guard let deadline = conditions.deadline, seen.at >= deadline, seen.finished < seen.total
    else { return nil }
    let reason = seen.isPaused && !seen.isOut ? AbortReason.throttled : .deadline
    return .abort(
      reason,
      "\(seen.finished) of \(seen.total) items were done when the deadline of \(deadline.text) came"
        + cause(seen))
  }

  private func cause(_ seen: Observation) -> String {
    seen.latestFault.map { "; the latest fault: \($0)" } ?? ""
  }
}
