import Checklist
import Checks
import Core
import Gate
import HTTP
import ScriptedServer
import Synchronization
import Testing

@Suite("Waiting for a check", .timeLimit(.minutes(2))) struct WaitingTests {
  private static let vector = #"{"data":[{"index":0,"embedding":[1,2]}],"model":"m"}"#

  /// An endpoint that refuses the first requests with a status and answers the others.
  private static func server(refusing count: Int, with status: String) -> ScriptedServer {
    let left = Mutex(count)
    return ScriptedServer { _ in
      let body = vector
      let isRefused = left.withLock { left in
        left -= 1
        return left >= 0
      }
      guard !isRefused else {
        return [.send("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n")]
      }
      return [.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")]
    }
  }

  private static func go(_ server: ScriptedServer, _ check: String) async throws -> Go {
    try await Go(
      """
      version: 1
      services: {embedder: {embeddings: "\(server.url)/v1", model: m}}
      checks:
        - {id: a, api_key: embedder, \(check)}
      """, [:])
  }

  @Test("asks the service anew each time, not what it answered before")
  func anew() async throws {
    let server = Self.server(refusing: 2, with: "401 x")
    let go = try await Self.go(server, "wait_for: 60s")
    #expect(go["a"]?.status == .pass)
    #expect(go.verdict.outcomes.map(\.attempts) == [1, 3])
    #expect(server.requests.count == 3)
  }

  @Test("waits for the services that the check uses, too")
  func services() async throws {
    let server = Self.server(refusing: 1, with: "500 x")
    let go = try await Self.go(server, "wait_for: 60s")
    #expect(go.ids(.pass) == ["service.embedder", "a"])
    #expect(go.verdict.outcomes.map(\.attempts) == [2, 1])
    let impatient = try await Self.go(Self.server(refusing: 1, with: "500 x"), "timeout: 30s")
    #expect(impatient.ids(.error) == ["service.embedder"])
  }

  @Test("A waiver holds through its last day")
  func waivers() async throws {
    let read = Checklist.read(
      path: "test.yaml",
      bytes: Array(
        """
        version: 1
        checks: [{id: a, secret: NAME, waive: {reason: r, owner: o, until: 2026-11-24}}]
        """.utf8), kinds: allKindDeclarations)
    let checklist = try #require(read.checklist)
    let services = Services(
      of: checklist, variables: Variables([:]), directory: "/", http: HTTPClient())
    for (day, isOver) in [("2026-11-24", false), ("2026-11-25", true)] {
      let plan = try plan(
        for: checklist, in: .preDeploy, with: services, on: try #require(Day(text: day)))
      let until = try #require(Day(text: "2026-11-24"))
      #expect(
        plan.checks.map(\.identity.waiver) == [
          Waiver(reason: "r", owner: "o", until: until, isOver: isOver)
        ])
    }
  }
}
