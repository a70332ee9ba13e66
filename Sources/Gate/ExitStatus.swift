/// How the program ends, with the number that a shell sees.
///
/// The numbers from 64 are those of BSD's `sysexits.h`; 130 and 143 are a shell's for SIGINT and
/// SIGTERM.
package enum ExitStatus: Int32, Sendable, CaseIterable {
  case go = 0
  case noGo = 1
  case undecided = 2
  case warnings = 3
  case runFailed = 4
  case runUndecided = 5
  case usage = 64
  case internalFault = 70
  case invalidChecklist = 78
  case interrupted = 130
  case terminated = 143

  /// The status of a verdict; warnings count only where they were asked to.
  package init(_ verdict: Verdict, failOnWarnings: Bool) {
    switch verdict.decision {
    case .noGo: self = .noGo
    case .undecided: self = .undecided
    case .go: self = failOnWarnings && !verdict.warnings.isEmpty ? .warnings : .go
    }
  }

  /// The word that stands beside the number in a report.
  package var reason: String {
    switch self {
    case .go: "go"
    case .noGo: "no-go"
    case .undecided: "undecided"
    case .warnings: "warnings"
    case .runFailed: "run-failed"
    case .runUndecided: "run-undecided"
    case .usage: "usage"
    case .internalFault: "internal-fault"
    case .invalidChecklist: "invalid-checklist"
    case .interrupted: "interrupted"
    case .terminated: "terminated"
    }
  }
}
