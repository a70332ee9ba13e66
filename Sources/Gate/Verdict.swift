internal import Checklist

/// What the outcomes add up to.
package struct Verdict: Sendable {
  /// Whether the gate opens.
  package enum Decision: String, Sendable {
    case go
    case noGo = "no-go"
    case undecided
  }

  package let outcomes: [Outcome]
  /// How many checks the plan had.
  package let planned: Int
  /// How many of the checklist's checks a person left out of the plan.
  package let leftOut: Int
  package let decision: Decision

  /// Folds the outcomes of a plan that had this many checks.
  ///
  /// It is *go* only where every blocking check was asked and passed, and there was one at all; a
  /// blocking failure makes it *no-go*; everything else is *undecided*.
  package init(_ outcomes: [Outcome], planned: Int, leftOut: Int = 0) {
    self.outcomes = outcomes
    self.planned = planned
    self.leftOut = leftOut
    let blocking = outcomes.filter(\.isBlocking)
    let mayBlock = outcomes.contains { $0.check.severity == .block }
    if blocking.contains(where: { $0.finding.status == .fail }) {
      decision = .noGo
    } else if !blocking.isEmpty || !mayBlock || outcomes.count != planned {
      decision = .undecided
    } else {
      decision = .go
    }
  }

  /// How many outcomes have this status, of whatever severity.
  package func count(_ status: Status) -> Int {
    outcomes.count { $0.finding.status == status }
  }

  /// The outcomes that did not pass and do not block.
  package var warnings: [Outcome] {
    outcomes.filter { $0.check.severity == .warn && $0.finding.status != .pass }
  }

  /// Whether it speaks for a part of the checklist only.
  package var isPartial: Bool { leftOut > 0 }

  /// The pass through the gate, which only a *go* of the whole checklist gives, once for each call.
  package func clearance() -> Clearance? {
    decision == .go && !isPartial ? Clearance(.verdict) : nil
  }
}

/// Leave to start the runner: made by a *go*, used up by one run.
package struct Clearance: ~Copyable, Sendable {
  /// What gave the leave.
  package enum Basis: String, Sendable {
    case verdict
    /// The person asked to run without the gate.
    case ungated
  }

  package let basis: Basis

  fileprivate init(_ basis: Basis) {
    self.basis = basis
  }

  /// Leave without a gate, for a run that a person explicitly asked for that way.
  package static func ungated() -> Clearance {
    Clearance(.ungated)
  }
}
