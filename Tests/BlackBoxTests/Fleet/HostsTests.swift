import Core
import Sandbox
import Subprocess
import SystemPackage
import Testing

@Suite("Workers on three hosts", .timeLimit(.minutes(3)))
struct HostsTests {
  // What the host that is cut off held is taken over after 15 s, which a test has to sit out.
  @Test(
    "when one is cut off in the middle, the others finish its items, and it stores nothing more")
  func cutOff() async throws {
    try await Stage.set { stage in
      try await Hosts.connected(to: stage) { hosts in
        let endpoint = stage.sandbox.endpoint
        endpoint.misbehave([.hangs])
        let lost = try await hosts.start(Stage.work + ["--workers", "2"], on: 2)
        try await stage.wait(forRequests: 2)
        try await stage.wait(until: "\(Stage.held) = 60")
        try await hosts.setLink(of: 2, "down")
        // Its requests are answered, but the answers do not reach it.
        endpoint.misbehave([])
        endpoint.letGo()
        let others = [
          try await hosts.start(Stage.work, on: 1), try await hosts.start(Stage.work, on: 3),
        ]
        for other in others {
          let end = try await other.end()
          #expect(end.status == .exited(0))
          #expect(end.output.contains("VERIFIED: 105 of 105 items stored"))
        }
        #expect(try await stage.counts() == "105 105 105 105")
        // Back in the network it finds that nothing is its own any more.
        try await hosts.setLink(of: 2, "up")
        let end = try await lost.end()
        #expect(end.status == .exited(0), "\(end.output)")
        #expect(end.output.contains("VERIFIED: 105 of 105 items stored"), "\(end.output)")
        #expect(try await stage.counts() == "105 105 105 105")
        #expect(try await stage.text("select count(*)::text from embedding_jobs") == "1")
      }
    }
  }
}
