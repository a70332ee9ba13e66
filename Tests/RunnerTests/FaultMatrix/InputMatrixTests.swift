import Core
import Monitor
import Sandbox
import TestWorld
import Testing

@testable import Runner

/// Row 13 of the matrix: texts and batches that a provider does not take.
@Suite("Fault matrix: what is sent", .timeLimit(.minutes(3)))
struct InputMatrixTests {
  private static let byNumber: @Sendable (inout RunFixture) -> Void = {
    $0.pipeline = $0.pipeline.replacing("created_at desc", with: "number")
      .replacing("concurrency: 2", with: "concurrency: 1")
      .replacing("      max_characters: 2000\n", with: "")
  }

  @Test(
    "with one bad text in it is halved until that one is alone",
    arguments: [
      FaultCase(
        name: "a text of 9,000 tokens",
        sql: "update issues set body = repeat('word ', 7200) where number = 7",
        change: byNumber,
        end: .verified(stored: FaultCase.items - 1, dead: ["too-long": 1])),
      FaultCase(
        name: "a text that is not accepted", behaviours: [.refusesText("poison")],
        sql: "update issues set title = 'poison' where number = 7", change: byNumber,
        end: .verified(stored: FaultCase.items - 1, dead: ["invalid-input": 1])),
    ])
  func bisected(fault: FaultCase) async throws {
    try await fault.check { world, report in
      // Three batches; of the first one 5 and 5, of these 2 and 3, 1 and 1: at most 2 log2(n) more.
      #expect(report.requests == 3 + 6)
      let left = try await world.number(
        "select count(*) from issues where number = 7 and embedding is null")
      #expect(left == 1)
    }
  }

  @Test("that nothing of is accepted ends the run")
  func allTooLong() async throws {
    try await FaultCase(
      name: "100 % too long", sql: "update issues set body = repeat('word ', 7200)", ramp: [1],
      conditions: RunConditions(canaryItems: 1), change: Self.byNumber,
      end: .aborted(
        .canaryFailed,
        """
        1 of the first 1 items failed; the latest fault: a text is longer than the model accepts \
        (status 400, invalid_request_error): This model's maximum context length is 8192 tokens, \
        however you requested 9008 tokens (9008 in your prompt; 0 for the completion). Please reduce \
        your prompt; or completion length.
        """, dead: ["too-long"])
    ).check()
  }

  @Test(
    "is cut anew by the bound that a refusal teaches, and by no other fault",
    arguments: [
      // 10 refused, then 7 + 3, 7 + 3 and 5.
      (
        FaultCase(
          name: "7 texts", behaviours: [.limitsTexts(7)], change: byNumber,
          end: .verified(stored: FaultCase.items)), 6
      ),
      (
        FaultCase(
          name: "1 text", behaviours: [.limitsTexts(1)], change: byNumber,
          end: .verified(stored: FaultCase.items)), 26
      ),
    ])
  func learned(fault: FaultCase, requests: Int) async throws {
    try await fault.check { world, report in
      #expect(report.requests == requests)
      let faults = try await world.number("select sum(soft_faults) from stored_items")
      #expect(faults == 0)
    }
  }

  @Test(
    "is cut until it is small enough, and one refusal or a few teach that",
    arguments: [
      FaultCase(
        name: "tokens", behaviours: [.limitsTokens(200)], change: byNumber,
        end: .verified(stored: FaultCase.items)),
      FaultCase(
        name: "bytes", behaviours: [.limitsBytes(1_000)], change: byNumber,
        end: .verified(stored: FaultCase.items)),
    ])
  func sizes(fault: FaultCase) async throws {
    try await fault.check { world, report in
      let refused = world.endpoint.counts.embeddingsRequests
      #expect(report.requests == refused)
      #expect(report.retries <= 8)
    }
  }

  @Test("may be empty, odd or large")
  func oddTexts() async throws {
    try await FaultCase(
      name: "odd texts",
      sql: """
        update issues set title = '', body = null where number = 1;
        update issues set title = E' \\n\\t ', body = ' ' where number = 2;
        update issues set title = '🧭 “quotes” \\\\ \\u0001 ' || chr(1) || chr(31) where number = 3;
        update issues set body = repeat('a', 30000) where number = 4;
        update issues set body = 'combining ' || U&'e\\0301' || ' ' || U&'\\FFFD' where number = 5;
        """,
      characters: 40_000,
      change: {
        Self.byNumber(&$0)
        $0.pipeline = $0.pipeline.replacing(
          "concat_ws(' ', '[ISSUE]', title, body)",
          with: "case when number > 2 then concat_ws(' ', '[ISSUE]', title, body) else title end")
      },
      end: .verified(stored: FaultCase.items - 2)
    ).check { _, report in
      #expect(report.skipped == 2)
    }
  }
}
