import Checklist
import Core
import FoundationEssentials
import Gate
import Monitor
import Reports
import Testing

@Suite struct `A JSON report` {
  private func decoded(_ report: Report) throws -> DecodedReport {
    let document = report.rendered(as: .json, style: Style())
    return try JSONDecoder().decode(DecodedReport.self, from: Data(document.utf8))
  }

  @Test func `of checks and a verified run is this document`() {
    #expect(Sample.excerpt.rendered(as: .json, style: Style()) == GoldenJSON.verified)
  }

  @Test func `of an aborted run is this document`() {
    #expect(Sample.aborted.rendered(as: .json, style: Style()) == GoldenJSON.aborted)
  }

  @Test func `does not depend on the style`() {
    let other = Style(isColored: true, isUnicode: false, width: 60, isVerbose: true)
    #expect(
      Sample.postmortem.rendered(as: .json, style: other)
        == Sample.postmortem.rendered(as: .json, style: Style()))
  }

  @Test func `says the same to a decoder as the outcomes do`() throws {
    let report = try decoded(Sample.postmortem)
    let verdict = try #require(Sample.postmortem.verdict)
    #expect(report.checks.map(\.id) == verdict.outcomes.map(\.check.id))
    #expect(report.checks.map(\.status) == verdict.outcomes.map(\.finding.status.rawValue))
    #expect(report.checks.map(\.severity) == verdict.outcomes.map(\.check.severity.rawValue))
    #expect(report.checks.map(\.expected) == verdict.outcomes.map(\.finding.expected))
    #expect(report.checks.map(\.observed) == verdict.outcomes.map(\.finding.observed))
    #expect(report.checks.map(\.message) == verdict.outcomes.map(\.finding.message))
    #expect(report.checks.map(\.fix) == verdict.outcomes.map(\.finding.fix))
    #expect(report.checks.map(\.because) == verdict.outcomes.map(\.finding.because))
    #expect(report.checks.map(\.location.line) == verdict.outcomes.map(\.check.location.line))
    #expect(
      report.summary
        == .init(planned: 10, pass: 1, fail: 7, error: 1, skip: 1, warnings: 2, waived: 0))
    #expect(report.exit == .init(code: 1, reason: "no-go"))
    #expect(
      Sample.postmortem.rendered(as: .json, style: Style()).hasSuffix(
        "  ],\n  \"run\": null,\n  \"runs\": []\n}\n"))
  }

  @Test func `writes evidence by its type, in the order of its names`() {
    #expect(
      Sample.healthy.rendered(as: .json, style: Style()).contains(
        """
              "evidence": {
                "indexes": [
                  "issues_embedding_idx"
                ],
                "probe": 384,
                "searched": false
              }
        """))
  }

  @Test func `writes null for a digest that is not known and an audit that was not made`() {
    var report = Sample.report(
      run: RunReport(ending: .nothingToDo, pipeline: "issues"), exit: .runUndecided)
    report.checklistDigest = nil
    let document = report.rendered(as: .json, style: Style())
    for line in [
      #""digest": null"#, #""checks": [],"#, #""verdict": "nothing-to-do","#, #""reason": null,"#,
      #""job_id": null,"#, #""cost_usd": null,"#, #""audit": null,"#, #""samples": []"#,
    ] {
      #expect(document.contains(line), "\(line)")
    }
  }

  @Test func `writes null for a number that is none`() {
    let finding = Finding.pass("odd", evidence: ["a": .number(.nan), "b": .number(-.infinity)])
    let document = Sample.report([Sample.outcome("odd", finding, line: 1)])
      .rendered(as: .json, style: Style())
    #expect(document.contains("\"a\": null,\n        \"b\": null\n"))
  }

  @Test func `thins out the samples of a long run, and keeps the first and the last`() throws {
    var run = Sample.verifiedRun
    run.samples = (0..<12_345).map { Observation(at: .seconds($0), total: 1, processed: $0) }
    let samples = try #require(decoded(Sample.report(run: run)).run).samples
    #expect(samples.count == ReportLimit.samples)
    #expect(samples.first == .init(at_ms: 0, processed: 0, failed: 0, in_flight: 0))
    #expect(samples.last == .init(at_ms: 12_344_000, processed: 12_344, failed: 0, in_flight: 0))
  }

  @Test(arguments: ProgramStatus.allCases)
  func `carries every exit status with its reason`(status: ProgramStatus) throws {
    #expect(
      try decoded(Sample.report([], exit: status)).exit
        == .init(code: Int(status.rawValue), reason: status.reason))
  }
}
