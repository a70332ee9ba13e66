package import Checklist
package import Core

/// What a *go* was about and when it was given, for a run that comes later.
package struct Receipt: Sendable, Equatable {
  package let toolVersion: String
  package let checklistPath: String
  /// As the checklist's own `digest`.
  package let checklistDigest: String
  package let phase: Phase
  package let issuedAt: Timestamp
  /// Whether it speaks for a part of the checklist only.
  package let isPartial: Bool
  /// Whether somebody had the gate opened although it would not have.
  package let isForced: Bool
  /// The checks that did not pass and that somebody answers for.
  package let waived: [String]
  package let target: TargetIdentity

  package init(
    toolVersion: String, checklistPath: String, checklistDigest: String, phase: Phase,
    issuedAt: Timestamp, isPartial: Bool, isForced: Bool, waived: [String], target: TargetIdentity
  ) {
    self.toolVersion = toolVersion
    self.checklistPath = checklistPath
    self.checklistDigest = checklistDigest
    self.phase = phase
    self.issuedAt = issuedAt
    self.isPartial = isPartial
    self.isForced = isForced
    self.waived = waived
    self.target = target
  }

  /// The receipt of a verdict; nil where that does not open the gate, or speaks for a part only.
  ///
  /// - Parameters:
  ///   - verdict: What the gate found.
  ///   - checklist: What it was asked.
  ///   - phase: In which part of a delivery.
  ///   - target: Whom.
  ///   - toolVersion: This program's version.
  ///   - now: When.
  /// - Returns: A receipt that the same checklist before the same target accepts for a while.
  package static func of(
    _ verdict: Verdict, _ checklist: Checklist, in phase: Phase, target: TargetIdentity,
    toolVersion: String, at now: Timestamp
  ) -> Receipt? {
    guard verdict.decision == .go, !verdict.isPartial else { return nil }
    return Receipt(
      toolVersion: toolVersion, checklistPath: checklist.path, checklistDigest: checklist.digest,
      phase: phase, issuedAt: now, isPartial: false, isForced: false,
      waived: verdict.waived.map(\.check.id), target: target)
  }

  /// Why a receipt does not clear a run.
  package enum Refusal: Sendable, Equatable {
    case old(age: Duration, limit: Duration)
    /// It was given at a time that has not come yet, by this machine's clock.
    case ofTheFuture(Timestamp)
    case partial
    case forced
    case ofOtherChecklist(String)
    case ofOtherPhase(Phase, wanted: Phase)
    case ofOtherTarget([String])

    package var message: String {
      switch self {
      case .old(let age, let limit): "it is \(age.text) old, and may be at most \(limit.text)"
      case .ofTheFuture(let time): "it was given at \(time.rfc3339), which has not come yet"
      case .partial: "it is of a part of the checklist only"
      case .forced: "the gate was forced open for it"
      case .ofOtherChecklist(let path):
        "it is of another checklist, or of \(path) as it was before it was changed"
      case .ofOtherPhase(let phase, let wanted):
        "it is of the phase \(phase.rawValue), not of \(wanted.rawValue)"
      case .ofOtherTarget(let differences):
        "it is of another target: \(differences.joined(separator: "; "))"
      }
    }
  }

  /// All that speaks against a receipt, at least one reason.
  package struct Refused: Error, Sendable, Equatable {
    package let reasons: [Refusal]
  }

  /// How far clocks may go apart before a receipt is one of the future.
  private static let clockTolerance = Duration.seconds(60)

  /// Leave to start one run, where nothing speaks against the receipt.
  ///
  /// - Parameters:
  ///   - checklist: What the run would be of.
  ///   - phase: The part of a delivery that must have been proved.
  ///   - target: What the run would write to, as it is now.
  ///   - limit: The greatest age.
  ///   - now: The time.
  /// - Returns: The leave.
  /// - Throws: Everything that speaks against the receipt.
  package func clearance(
    for checklist: Checklist, in phase: Phase, target: TargetIdentity, olderThan limit: Duration,
    at now: Timestamp
  ) throws(Refused) -> Clearance {
    let age = Duration.milliseconds(now.milliseconds - issuedAt.milliseconds)
    var reasons: [Refusal] = []
    if age > limit { reasons.append(.old(age: age, limit: limit)) }
    if age < .zero - Receipt.clockTolerance { reasons.append(.ofTheFuture(issuedAt)) }
    if isPartial { reasons.append(.partial) }
    if isForced { reasons.append(.forced) }
    if checklistDigest != checklist.digest { reasons.append(.ofOtherChecklist(checklist.path)) }
    if self.phase != phase { reasons.append(.ofOtherPhase(self.phase, wanted: phase)) }
    let differences = self.target.differences(to: target)
    if !differences.isEmpty { reasons.append(.ofOtherTarget(differences)) }
    guard reasons.isEmpty else { throw Refused(reasons: reasons) }
    return Clearance(.receipt)
  }
}
