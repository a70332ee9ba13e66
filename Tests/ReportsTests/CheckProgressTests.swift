import Core
import Gate
import Reports
import Testing

@Suite struct `The progress of checks` {
  private let dimension = Sample.outcome(
    "dimension", .fail("not equal", expected: "384", observed: "1536", fix: "x"), line: 3,
    milliseconds: 96)
  private let database = Sample.outcome(
    "service.database", .pass("connected"), line: 2, milliseconds: 12)

  private func progress(
    of planned: Int = 3, isTerminal: Bool, style: Style = Style(), secrets: [Secret] = []
  ) -> CheckProgress {
    CheckProgress(
      planned: planned, style: style, isTerminal: isTerminal, redactor: Redactor(secrets))
  }

  @Test func `is drawn over itself on a terminal, a line for each check under way`() {
    var progress = progress(isTerminal: true)
    #expect(
      progress.take(.started(database.check), at: .zero)
        == "  service.database                  0ms\u{1b}[K\n0 of 3 checks done\u{1b}[K\n\u{1b}[J")
    #expect(
      progress.take(.started(dimension.check), at: .milliseconds(1_900))
        == "\u{1b}[2A\r  service.database                  1s\u{1b}[K\n"
        + "  dimension                         0ms\u{1b}[K\n0 of 3 checks done\u{1b}[K\n\u{1b}[J")
    #expect(
      progress.take(.finished(dimension), at: .seconds(2))
        == "\u{1b}[3A\r  service.database                  2s\u{1b}[K\n"
        + "1 of 3 checks done, 1 of them not passed\u{1b}[K\n\u{1b}[J")
    #expect(
      progress.tick(at: .seconds(75))
        == "\u{1b}[2A\r  service.database                  1m 15s\u{1b}[K\n"
        + "1 of 3 checks done, 1 of them not passed\u{1b}[K\n\u{1b}[J")
    #expect(progress.clear() == "\u{1b}[2A\r\u{1b}[J")
    #expect(progress.clear() == "")
  }

  @Test func `never draws a line as wide as the terminal, nor more lines than a few`() {
    let style = Style(isUnicode: false, width: 40)
    var progress = progress(of: 20, isTerminal: true, style: style)
    var text = ""
    for place in 0..<20 {
      let id = "\(place)." + String(repeating: "long", count: 30)
      let outcome = Sample.outcome(id, .pass("fine"), line: 1)
      text = progress.take(.started(outcome.check), at: .zero)
    }
    let lines = text.split(separator: "\n").map { $0.prefix { $0 != "\u{1b}" } }.filter {
      !$0.isEmpty
    }
    #expect(lines.count == 9)
    #expect(lines.map(\.count).max() == 39)
    #expect(
      text.contains("  7.longlonglonglonglonglonglon...  0ms\u{1b}[K\n  and 12 more\u{1b}[K\n"))
  }

  @Test func `is a line for each end elsewhere`() {
    var progress = progress(isTerminal: false)
    #expect(progress.take(.started(database.check), at: .zero) == "")
    #expect(
      progress.take(.finished(database), at: .seconds(1))
        == "[1/3] ✓ service.database: connected (12ms)\n")
    #expect(
      progress.take(.finished(dimension), at: .seconds(1))
        == "[2/3] ✗ dimension: not equal (96ms)\n"
    )
    let skipped = Sample.outcome("a", .skip(because: "dimension"), line: 4)
    #expect(
      progress.take(.finished(skipped), at: .seconds(1))
        == "[3/3] - a: not asked, because dimension does not stand\n")
    #expect(progress.clear() == "")
  }

  @Test func `names a slow check once where no line shows it`() {
    var progress = progress(isTerminal: false)
    _ = progress.take(.started(database.check), at: .seconds(1))
    #expect(progress.tick(at: .milliseconds(10_999)) == "")
    #expect(progress.tick(at: .seconds(11)) == "service.database has been under way for 10s\n")
    #expect(progress.tick(at: .seconds(60)) == "")
  }

  @Test func `shows no secret and no control character`() {
    var progress = progress(isTerminal: false, secrets: [Secret("sk-12345678")])
    let outcome = Sample.outcome("a", .pass("\u{1b}[2Jsk-12345678\n"), line: 4)
    #expect(
      progress.take(.finished(outcome), at: .zero) == "[1/3] ✓ a: \\u001b[2J‹secret›\\n (3ms)\n")
  }
}
