import Core
import Monitor
import Postgres
import Sandbox
import TestWorld
import Testing

@testable import Runner

/// Row 6 of the matrix: a rate limit, in all the forms in which it says how long.
@Suite("Fault matrix: a rate limit", .timeLimit(.minutes(3)))
struct ThrottleMatrixTests {
  /// A refusal, and how many seconds the fleet has to wait for it.
  struct Limit: Sendable, CustomTestStringConvertible {
    let name: String
    var headers: [String: String] = [:]
    var message = "Rate limit reached"
    let seconds: ClosedRange<Double>

    var testDescription: String { name }

    var refusal: Refusal {
      Refusal(
        429, headers: headers,
        body: #"{"error":{"message":"\#(message)","type":"tokens","code":"rate_limit_exceeded"}}"#)
    }
  }

  @Test(
    "is waited out by all, and no row is charged for it",
    arguments: [
      Limit(name: "retry-after-ms", headers: ["retry-after-ms": "150"], seconds: 0.1...0.166),
      Limit(name: "retry-after in seconds", headers: ["retry-after": "0.2"], seconds: 0.12...0.221),
      Limit(
        name: "retry-after as a date",
        headers: [
          "date": "Sat, 28 Nov 2026 10:00:00 GMT", "retry-after": "Sat, 28 Nov 2026 10:00:01 GMT",
        ], seconds: 0.6...1.11),
      Limit(
        name: "milliseconds before seconds",
        headers: ["retry-after-ms": "120", "retry-after": "900"], seconds: 0.07...0.133),
      Limit(
        name: "the message's hint",
        message: "Limit 1000000, Used 976163, Requested 70716. Please try again in 180ms.",
        seconds: 0.1...0.199),
      Limit(
        name: "the reset of an empty bucket",
        headers: ["x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "160ms"],
        seconds: 0.09...0.177),
      Limit(name: "garbage", headers: ["retry-after": "soon, I hope"], seconds: 0.15...1),
      Limit(name: "zero", headers: ["retry-after": "0"], seconds: 0.15...1),
      Limit(name: "nothing", seconds: 0.15...1),
    ])
  func waited(limit: Limit) async throws {
    let fault = FaultCase(
      name: limit.name, behaviours: [.refuses(limit.refusal)], forNext: 2,
      end: .verified(stored: FaultCase.items))
    try await fault.check { world, report in
      #expect(report.retries == 2)
      let rows = try await world.connection.query("select seconds from pauses")
      #expect(!rows.isEmpty)
      for row in rows { #expect(limit.seconds.contains(try row.double("seconds"))) }
      #expect(
        try await world.text(
          "select concat_ws(' ', sum(attempts), sum(soft_faults)) from stored_items")
          == "\(FaultCase.items) 0")
    }
  }

  @Test(
    "that asks for more than the run would ever wait ends it at once",
    arguments: [
      FaultCase(
        name: "an hour",
        behaviours: [
          .refuses(
            Refusal(
              429, headers: ["retry-after": "3600"],
              body: #"{"error":{"message":"Slow down","code":"rate_limit_exceeded"}}"#))
        ],
        end: .aborted(
          .throttled,
          """
          the endpoint asks for a pause of 1h, and this run waits no longer than 10m: the rate limit \
          is reached, to be tried again in 1h (status 429, rate_limit_exceeded): Slow down
          """))
    ])
  func tooLong(fault: FaultCase) async throws {
    try await fault.check()
  }

  @Test("below the size of one request has the batch cut, since waiting never helps")
  func requestedAboveLimit() async throws {
    let fault = FaultCase(
      name: "Requested above Limit", behaviours: [.limitsRate(200)],
      end: .verified(stored: FaultCase.items))
    try await fault.check { world, _ in
      let pauses = try await world.number("select count(*) from pauses")
      #expect(pauses == 0)
      let faults = try await world.number("select sum(soft_faults) from stored_items")
      #expect(faults == 0)
    }
  }
}
