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

  /// Whether it keeps the gate from opening.
  package var isBlocking: Bool { check.severity == .block && finding.status != .pass }
}

/// What names a check in every report.
package struct CheckIdentity: Sendable, Equatable {
  package let id: String
  package let kind: String
  package let title: String?
  package let severity: CheckSeverity
  package let location: SourceLocation

  package init(
    id: String, kind: String, title: String?, severity: CheckSeverity, location: SourceLocation
  ) {
    self.id = id
    self.kind = kind
    self.title = title
    self.severity = severity
    self.location = location
  }
}
