import Core
import Sandbox
import Subprocess
import SystemPackage
import Testing

/// Row 5 of the matrix: the clocks of workers' hosts are wrong.
@Suite("Workers whose clocks are an hour off", .timeLimit(.minutes(2)))
struct SkewedClockTests {
  @Test("share a run by the database's clock alone")
  func skewed() async throws {
    let library = "/tmp/skewed-clock-\(UInt64.random(in: .min ... .max)).so"
    let compiled = try await Subprocess.run(
      .name("clang"),
      arguments: [
        "-shared", "-fPIC", "-o", library, "Tests/BlackBoxTests/Fleet/skewed_clock.c", "-ldl",
      ], workingDirectory: FilePath(Program.root), output: .discarded, error: .string(limit: 10_000)
    )
    try #require(compiled.terminationStatus == .exited(0), "\(compiled.standardError)")
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await work(with: library)) } catch { outcome = .failure(error) }
    _ = try await Subprocess.run(.path("/bin/rm"), arguments: [library], output: .discarded)
    try outcome.get()
  }

  private func work(with library: String) async throws {
    try await Stage.set { stage in
      let endpoint = stage.sandbox.endpoint
      endpoint.misbehave([.hangs])
      var workers: [Running] = []
      for (number, skew) in [3_600, -3_600].enumerated() {
        workers.append(
          try await stage.start(
            Stage.work + ["--workers", "2", "--report", "json"],
            environment: ["LD_PRELOAD": library, "CLOCK_SKEW": "\(skew)"]))
        try await stage.wait(forRequests: 2 * (number + 1))
      }
      // Neither takes what the other holds, and both hold it for as long as the server's clock says.
      try await stage.wait(
        until: "(select count(*) from preflight.worker) = 2 and \(Stage.held) = 105")
      #expect(
        try await stage.text(
          """
          select bool_and(lease_until - clock_timestamp() between '0 s' and '15 s')::text
          from preflight.batch where state = 1
          """) == "true")
      #expect(
        try await stage.text(
          """
          select bool_and(clock_timestamp() - beat_at between '0 s' and '15 s')::text
          from preflight.worker
          """) == "true")
      #expect(endpoint.counts.embeddingsRequests == 4)
      endpoint.misbehave([])
      endpoint.letGo()
      for (worker, skew) in zip(workers, [3_600, -3_600]) {
        let end = try await worker.end()
        #expect(end.status == .exited(0), "\(end.output)")
        // It has seen the wrong time, or the test has shown nothing.
        let started = try #require(end.output.firstMatch(of: /"started_at" ?: ?"([^"]+)"/)).1
        let seen = try #require(Timestamp(rfc3339: String(started)))
        let off = (seen.milliseconds - Timestamp.now.milliseconds) / 1_000 - Int64(skew)
        #expect((-120...0).contains(off), "\(started)")
      }
      #expect(try await stage.counts() == "105 105 105 105")
    }
  }
}
