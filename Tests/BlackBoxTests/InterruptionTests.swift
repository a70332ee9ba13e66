import Core
import Glibc
import Postgres
import Sandbox
import Subprocess
import SystemPackage
import Testing

@Suite("The plug is pulled in the middle", .timeLimit(.minutes(3)))
struct InterruptionTests {
  @Test("by signal 9: the next run goes on, and each item is stored once and counted once")
  func killed() async throws {
    try await Stage.set { stage in
      stage.sandbox.endpoint.misbehave([.hangs], after: 1)
      let first = try await stage.start(Stage.work)
      // One request is answered, and each of the four workers has another.
      try await stage.wait(forRequests: 5)
      first.signal(9)
      #expect(try await first.end().status == .signaled(9))
      // What it held is free again after 15 seconds at the most.
      #expect(
        try await stage.text(
          """
          select bool_and(lease_until <= clock_timestamp() + interval '15 s')::text
          from preflight.batch where state = 1
          """) == "true")
      _ = try await stage.connection.query(
        "update preflight.batch set lease_until = clock_timestamp() where state = 1")
      stage.sandbox.endpoint.misbehave([])
      let second = try await stage.run(Stage.work)
      #expect(second.status == .exited(0))
      #expect(second.output.contains("VERIFIED: 105 of 105 items stored"))
      #expect(try await stage.counts() == "105 105 105 105")
      #expect(
        try await stage.text(
          "select string_agg(status || ' ' || items_total, ', ') from embedding_jobs")
          == "completed 105")
    }
  }

  @Test("by SIGTERM: the job row says how far it came, and nothing is held back")
  func terminated() async throws {
    try await Stage.set { stage in
      stage.sandbox.endpoint.misbehave([.rateLimited])
      let worker = try await stage.start(Stage.work)
      try await stage.wait(until: "to_regclass('preflight.run') is not null")
      try await stage.wait(until: "(select retries > 0 from preflight.run)")
      worker.signal(SIGTERM)
      let ended = try await worker.end()
      #expect(ended.status == .exited(143))
      #expect(ended.output.contains("run of issues: interrupted"))
      #expect(
        try await stage.text("select status || ': ' || error_message from embedding_jobs")
          == "failed: interrupted after 0 of 105 items")
      #expect(try await stage.text("select \(Stage.held)::text") == "0")
      stage.sandbox.endpoint.misbehave([])
      #expect(try await stage.run(Stage.work).status == .exited(0))
      #expect(try await stage.counts() == "105 105 105 105")
    }
  }

  @Test("by SIGINT during the checks: the report is written, and what did not end is no pass")
  func interruptedCheck() async throws {
    try await Stage.set { stage in
      stage.sandbox.endpoint.misbehave([.hangs])
      let check = try await stage.start(["check", "checklists/embeddings.yaml"])
      try await stage.wait(forRequests: 1)
      check.signal(SIGINT)
      let ended = try await check.end()
      #expect(ended.status == .exited(130))
      #expect(ended.output.contains("? service.embedder"))
      #expect(ended.output.contains("interrupted before it had an answer"))
      #expect(ended.output.contains("\nINTERRUPTED. Next: "))
    }
  }

  @Test("of the sandbox itself: nothing of it is left")
  func interruptedSandbox() async throws {
    let result = try await Subprocess.run(
      .path(FilePath(Program.path)),
      arguments: ["sandbox", "--", "sh", "-c", "echo $SOURCE_ROOT $DATABASE_URL; exec sleep 60"],
      workingDirectory: FilePath(Program.root), input: .none, output: .sequence,
      error: .discarded
    ) { execution -> String in
      var lines = execution.standardOutput.strings().makeAsyncIterator()
      let line = try await lines.next() ?? ""
      kill(execution.processIdentifier.value, 15)
      while try await lines.next() != nil {}
      return line
    }
    #expect(result.terminationStatus == .exited(143))
    let told = result.closureResult.split(separator: " ").map(String.init)
    #expect(told.count == 2)
    let folder = told[0].split(separator: "/").dropLast().map { "/" + $0 }.joined()
    #expect(folder.hasPrefix("/tmp/preflight-sandbox-"))
    #expect(unsafe access(folder, F_OK) != 0)
    let url = Secret(told[1].split(whereSeparator: \.isNewline).joined())
    await #expect(throws: PostgresFault.self) {
      try await Connection.open(url, timeout: .seconds(5))
    }
  }
}
