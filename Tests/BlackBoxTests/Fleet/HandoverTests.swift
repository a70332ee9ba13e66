import Glibc
import Sandbox
import Subprocess
import Testing

@Suite("Workers of one run take over from each other", .timeLimit(.minutes(3)))
struct HandoverTests {
  @Test("on SIGTERM a worker finishes what it has begun, and gives the rest to the others at once")
  func stopped() async throws {
    try await Stage.set { stage in
      let endpoint = stage.sandbox.endpoint
      endpoint.misbehave([.hangs])
      // Two batches of 20 are under way, and a third is claimed ahead.
      let first = try await stage.start(Stage.work + ["--workers", "2"])
      try await stage.wait(forRequests: 2)
      try await stage.wait(until: "\(Stage.held) = 60")
      let second = try await stage.start(Stage.work + ["--workers", "1"])
      try await stage.wait(forRequests: 3)
      try await stage.wait(until: "\(Stage.held) = 100")
      try await first.askToStop()
      endpoint.letGo(2)
      let stopped = try await first.end()
      #expect(stopped.status == .exited(143))
      #expect(stopped.output.contains("run of issues: interrupted\n"), "\(stopped.output)")
      #expect(try await stage.counts() == "40 40 40 40")
      #expect(try await stage.text("select \(Stage.held)::text") == "40")
      endpoint.misbehave([])
      endpoint.letGo()
      let ended = try await second.end()
      #expect(ended.status == .exited(0))
      #expect(ended.output.contains("VERIFIED: 105 of 105 items stored"))
      #expect(try await stage.counts() == "105 105 105 105")
      // Nothing that was begun was thrown away.
      #expect(endpoint.counts.embeddedTexts == 105)
    }
  }

  @Test("on a second SIGTERM it ends at once, and no item is charged an attempt, however often")
  func stoppedAtOnce() async throws {
    try await Stage.set { stage in
      stage.sandbox.endpoint.misbehave([.hangs])
      let steady = try await stage.start(Stage.work + ["--workers", "1"])
      try await stage.wait(forRequests: 1)
      try await stage.wait(until: "\(Stage.held) = 40")
      // An item that was charged five of them would be given up.
      for round in 1...6 {
        let worker = try await stage.start(Stage.work + ["--workers", "2"])
        try await stage.wait(forRequests: 1 + 2 * round)
        try await stage.wait(until: "\(Stage.held) = 100")
        try await worker.askToStop()
        worker.signal(SIGTERM)
        #expect(try await worker.end().status == .exited(143))
        #expect(try await stage.text("select \(Stage.held)::text") == "40")
      }
      stage.sandbox.endpoint.misbehave([])
      stage.sandbox.endpoint.letGo()
      let ended = try await steady.end()
      #expect(ended.status == .exited(0))
      #expect(ended.output.contains("items     105: 105 stored, 0 failed, 0 skipped"))
      #expect(try await stage.counts() == "105 105 105 105")
    }
  }

  @Test("the only one that is ended at once leaves nothing behind, and the next completes the rest")
  func aloneAtOnce() async throws {
    try await Stage.set { stage in
      stage.sandbox.endpoint.misbehave([.hangs], after: 1)
      let worker = try await stage.start(Stage.work)
      try await stage.wait(forRequests: 5)
      try await stage.wait(until: "(select items_processed from embedding_jobs) = 20")
      try await worker.askToStop()
      worker.signal(SIGTERM)
      #expect(try await worker.end().status == .exited(143))
      #expect(
        try await stage.text("select status || ': ' || error_message from embedding_jobs")
          == "failed: interrupted after 20 of 105 items")
      stage.sandbox.endpoint.misbehave([])
      let next = try await stage.run(Stage.work)
      #expect(next.status == .exited(0))
      #expect(next.output.contains("VERIFIED: 85 of 85 items stored"))
      #expect(try await stage.counts() == "105 105 105 105")
    }
  }

  // A lease holds for 15 s, and a test with real processes has to sit it out.
  @Test(
    "what a killed one held is taken over once its lease is over; who waits longer keeps its own")
  func killed() async throws {
    try await Stage.set { stage in
      let endpoint = stage.sandbox.endpoint
      endpoint.misbehave([.hangs], forNext: 3)
      let first = try await stage.start(Stage.work + ["--workers", "2"])
      try await stage.wait(forRequests: 2)
      try await stage.wait(until: "\(Stage.held) = 60")
      let second = try await stage.start(Stage.work)
      // The third request hangs; the others of the second worker are answered.
      try await stage.wait(until: "(select count(*) from similarity_cache) = 25")
      let firstEnd = try #require(try await stage.text("select \(Stage.lastLeaseEnd)::text"))
      first.signal(SIGKILL)
      #expect(try await first.end().status == .signaled(SIGKILL))
      let killed = try #require(try await stage.text("select clock_timestamp()::text"))
      try await stage.wait(until: "(select count(*) from similarity_cache) = 85")
      let taken = try await stage.text(
        """
        select extract(epoch from max(created_at) - '\(killed)')::text
        from similarity_cache
        """)
      #expect(try #require(taken.flatMap { Double($0) }) < 20, "taken over after \(taken ?? "") s")
      // By now the request that still hangs has outlived the lease that it began with.
      try await stage.wait(
        until: "clock_timestamp() > '\(firstEnd)' and \(Stage.lastLeaseEnd) > clock_timestamp()")
      #expect(try await stage.text("select \(Stage.held)::text") == "20")
      endpoint.letGo()
      let ended = try await second.end()
      #expect(ended.status == .exited(0))
      #expect(ended.output.contains("VERIFIED: 105 of 105 items stored"))
      #expect(ended.output.contains("requests  6, 0 retries"))
      #expect(try await stage.counts() == "105 105 105 105")
      // Six batches, and the two that went down with the first worker.
      #expect(endpoint.counts.embeddingsRequests == 8)
    }
  }
}
