import Monitor
import Reports
import Testing

@Suite struct `The progress of a run` {
  private func seen(
    _ milliseconds: Int, _ processed: Int, failed: Int = 0, retries: Int = 0,
    isPaused: Bool = false
  ) -> Observation {
    Observation(
      at: .milliseconds(milliseconds), total: 100, processed: processed, failed: failed,
      retries: retries, tokens: processed * 91, isPaused: isPaused)
  }

  private func progress(
    width: Int = 120, isUnicode: Bool = true, isTerminal: Bool = true, price: Double? = 0.02
  ) -> RunProgress {
    RunProgress(
      pipeline: "issues", style: Style(isUnicode: isUnicode, width: width), isTerminal: isTerminal,
      dollarsPerMillionTokens: price)
  }

  @Test func `is a bar that is drawn over itself on a terminal`() {
    var progress = progress()
    #expect(
      progress.take(seen(0, 0))
        == "issues  [░░░░░░░░░░░░░░░░░░░░]  0/100 (0%)  0 failed  0 retries  0 tokens for $0.00"
        + "\u{1b}[K\n\u{1b}[J")
    #expect(
      progress.take(seen(1_000, 39, failed: 1, retries: 1))
        == "\u{1b}[1A\rissues  [████████░░░░░░░░░░░░]  40/100 (40%)  40/s  1.5s left  1 failed  "
        + "1 retry  3549 tokens for $0.000071\u{1b}[K\n\u{1b}[J")
    #expect(progress.clear() == "\u{1b}[1A\r\u{1b}[J")
    #expect(progress.clear() == "")
  }

  @Test(arguments: [
    (
      100,
      "issues  [########............]  40/100 (40%)  40/s  1.5s left  1 failed  1 retry  3549 tokens"
    ),
    (78, "[########............]  40/100 (40%)  40/s  1.5s left  1 failed  1 retry"),
    (60, "issues  40/100 (40%)  40/s  1.5s left  1 failed  1 retry"),
    (40, "40/100 (40%)  40/s  1.5s left  1 failed"),
  ])
  func `leaves out what matters least on a narrow terminal`(width: Int, line: String) {
    var progress = progress(width: width, isUnicode: false, price: nil)
    #expect(
      progress.take(seen(1_000, 39, failed: 1, retries: 1)) == line + "\u{1b}[K\n\u{1b}[J")
  }

  @Test func `takes the rate of the last ten seconds, and none from a standstill`() {
    var progress = progress(isTerminal: false, price: nil)
    _ = progress.take(seen(0, 0))
    _ = progress.take(seen(5_000, 50))
    #expect(
      progress.take(seen(15_000, 60))
        == "issues: 60/100 (60%), 1/s, 40s left, 0 failed, 0 retries, "
        + "5460 tokens\n")
    #expect(
      progress.take(seen(25_000, 60))
        == "issues: 60/100 (60%), 0 failed, 0 retries, 5460 tokens\n")
  }

  @Test func `is a line for every tenth, every five seconds, each pause and the end elsewhere`() {
    var progress = progress(isTerminal: false)
    let observations = [
      seen(0, 0), seen(500, 9), seen(600, 10), seen(700, 19), seen(5_599, 19), seen(5_600, 19),
      seen(5_700, 19, isPaused: true), seen(5_800, 19, isPaused: true), seen(5_900, 19),
      seen(6_000, 95), seen(6_100, 99), seen(6_200, 100), seen(6_300, 100),
    ]
    let times = observations.filter { !progress.take($0).isEmpty }.map(\.at)
    let expected = [0, 600, 5_600, 5_700, 5_900, 6_000, 6_200]
    #expect(times == expected.map { .milliseconds($0) })
  }

  @Test func `says when the provider makes it wait`() {
    var progress = progress(isTerminal: false)
    #expect(
      progress.take(seen(1_000, 10, isPaused: true))
        == "issues: 10/100 (10%), paused by the provider, 10/s, 9s left, 0 failed, 0 retries, "
        + "910 tokens for $0.000018\n")
  }

  @Test func `does not break on a run without items`() {
    var progress = progress(isTerminal: false)
    #expect(
      progress.take(Observation(at: .zero, total: 0))
        == "issues: 0/0 (0%), 0 failed, 0 retries, 0 tokens for $0.00\n")
  }
}
