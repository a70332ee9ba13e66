import Checklist
import Core
import Gate
import Testing

@Suite("A waiver") struct WaiverTests {
  private static func outcome(
    _ finding: Finding, severity: CheckSeverity = .block, isOver: Bool = false
  ) throws -> Outcome {
    let until = try #require(Day(text: "2026-11-24"))
    return Outcome(
      check: CheckIdentity(
        id: "waived", kind: "test", title: nil, severity: severity,
        location: SourceLocation(file: "test.yaml", line: 1, column: 1),
        waiver: Waiver(reason: "r", owner: "o", until: until, isOver: isOver)),
      finding: finding, duration: .zero, attempts: 1)
  }

  @Test(
    "lets the gate open although its check did not pass, if another one did",
    arguments: [Finding.broken, .cannotTell("no answer"), .skip(because: "other")])
  func active(_ finding: Finding) throws {
    let outcome = try Self.outcome(finding)
    let verdict = Verdict([outcome, .of("good", .pass("p"))], planned: 2)
    #expect(verdict.decision == .go)
    #expect(verdict.waived.map(\.check.id) == ["waived"])
    #expect(verdict.warnings.isEmpty)
    #expect(outcome.check.waiver?.state(for: outcome) == .active)
    let clearance = verdict.clearance()?.basis
    #expect(clearance == .verdict)
  }

  @Test("proves nothing by itself")
  func alone() throws {
    #expect(Verdict([try Self.outcome(.broken)], planned: 1).decision == .undecided)
  }

  @Test("counts no more after its last day")
  func over() throws {
    let outcome = try Self.outcome(.broken, isOver: true)
    let verdict = Verdict([outcome, .of("good", .pass("p"))], planned: 2)
    #expect(verdict.decision == .noGo)
    #expect(verdict.waived.isEmpty)
    #expect(outcome.check.waiver?.state(for: outcome) == .expired)
  }

  @Test("that nothing needs is a warning", arguments: [true, false])
  func idle(isOver: Bool) throws {
    let outcome = try Self.outcome(.pass("p"), isOver: isOver)
    let verdict = Verdict([outcome], planned: 1)
    #expect(verdict.decision == .go)
    #expect(verdict.warnings.map(\.check.id) == ["waived"])
    #expect(verdict.waived.isEmpty)
    #expect(ExitStatus(verdict, failOnWarnings: true) == .warnings)
    #expect(outcome.check.waiver?.state(for: outcome) == .unused)
  }

  @Test("of a check that only warns takes the warning away")
  func ofWarning() throws {
    let verdict = Verdict(
      [try Self.outcome(.broken, severity: .warn), .of("good", .pass("p"))], planned: 2)
    #expect(verdict.warnings.isEmpty)
    #expect(verdict.waived.count == 1)
  }
}
