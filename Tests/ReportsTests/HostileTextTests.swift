import Core
import FoundationEssentials
import Gate
import Monitor
import Reports
import Testing

@Suite struct `Text from others` {
  /// Moves the cursor, starts a line of its own, turns the writing around, and goes on for ever.
  static let hostile =
    "\u{1b}[2J\u{1b}]0;owned\u{7}\r\n✓ all is well\u{202e}\u{9b}31m\u{7f}\u{2028}"
    + String(repeating: "a\u{301}", count: 50_000)

  private static let report = Sample.report(
    [
      Sample.outcome(
        "key.openai",
        .fail(
          hostile, expected: hostile, observed: hostile, fix: hostile,
          evidence: [hostile: .text(hostile), "list": .list(Array(repeating: hostile, count: 500))]),
        title: hostile, line: 3),
      Sample.outcome("odd", .pass(hostile), line: 4),
      Sample.outcome(hostile, .skip(because: hostile), kind: hostile, line: 5),
    ],
    run: RunReport(
      ending: .aborted(.badReplies, hostile), pipeline: hostile, jobID: hostile,
      audit: Audit(selfSearch: .pass, jobRow: hostile)),
    next: hostile)

  private func isActive(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0a: false
    case ..<0x20, 0x7f...0x9f, 0x2028, 0x2029, 0x202a...0x202e: true
    default: false
    }
  }

  @Test(arguments: ReportFormat.allCases)
  func `never acts on the terminal, in any format`(format: ReportFormat) {
    let document = Self.report.rendered(as: format, style: Style(isVerbose: true))
    #expect(document.unicodeScalars.first(where: isActive) == nil)
  }

  @Test(arguments: ReportFormat.allCases)
  func `is bounded, in any format`(format: ReportFormat) {
    let document = Self.report.rendered(as: format, style: Style(isVerbose: true))
    #expect(document.utf8.count < 600_000)
  }

  @Test func `stays valid JSON and keeps its meaning`() throws {
    let document = Self.report.rendered(as: .json, style: Style())
    let report = try JSONDecoder().decode(DecodedReport.self, from: Data(document.utf8))
    let message = try #require(report.checks.first).message
    #expect(message.hasPrefix("\u{1b}[2J\u{1b}]0;owned\u{7}\r\n✓ all is well\u{202e}"))
    #expect(message.unicodeScalars.count == ReportLimit.textScalars + 1)
  }

  @Test func `cannot pretend to be a line of the report`() {
    let document = Sample.report([
      Sample.outcome("a", .cannotTell("x\n✓ b  fine\u{1b}[0m\ty"), line: 3)
    ]).rendered(as: .text, style: Style())
    #expect(document.contains("\n    x\\n✓ b  fine\\u001b[0m\\ty\n"))
  }

  @Test func `keeps the spaces that a value has, and shows an empty one`() {
    let document = Sample.report([
      Sample.outcome(
        "a", .fail("m", expected: "", observed: "  two  spaces", fix: "x\n\n\ty \u{1b}\n\n"),
        line: 3)
    ]).rendered(as: .text, style: Style())
    #expect(
      document.contains(
        "    expected  \"\"\n    observed    two  spaces\n    fix\n      x\n\n      \ty \\u001b\n\n1 pl"
      ))
  }

  @Test(arguments: ReportFormat.allCases, [40, 60, 80])
  func `shows no secret, not even where it would be wrapped or cut`(
    format: ReportFormat, width: Int
  ) {
    let secret = "correct horse battery staple"
    let filler = String(repeating: "x", count: ReportLimit.textScalars - 10)
    let finding = Finding.fail(
      "the key is \(secret) and not another", expected: filler + secret, observed: secret,
      fix: "export KEY='\(secret)'", evidence: [secret: .list([secret])])
    let report = Sample.report(
      [
        Sample.outcome("key", finding, title: secret, line: 3),
        Sample.outcome("odd", .pass("the key is \(secret)"), line: 4),
      ],
      run: RunReport(ending: .aborted(.wrongKey, secret), pipeline: secret), next: secret,
      secrets: [Secret(secret)])
    let document = report.rendered(as: format, style: Style(width: width, isVerbose: true))
    for word in ["horse", "battery", "staple", "correct"] {
      #expect(!document.contains(word))
    }
    #expect(document.contains(Redactor.mark))
  }
}
