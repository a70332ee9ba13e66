import Core
import Monitor
import Sandbox
import TestWorld
import Testing

@testable import Runner

/// Row 9 of the matrix: answers that hang, break off, or are none.
@Suite("Fault matrix: an answer that does not come whole", .timeLimit(.minutes(3)))
struct AnswerMatrixTests {
  private static func once(
    _ name: String, _ behaviour: EndpointBehaviour, timeout: Duration = .seconds(20)
  ) -> FaultCase {
    FaultCase(
      name: name, behaviours: [behaviour], forNext: 1, timeout: timeout,
      end: .verified(stored: FaultCase.items))
  }

  @Test(
    "once is asked for again, and nothing is lost",
    arguments: [
      once("no byte, ever", .hangs, timeout: .seconds(2)),
      once("a body that stalls", .stalls, timeout: .seconds(2)),
      once("a byte now and then", .drips(.milliseconds(20)), timeout: .seconds(2)),
      once("the connection closed instead", .emptyReply),
      once("half of the announced body", .halfBody),
      once("half of the chunks", .halfChunks),
      once("gzip that is none", .garbled),
      once("no end", .endless),
    ])
  func repeated(fault: FaultCase) async throws {
    try await fault.check { world, report in
      #expect(report.retries == 1)
      let attempts = try await world.number("select sum(attempts) from stored_items")
      #expect(attempts == FaultCase.items)
    }
  }

  @Test("in time has the next requests hold half as much")
  func halved() async throws {
    let fault = FaultCase(
      name: "slow for many", behaviours: [.hangs], forNext: 1, timeout: .seconds(2),
      change: { $0.pipeline = $0.pipeline.replacing("concurrency: 2", with: "concurrency: 1") },
      end: .verified(stored: FaultCase.items))
    try await fault.check { world, report in
      // 10 that hung, then 5 + 5, 5 + 5 and 5.
      #expect(report.requests == 6)
    }
  }

  @Test(
    "ever has every row given up, and ends the run",
    arguments: [
      (
        "half of the announced body", EndpointBehaviour.halfBody, "truncated",
        "the answer broke off in the middle"
      ),
      ("half of the chunks", .halfChunks, "truncated", "the answer broke off in the middle"),
      ("gzip that is none", .garbled, "not-embeddings", "the answer is not JSON (status 200)"),
      ("no end", .endless, "too-large", "the request, or the answer to it, is too large"),
    ])
  func always(
    name: String, behaviour: EndpointBehaviour, className: String, words: String
  ) async throws {
    let fault = FaultCase(
      name: name, behaviours: [behaviour], ramp: [1],
      conditions: RunConditions(canaryItems: 1),
      end: .aborted(
        .canaryFailed, "1 of the first 1 items failed; the latest fault: \(words)",
        dead: [className]))
    try await fault.check()
  }
}
