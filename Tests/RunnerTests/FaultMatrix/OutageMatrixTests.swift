import Core
import Monitor
import Sandbox
import ScriptedServer
import TestWorld
import Testing

@testable import Runner

/// Row 8 of the matrix: a provider that fails, and is back.
@Suite("Fault matrix: a provider that fails", .timeLimit(.minutes(3)))
struct OutageMatrixTests {
  @Test(
    "for two requests costs two repetitions",
    arguments: [408, 409, 424, 425, 500, 502, 503, 504, 520, 529])
  func burst(status: Int) async throws {
    let fault = FaultCase(
      name: "\(status)", behaviours: [.refuses(Refusal(status, body: "upstream error"))],
      forNext: 2, end: .verified(stored: FaultCase.items))
    try await fault.check { world, report in
      #expect(report.retries == 2)
      let attempts = try await world.number("select sum(attempts) from stored_items")
      #expect(attempts == FaultCase.items)
    }
  }

  @Test("for all requests is asked a few times and then only now and then")
  func outage() async throws {
    let fault = FaultCase(
      name: "100 %", behaviours: [.serverError],
      conditions: RunConditions(noProgressFor: .seconds(4)),
      end: .aborted(
        .noProgress,
        """
        no item was finished for <time>, 0 of 25 done; the latest fault: the endpoint failed (status \
        500, server_error): The server had an error while processing your request. Sorry about that!
        """))
    try await fault.check { world, _ in
      // Five that used the budget up, one that was under way, and probes after 1 and 2 s.
      #expect((5...9).contains(world.endpoint.counts.embeddingsRequests))
    }
  }

  @Test("for one text alone has only that one given up")
  func oneText() async throws {
    let fault = FaultCase(
      name: "500 for one text", behaviours: [.failsText("poison")],
      sql: """
        update issues set title = 'poison' where number = 7;
        create function worn() returns trigger language plpgsql as $$
          begin new.soft_faults = 8; return new; end $$;
        create trigger worn before insert on preflight.batch for each row execute function worn();
        """,
      change: { $0.pipeline = $0.pipeline.replacing("created_at desc", with: "number") },
      end: .verified(stored: FaultCase.items - 1, dead: ["server-error": 1]))
    try await fault.check { world, _ in
      let left = try await world.number(
        "select count(*) from issues where embedding is null and number = 7")
      #expect(left == 1)
    }
  }

  @Test("to take the connection is told from one that cannot be right")
  func unreachable() async throws {
    let refusing = RefusingPort()
    let quick = RunConditions(noProgressFor: .seconds(1))
    try await FaultCase(
      name: "a refused connection", conditions: quick,
      change: { $0.baseURL = "http://127.0.0.1:\(refusing.port)/v1" },
      end: .aborted(
        .noProgress,
        """
        no item was finished for <time>, 0 of 25 done; the latest fault: 127.0.0.1 refused the \
        connection on port <port>: nothing listens there
        """)
    ).check()
    try await FaultCase(
      name: "a name without an address", conditions: quick,
      change: { $0.baseURL = "http://nowhere.invalid/v1" },
      end: .aborted(
        .noProgress,
        """
        no item was finished for <time>, 0 of 25 done; the latest fault: the host name \
        nowhere.invalid has no address (misspelt, or the name server does not answer)
        """)
    ).check()
    try await FaultCase(
      name: "plain text where TLS is spoken",
      change: { $0.baseURL = $0.world.endpoint.url.replacing("http:", with: "https:") + "/v1" },
      end: .aborted(
        .wrongEndpoint,
        """
        no secure connection: <the TLS library's words>; check the scheme, the host and the port of \
        the base URL
        """)
    ).check()
  }

  @Test("to let a connection stand is given up by the time for connecting")
  func connectHangs() async throws {
    let deaf = DeafPort()
    try await FaultCase(
      name: "a hang at connect", timeout: .milliseconds(300),
      conditions: RunConditions(noProgressFor: .seconds(2)),
      change: { $0.baseURL = "http://127.0.0.1:\(deaf.port)/v1" },
      end: .aborted(
        .noProgress,
        """
        no item was finished for <time>, 0 of 25 done; the latest fault: no answer within <time>: \
        the connection did not come to stand
        """)
    ).check()
  }
}
