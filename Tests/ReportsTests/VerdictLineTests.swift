import Checklist
import Gate
import Monitor
import Reports
import Testing

@Suite struct `The last line` {
  private static let unready = Sample.outcome(
    "a", .fail("m", expected: "1", observed: "2", fix: "x"), severity: .warn, line: 1)

  private static let waived = Sample.outcome(
    "b", .fail("m", expected: "1", observed: "2", fix: "x"), line: 2, waiver: Sample.waiver())

  private static let runs = [
    RunReport(ending: .verified, pipeline: "a", items: 4, processed: 3),
    RunReport(ending: .aborted(.deadline, "late"), pipeline: "b"),
    RunReport(ending: .interrupted, pipeline: "c"),
    RunReport(ending: .nothingToDo, pipeline: "d", unchanged: 2),
    RunReport(ending: .verified, pipeline: "e", items: 2, processed: 2),
    RunReport(ending: .verified, pipeline: "f", items: 1, processed: 1, part: "--items 1"),
  ]

  @Test(arguments: [
    (Sample.report(exit: .undecided), "UNDECIDED: nobody can tell whether the receipt holds"),
    (Sample.report([], exit: .undecided), "UNDECIDED: no check of severity block was asked"),
    (Sample.report(exit: .noGo), "NO-GO: the receipt does not hold"),
    (Sample.report([Self.unready]), "UNDECIDED: no check of severity block was asked"),
    (
      Sample.report([Self.unready], exit: .warnings),
      "WARNINGS: go, with 1 warning"
    ),
    (Sample.report([Self.unready], exit: .go), "GO: 0 blocking checks passed"),
    (Sample.report([Self.waived]), "UNDECIDED: all blocking checks are waived"),
    (
      Sample.report([Self.waived, Sample.outcome("a", .pass("m"), line: 1)]),
      "GO: 1 blocking check passed, 1 waived"
    ),
    (
      Sample.report([Sample.outcome("a", .pass("m"), line: 1)], leftOut: 1),
      "PARTIAL: 1 blocking check passed, 1 check not asked"
    ),
    (
      Sample.report(run: RunReport(ending: .nothingToDo, pipeline: "p"), exit: .go),
      "GO: there was nothing to do"
    ),
    (
      Sample.report(
        run: RunReport(ending: .nothingToDo, pipeline: "p", unchanged: 2), exit: .go),
      "GO: there was nothing to do: 2 rows unchanged"
    ),
    (
      Sample.report(
        run: RunReport(
          ending: .verified, pipeline: "p", items: 5, processed: 5, part: "--items 5"),
        exit: .go),
      "PARTIAL: 5 of 5 items stored, others left out by --items 5"
    ),
    (
      Sample.report(run: RunReport(ending: .nothingToDo, pipeline: "p"), exit: .runUndecided),
      "RUN UNDECIDED: nothing to do"
    ),
    (
      Sample.report(
        run: RunReport(ending: .aborted(.deadline, "late"), pipeline: "p"), exit: .runUndecided),
      "RUN UNDECIDED: aborted, deadline"
    ),
    (
      Sample.report(runs: Self.runs, exit: .runFailed),
      "RUN FAILED: b aborted, deadline; c interrupted"
    ),
    (
      Sample.report(runs: [Self.runs[0], Self.runs[3], Self.runs[4]], exit: .go),
      "VERIFIED: 5 of 6 items stored by 3 pipelines"
    ),
    (
      Sample.report(runs: [Self.runs[0], Self.runs[5]], exit: .go),
      "PARTIAL: 4 of 5 items stored by 2 pipelines, others left out by --items 1"
    ),
    (
      Sample.report(runs: [Self.runs[3], Self.runs[3]], exit: .go),
      "GO: there was nothing to do: 4 rows unchanged"
    ),
    (Sample.report(exit: .runFailed), "RUN FAILED"), (Sample.report(exit: .usage), "WRONG USAGE"),
    (Sample.report(exit: .internalFault), "INTERNAL FAULT"),
    (Sample.report(exit: .invalidChecklist), "INVALID CHECKLIST"),
    (Sample.report(exit: .interrupted), "INTERRUPTED"),
    (Sample.report(exit: .terminated), "TERMINATED"),
  ])
  func `is the verdict, and the next command where there is one`(report: Report, verdict: String) {
    var report = report
    let lines = report.rendered(as: .text, style: Style()).split(separator: "\n")
    #expect(lines.last.map(String.init) == verdict)
    report.next = "preflight jobs"
    let more = report.rendered(as: .text, style: Style()).split(separator: "\n")
    #expect(more.last.map(String.init) == verdict + ". Next: preflight jobs")
  }
}
