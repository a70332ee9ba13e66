import Core
import Monitor
import Testing

@Suite struct `The monitor` {
  /// The first ruling that is not to proceed, or to proceed after them all.
  private func ruling(_ conditions: RunConditions, _ observations: [Observation]) -> Ruling {
    var monitor = Monitor(conditions)
    for observation in observations {
      let ruling = monitor.observe(observation)
      if ruling != .proceed { return ruling }
    }
    return .proceed
  }

  private func seen(
    _ seconds: Int, of total: Int = 100, _ processed: Int, failed: Int = 0, skipped: Int = 0,
    isPaused: Bool = false, isOut: Bool = false, fault: String? = nil
  ) -> Observation {
    Observation(
      at: .seconds(seconds), total: total, processed: processed, failed: failed, skipped: skipped,
      isPaused: isPaused, isOut: isOut, latestFault: fault)
  }

  @Test func `lets a run that gets on go on`() {
    #expect(
      ruling(RunConditions(), [seen(0, 0), seen(50, 1), seen(100, 2), seen(150, 100)]) == .proceed)
  }

  // MARK: failed items

  @Test func `aborts at a failure among the first items of the ramp`() {
    #expect(
      ruling(RunConditions(canaryItems: 20), [seen(1, 19, failed: 1, fault: "400 bad input")])
        == .abort(
          .canaryFailed, "1 of the first 20 items failed; the latest fault: 400 bad input"))
  }

  @Test func `judges a failure behind the ramp by the conditions`() {
    #expect(ruling(RunConditions(canaryItems: 20), [seen(1, 20, failed: 1)]) == .proceed)
  }

  @Test func `aborts when the failed share of all items is above its bound, not at it`() {
    #expect(ruling(RunConditions(), [seen(1, 10, failed: 2)]) == .proceed)
    #expect(
      ruling(RunConditions(), [seen(1, 10, failed: 3)])
        == .abort(.failedItems, "3 items failed, 3%; the run stops at > 2%"))
  }

  @Test func `judges the share of the finished items once there are enough of them`() {
    #expect(ruling(RunConditions(), [seen(1, of: 10_000, 194, failed: 5)]) == .proceed)
    #expect(
      ruling(RunConditions(), [seen(1, of: 10_000, 195, failed: 5)])
        == .abort(.failedItems, "5 items failed, 2.5%; the run stops at > 2%"))
  }

  @Test func `counts the failed items where the bound is a number`() {
    let conditions = RunConditions(failedItems: Comparison(.above, .number(3)))
    #expect(ruling(conditions, [seen(1, of: 5, 0, failed: 3)]) == .proceed)
    #expect(
      ruling(conditions, [seen(1, of: 10_000, 9_000, failed: 4)])
        == .abort(.failedItems, "4 items failed; the run stops at > 3"))
  }

  @Test(arguments: [
    (Comparison(.equal, .number(0)), 1, "1 item failed; the run stops at > 0"),
    (Comparison(.equal, .fraction(0.05)), 6, "6 items failed, 6%; the run stops at > 5%"),
    (Comparison(.atLeast, .number(2)), 2, "2 items failed; the run stops at >= 2"),
  ])
  func `reads a bare bound as more than it`(bound: Comparison, failed: Int, message: String) {
    let conditions = RunConditions(failedItems: bound)
    #expect(ruling(conditions, [seen(1, 50, failed: failed - 1)]) == .proceed)
    #expect(ruling(conditions, [seen(1, 50, failed: failed)]) == .abort(.failedItems, message))
  }

  // MARK: no progress

  @Test func `aborts when nothing was finished for as long as the limit`() {
    let start = [seen(0, 0), seen(5, 7)]
    #expect(ruling(RunConditions(), start + [seen(64, 7)]) == .proceed)
    #expect(
      ruling(RunConditions(), start + [seen(64, 7), seen(65, 7)])
        == .abort(.noProgress, "no item was finished for 1m, 7 of 100 done"))
  }

  @Test func `counts failed and skipped items as progress`() {
    let conditions = RunConditions(failedItems: Comparison(.above, .number(9)))
    #expect(
      ruling(conditions, [seen(0, 0), seen(59, 0, failed: 1), seen(118, 0, failed: 1, skipped: 1)])
        == .proceed)
  }

  @Test func `does not call it a stall when everything is finished`() {
    #expect(ruling(RunConditions(), [seen(0, 100), seen(500, 100)]) == .proceed)
  }

  @Test func `begins the stall's time anew after the provider asked everybody to wait`() {
    let pause = [seen(0, 0), seen(50, 0), seen(110, 0, isPaused: true)]
    #expect(ruling(RunConditions(), pause + [seen(169, 0)]) == .proceed)
    #expect(
      ruling(RunConditions(), pause + [seen(170, 0, fault: "429 slow down")])
        == .abort(
          .noProgress,
          "no item was finished for 1m, 0 of 100 done; the latest fault: 429 slow down"))
  }

  @Test func `gives up on a provider that never lets anything through`() {
    #expect(
      ruling(RunConditions(), [seen(0, 0), seen(599, 0, isPaused: true)]) == .proceed)
    #expect(
      ruling(RunConditions(), [seen(0, 0), seen(600, 0, isPaused: true)])
        == .abort(.throttled, "the provider's rate limit let no item through for 10m"))
  }

  @Test func `sits an outage out that began after items were stored`() {
    func outage(_ seconds: Int) -> [Observation] {
      [seen(0, 0), seen(5, 7), seen(seconds, 7, isPaused: true, isOut: true, fault: "503")]
    }
    #expect(ruling(RunConditions(), outage(604)) == .proceed)
    #expect(
      ruling(RunConditions(), outage(605))
        == .abort(
          .noProgress, "the endpoint failed for 10m, 7 of 100 done; the latest fault: 503"))
  }

  @Test func `calls it a stall when the endpoint has failed from the start`() {
    let silent = [seen(0, 0), seen(59, 0, isPaused: true, isOut: true)]
    #expect(ruling(RunConditions(), silent) == .proceed)
    #expect(
      ruling(RunConditions(), silent + [seen(60, 0, isPaused: true, isOut: true)])
        == .abort(.noProgress, "no item was finished for 1m, 0 of 100 done"))
  }

  // MARK: the deadline

  @Test func `aborts at the deadline`() {
    let conditions = RunConditions(deadline: .seconds(90))
    #expect(ruling(conditions, [seen(80, 1), seen(89, 99)]) == .proceed)
    #expect(
      ruling(conditions, [seen(80, 1), seen(90, 99)])
        == .abort(.deadline, "99 of 100 items were done when the deadline of 1m 30s came"))
    #expect(ruling(conditions, [seen(80, 1), seen(91, 100)]) == .proceed)
  }

  @Test func `names the provider's limit where that held up the run until the deadline`() {
    #expect(
      ruling(RunConditions(deadline: .seconds(90)), [seen(80, 1), seen(90, 99, isPaused: true)])
        == .abort(.throttled, "99 of 100 items were done when the deadline of 1m 30s came"))
  }

  @Test func `does not call an outage a rate limit`() {
    let conditions = RunConditions(deadline: .seconds(90))
    #expect(
      ruling(conditions, [seen(80, 1), seen(90, 99, isPaused: true, isOut: true)])
        == .abort(.deadline, "99 of 100 items were done when the deadline of 1m 30s came"))
  }

  @Test func `names the failures before the stall and the deadline`() {
    let conditions = RunConditions(deadline: .seconds(10))
    #expect(
      ruling(conditions, [seen(0, 0), seen(100, 0, failed: 50)])
        == .abort(.failedItems, "50 items failed, 50%; the run stops at > 2%"))
  }
}
