import Checklist
import Core
import Gate
import Testing

@Suite struct VerdictTests {
  private static let untold = Finding.cannotTell("no answer")
  private static let skipped = Finding.skip(because: "other")

  @Test(
    "One failure that blocks makes a no-go, and a doubt that blocks no more than undecided",
    arguments: [
      ([Finding.pass("p")], Verdict.Decision.go),
      ([.pass("p"), .broken], .noGo), ([untold, .broken], .noGo), ([skipped, .broken], .noGo),
      ([.pass("p"), untold], .undecided), ([.pass("p"), skipped], .undecided),
      ([skipped], .undecided), ([], .undecided),
    ])
  func folds(_ findings: [Finding], _ decision: Verdict.Decision) {
    let outcomes = findings.enumerated().map { Outcome.of("c\($0.offset)", $0.element) }
    #expect(Verdict(outcomes, planned: outcomes.count).decision == decision)
  }

  @Test("A warning of any sort does not block, and is told as one")
  func warnings() {
    let outcomes = [
      Outcome.of("good", .pass("p")), .of("broken", .broken, severity: .warn),
      .of("untold", Self.untold, severity: .warn), .of("fine", .pass("p"), severity: .warn),
    ]
    let verdict = Verdict(outcomes, planned: 4)
    #expect(verdict.decision == .go)
    #expect(verdict.warnings.map(\.check.id) == ["broken", "untold"])
    #expect(verdict.count(.fail) == 1)
    #expect(ExitStatus(verdict, failOnWarnings: false) == .go)
    #expect(ExitStatus(verdict, failOnWarnings: true) == .warnings)
  }

  @Test("An outcome that is missing leaves the verdict undecided")
  func missing() {
    #expect(Verdict([.of("a", .pass("p"))], planned: 2).decision == .undecided)
  }

  @Test("Warnings alone prove nothing")
  func warningsOnly() {
    let outcomes = [Outcome.of("a", .broken, severity: .warn)]
    #expect(Verdict(outcomes, planned: 1).decision == .undecided)
  }

  @Test("Only a go of the whole checklist gives a clearance")
  func clearance() {
    let go = Verdict([.of("a", .pass("p"))], planned: 1).clearance()?.basis
    #expect(go == .verdict)
    for finding in [Finding.broken, Self.untold, Self.skipped] {
      let none = Verdict([.of("a", finding)], planned: 1).clearance()?.basis
      #expect(none == nil)
    }
    let partial = Verdict([.of("a", .pass("p"))], planned: 1, leftOut: 1)
    #expect(partial.decision == .go)
    let ofPart = partial.clearance()?.basis
    #expect(ofPart == nil)
    let ungated = Clearance.ungated().basis
    #expect(ungated == .ungated)
  }

  @Test("Each status of the program has its number and its word")
  func statuses() {
    let numbers = ExitStatus.allCases.map { "\($0.rawValue) \($0.reason)" }
    #expect(
      numbers == [
        "0 go", "1 no-go", "2 undecided", "3 warnings", "4 run-failed", "5 run-undecided",
        "64 usage", "70 internal-fault", "78 invalid-checklist", "130 interrupted",
        "143 terminated",
      ])
    let noGo = Verdict([.of("a", .broken)], planned: 1)
    #expect(ExitStatus(noGo, failOnWarnings: true) == .noGo)
    #expect(ExitStatus(Verdict([], planned: 0), failOnWarnings: true) == .undecided)
  }
}
