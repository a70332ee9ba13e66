import Core
import Monitor
import Testing

@Suite struct `The end of a run` {
  private let clean = Audit(selfSearch: .pass)

  private func ending(
    _ conditions: RunConditions = RunConditions(), items: Int = 100, processed: Int = 100,
    failed: Int = 0, skipped: Int = 0, duration: Duration = .seconds(10), audit: Audit
  ) -> RunReport.Ending {
    let report = RunReport(
      ending: .interrupted, pipeline: "issues", items: items, processed: processed, failed: failed,
      skipped: skipped, duration: duration)
    return conditions.ending(of: report, audit: audit)
  }

  @Test func `is verified where the audit is clean and the conditions hold`() {
    let conditions = RunConditions(
      rate: Comparison(.atLeast, .perSecond(10)), stuckJobs: Comparison(.equal, .number(0)))
    #expect(ending(conditions, audit: clean) == .verified)
  }

  @Test func `does not ask for items whose rows are gone`() {
    #expect(ending(processed: 98, skipped: 2, audit: clean) == .verified)
  }

  @Test func `names every condition that does not hold`() {
    let conditions = RunConditions(
      processed: Comparison(.atLeast, .fraction(0.99)), rate: Comparison(.atLeast, .perSecond(10)),
      stuckJobs: Comparison(.equal, .number(0)))
    #expect(
      ending(
        conditions, processed: 98, failed: 2, audit: Audit(selfSearch: .pass, stuckJobs: 1))
        == .aborted(
          .conditionsUnmet,
          "processed 98%, wanted >= 99%; rate 9.8/s, wanted >= 10/s; stuck jobs 1, wanted 0"))
  }

  @Test func `has no rate where it took no time`() {
    let report = RunReport(ending: .verified, pipeline: "issues", items: 1, processed: 1)
    #expect(report.ratePerSecond == 0)
  }

  @Test func `trusts the audit over every counter`() {
    let audit = Audit(
      missing: 3, wrongDimension: 2, zeroNorm: 1, duplicates: 4, selfSearch: .fail,
      jobRow: "the job row says 100, stored are 97")
    #expect(
      ending(audit: audit)
        == .aborted(
          .auditFailed,
          "3 stored items have no current vector; 2 vectors have a wrong dimension; "
            + "1 vector has no direction (norm 0 or not finite); "
            + "4 vectors stand at more than one text; "
            + "stored rows are not found first by their own vectors; "
            + "the job row says 100, stored are 97"))
  }

  @Test(arguments: [
    (0, 0, Audit.SelfSearch.notRun), (1, 1, .pass), (0, 1, .fail), (1, 2, .fail), (2, 2, .pass),
    (3, 5, .pass), (2, 5, .fail), (5, 5, .pass),
  ])
  func `forgives an index that misses fewer than half of the rows searched for`(
    found: Int, searched: Int, verdict: Audit.SelfSearch
  ) {
    #expect(Audit.SelfSearch(found: found, of: searched) == verdict)
  }

  @Test(arguments: [
    (1, 200, []), (1, 1, []), (2, 200, ["2 vectors stand at more than one text"]),
    (1, 2, ["1 vector stands at more than one text"]),
  ])
  func `forgives equal vectors below a hundredth`(duplicates: Int, items: Int, faults: [String]) {
    let audit = Audit(duplicates: duplicates, selfSearch: .pass)
    #expect(audit.faults(among: items) == faults)
  }

  @Test func `is not verified where no stored row could be searched for`() {
    #expect(
      ending(audit: Audit(selfSearch: .notRun))
        == .aborted(.auditFailed, "no stored row could be searched for"))
  }

  @Test func `comes with the states that are final, and no others`() {
    #expect(
      RunState.allCases.filter(\.isFinal) == [.verified, .aborted, .interrupted, .nothingToDo])
  }
}
