import Core
import Gate
import Reports
import Testing

@Suite struct `A waiver in a report` {
  private static let broken = Finding.fail(
    "no unique index", expected: "one", observed: "none", fix: "create unique index …;")

  private static func report(_ finding: Finding, isOver: Bool = false) -> Report {
    Sample.report([
      Sample.outcome("good", .pass("fine"), line: 3),
      Sample.outcome("upsert", finding, line: 9, waiver: Sample.waiver(isOver: isOver)),
    ])
  }

  @Test func `is told with its owner, its reason and its last day`() {
    #expect(
      Self.report(Self.broken).rendered(as: .text, style: Style())
        == #"""
        preflight 0.1.0: checklists/embeddings.yaml
        pre-deploy, 2026-11-23T10:00:00Z, 412ms

        ✓ good    fine                                                               3ms

        ~ upsert                                                                     3ms
            checklists/embeddings.yaml:9:5
            no unique index
            expected  one
            observed  none
            waived    until 2026-11-23 (search-team: the index is built on Sunday)
            fix
              create unique index …;

        2 planned = 2 ran + 0 skipped: 1 passed, 1 failed, 0 could not tell; 0 warnings,
        1 waived
        GO: 1 blocking check passed, 1 waived

        """#)
  }

  @Test(arguments: [
    (broken, true, "✗", "was until 2026-11-23, and counts no more"),
    (Finding.pass("fine"), false, "!", "not needed any more: take `waive` out"),
    (Finding.skip(because: "good"), false, "~", "until 2026-11-23"),
  ])
  func `says what became of it`(
    _ finding: Finding, _ isOver: Bool, _ glyph: String, _ state: String
  ) {
    let text = Self.report(finding, isOver: isOver)
      .rendered(as: .text, style: Style(width: 200))
    #expect(text.contains("\(glyph) upsert"))
    #expect(
      text.contains("    waived    \(state) (search-team: the index is built on Sunday)\n"),
      "\(text)")
  }

  @Test(arguments: [
    (broken, false, "active", 1, 0), (broken, true, "expired", 0, 0),
    (Finding.pass("fine"), true, "unused", 0, 1),
  ])
  func `stands whole in JSON`(
    _ finding: Finding, _ isOver: Bool, _ state: String, _ waived: Int, _ warnings: Int
  ) throws {
    let text = Self.report(finding, isOver: isOver).rendered(as: .json, style: Style())
    #expect(
      text.contains(
        """
              "waiver": {
                "reason": "the index is built on Sunday",
                "owner": "search-team",
                "until": "2026-11-23",
                "state": "\(state)"
              },
        """), "\(text)")
    #expect(text.contains("\"warnings\": \(warnings),\n    \"waived\": \(waived)\n"))
  }
}
