package import Checklist
package import Core

/// A planned check together with what it found.
package struct Outcome: Sendable {
  package let check: CheckIdentity
  package let finding: Finding
  package let duration: Duration
  /// How often it was asked; 0 where it was not.
  package let attempts: Int

  package init(check: CheckIdentity, finding: Finding, duration: Duration, attempts: Int) {
    self.check = check
    self.finding = finding
    self.duration = duration
    self.attempts = attempts
  }

  /// Whether somebody answers for its not passing.
  package var isWaived: Bool { finding.status != .pass && check.waiver?.isOver == false }

  /// Whether it has a waiver that nothing needs any more.
  package var hasIdleWaiver: Bool { finding.status == .pass && check.waiver != nil }

  /// Whether it keeps the gate from opening.
  package var isBlocking: Bool {
    check.severity == .block && finding.status != .pass && !isWaived
  }
}

/// Somebody's word that a check need not pass, as it stands on the day of the asking.
package struct Waiver: Sendable, Equatable {
  package let reason: String
  package let owner: String
  /// The last day on which it holds.
  package let until: Day
  /// Whether that day is past, so that the check has to pass like any other.
  package let isOver: Bool

  package init(reason: String, owner: String, until: Day, isOver: Bool) {
    self.reason = reason
    self.owner = owner
    self.until = until
    self.isOver = isOver
  }

  /// What a waiver does for its check.
  package enum State: String, Sendable, CaseIterable {
    case active
    case expired
    /// The check passes without it.
    case unused
  }

  /// What the waiver does for an outcome of its check.
  package func state(for outcome: Outcome) -> State {
    if outcome.finding.status == .pass { return .unused }
    return isOver ? .expired : .active
  }
}

/// What names a check in every report.
package struct CheckIdentity: Sendable, Equatable {
  package let id: String
  package let kind: String
  package let title: String?
  package let severity: CheckSeverity
  package let location: SourceLocation
  package let waiver: Waiver?

  package init(
    id: String, kind: String, title: String?, severity: CheckSeverity, location: SourceLocation,
    waiver: Waiver? = nil
  ) {
    self.id = id
    self.kind = kind
    self.title = title
    self.severity = severity
    self.location = location
    self.waiver = waiver
  }
}
