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
  package let decision: Decision

  /// Folds the outcomes of a plan that had this many checks.
  ///
  /// It is *go* only where every blocking check was asked and passed, and there was one at all; a
  /// blocking failure makes it *no-go*; everything else is *undecided*.
  package init(_ outcomes: [Outcome], planned: Int) {
    self.outcomes = outcomes
    self.planned = planned
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

  /// The pass through the gate, which only *go* gives, once for each call.
  package func clearance() -> Clearance? {
    decision == .go ? Clearance(.verdict) : nil
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
