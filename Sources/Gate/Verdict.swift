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
  /// It is *go* only where every blocking check was asked and passed or is waived, and one did pass;
  /// a blocking failure makes it *no-go*; everything else is *undecided*.
  package init(_ outcomes: [Outcome], planned: Int, leftOut: Int = 0) {
    self.outcomes = outcomes
    self.planned = planned
    self.leftOut = leftOut
    let blocking = outcomes.filter(\.isBlocking)
    let proves = outcomes.contains { $0.check.severity == .block && $0.finding.status == .pass }
    if blocking.contains(where: { $0.finding.status == .fail }) {
      decision = .noGo
    } else if !blocking.isEmpty || !proves || outcomes.count != planned {
      decision = .undecided
    } else {
      decision = .go
    }
  }

  /// How many outcomes have this status, of whatever severity.
  package func count(_ status: Status) -> Int {
    outcomes.count { $0.finding.status == status }
  }

  /// The outcomes that somebody should see to although they do not block: those of severity *warn*
  /// that did not pass, and those whose waiver is not needed any more.
  package var warnings: [Outcome] {
    outcomes.filter { outcome in
      outcome.hasIdleWaiver
        || outcome.check.severity == .warn && outcome.finding.status != .pass && !outcome.isWaived
    }
  }

  /// The outcomes that did not pass, and for which somebody answers.
  package var waived: [Outcome] { outcomes.filter(\.isWaived) }

  /// Whether it speaks for a part of the checklist only.
  package var isPartial: Bool { leftOut > 0 }

  /// The pass through the gate, which only a *go* of the whole checklist gives, once for each call.
  package func clearance() -> Clearance? {
    decision == .go && !isPartial ? Clearance(.verdict) : nil
  }
}

/// Leave to start the runner: made by a *go* or its receipt, used up by one run.
package struct Clearance: ~Copyable, Sendable {
  /// What gave the leave.
  package enum Basis: String, Sendable {
    case verdict
    /// A *go* that was given earlier, of the same checklist before the same target.
    case receipt
    /// The person asked to run without the gate.
    case ungated
  }

  package let basis: Basis

  init(_ basis: Basis) {
    self.basis = basis
  }

  /// Leave without a gate, for a run that a person explicitly asked for that way.
  package static func ungated() -> Clearance {
    Clearance(.ungated)
  }
}
