import Core
import Glibc
import Postgres
import Sandbox
import Subprocess
import SystemPackage
import Testing

@Suite("The plug is pulled in the middle", .timeLimit(.minutes(3)))
struct InterruptionTests {
  /// A sandbox whose endpoint hangs as soon as a run has stored something.
  private struct Stage: Sendable {
    let sandbox: Sandbox
    let connection: Connection

    init() async throws {
      sandbox = try await Sandbox.start(SandboxOptions())
      connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(10))
    }

    func leave() async {
      await connection.close()
      await sandbox.stop()
    }

    /// Asks again and again until a query answers true.
    func wait(until condition: String) async throws {
      for _ in 0..<2_000 {
        if try await connection.query("select \(condition) as holds").first?.optionalBool("holds")
          == true
        {
          return
        }
        try await Task.sleep(for: .milliseconds(5))
      }
      Issue.record("never came true: \(condition)")
    }

    func text(_ sql: String) async throws -> String? {
      try await connection.query(sql).first?.optionalText(.at(0))
    }

    /// What is stored, what is cached, and what the jobs count.
    func counts() async throws -> String? {
      try await text(
        """
        select concat_ws(' ',
          (select count(*) from issues where embedding is not null),
          (select count(*) from similarity_cache),
          (select count(distinct item_id) from similarity_cache),
          (select sum(items_processed) from embedding_jobs))
        """)
    }

    func run(
      _ arguments: [String], during: @escaping @Sendable (ProcessIdentifier) async throws -> Void
    ) async throws -> (status: TerminationStatus, output: String) {
      var variables: [Environment.Key: String] = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
      for (name, value) in sandbox.environment {
        variables[try #require(Environment.Key(rawValue: name))] = value
      }
      let result = try await Subprocess.run(
        .path(FilePath(Program.path)), arguments: Arguments(arguments),
        environment: .custom(variables), workingDirectory: FilePath(Program.root), input: .none,
        output: .sequence, error: .discarded
      ) { execution -> String in
        try await during(execution.processIdentifier)
        var output = ""
        for try await line in execution.standardOutput.strings() { output += line + "\n" }
        return output
      }
      return (result.terminationStatus, result.closureResult)
    }

    func signal(_ signal: Int32, _ process: ProcessIdentifier) {
      kill(process.value, signal)
    }
  }

  private static let run = ["run", "checklists/embeddings.yaml", "--ungated", "--until-empty"]

  @Test("by signal 9: the next run goes on, and each item is stored once and counted once")
  func killed() async throws {
    let stage = try await Stage()
    let killed = try await stage.run(Self.run) { process in
      try await stage.wait(until: "to_regclass('preflight.run') is not null")
      try await stage.wait(until: "(select processed > 0 from preflight.run)")
      stage.sandbox.endpoint.misbehave([.hangs])
      try await stage.wait(
        until: "(select count(*) > 0 from preflight.batch where state = 1) "
          + "or (select finished_at is not null from preflight.run)")
      stage.signal(9, process)
    }
    #expect(killed.status == .signaled(9))
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
    let second = try await stage.run(Self.run) { _ in }
    #expect(second.status == .exited(0))
    #expect(second.output.contains("VERIFIED: 105 of 105 items stored"))
    #expect(try await stage.counts() == "105 105 105 105")
    #expect(
      try await stage.text(
        "select string_agg(status || ' ' || items_total, ', ') from embedding_jobs")
        == "completed 105")
    await stage.leave()
  }

  @Test("by SIGTERM: the job row says how far it came, and nothing is held back")
  func terminated() async throws {
    let stage = try await Stage()
    stage.sandbox.endpoint.misbehave([.rateLimited])
    let ended = try await stage.run(Self.run) { process in
      try await stage.wait(until: "to_regclass('preflight.run') is not null")
      try await stage.wait(until: "(select retries > 0 from preflight.run)")
      stage.signal(15, process)
    }
    #expect(ended.status == .exited(143))
    #expect(ended.output.contains("run of issues: interrupted"))
    #expect(
      try await stage.text("select status || ': ' || error_message from embedding_jobs")
        == "failed: interrupted after 0 of 105 items")
    #expect(try await stage.text("select count(*)::text from preflight.batch") == "0")
    stage.sandbox.endpoint.misbehave([])
    #expect(try await stage.run(Self.run) { _ in }.status == .exited(0))
    #expect(try await stage.counts() == "105 105 105 105")
    await stage.leave()
  }

  @Test("by SIGINT during the checks: the report is written, and what did not end is no pass")
  func interruptedCheck() async throws {
    let stage = try await Stage()
    stage.sandbox.endpoint.misbehave([.hangs])
    let ended = try await stage.run(["check", "checklists/embeddings.yaml"]) { process in
      for _ in 0..<2_000 where stage.sandbox.endpoint.counts.embeddingsRequests == 0 {
        try await Task.sleep(for: .milliseconds(5))
      }
      stage.signal(2, process)
    }
    #expect(ended.status == .exited(130))
    #expect(ended.output.contains("? service.embedder"))
    #expect(ended.output.contains("interrupted before it had an answer"))
    #expect(ended.output.contains("\nINTERRUPTED. Next: "))
    await stage.leave()
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
