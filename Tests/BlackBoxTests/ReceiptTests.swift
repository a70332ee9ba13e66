import Core
import Glibc
import Postgres
import Sandbox
import Testing

@Suite("A go that is kept for a later run", .timeLimit(.minutes(3)))
struct ReceiptTests {
  /// A sandbox, and the path of a receipt that its checks gave.
  private static func afterCheck(
    _ body: (_ receipt: String, _ run: ([String]) async throws -> Program.Result, Sandbox)
      async throws -> Void
  ) async throws {
    let sandbox = try await Sandbox.start(SandboxOptions())
    let receipt = "/tmp/preflight-receipt-\(UInt32.random(in: .min ... .max)).json"
    func run(_ arguments: [String]) async throws -> Program.Result {
      try await Program.run(
        [arguments[0], "checklists/embeddings.yaml", "--receipt", receipt] + arguments.dropFirst(),
        environment: sandbox.environment)
    }
    do {
      let check = try await run(["check"])
      #expect(check.status == 0 && check.error == "")
      try await body(receipt, run, sandbox)
    } catch {
      Issue.record(error)
    }
    unsafe unlink(receipt)
    await sandbox.stop()
  }

  private static func execute(_ sql: String, in sandbox: Sandbox) async throws {
    let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(10))
    try await connection.script(sql, timeout: .seconds(10))
    await connection.close()
  }

  private static func contents(of path: String) -> String? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  @Test(
    "clears a run of the same checklist before the same target, without asking the checks again")
  func clears() async throws {
    try await Self.afterCheck { receipt, run, sandbox in
      let text = try #require(Self.contents(of: receipt))
      #expect(text.contains("\"name\": \"similarity_cache.embedding\""))
      for (name, value) in sandbox.environment
      where name.hasSuffix("KEY") || name.hasSuffix("TOKEN") || name == "DATABASE_URL" {
        #expect(!text.contains(value), "\(name)")
      }
      let result = try await run(["run", "--items", "3"])
      #expect(result.status == 0)
      #expect(
        result.output.hasSuffix(
          "\nPARTIAL: 3 of 3 items stored, others left out by --items 3\n"))
      #expect(!result.output.contains("service.database"))
    }
  }

  @Test("clears nothing once a column was made anew, or with another length")
  func target() async throws {
    try await Self.afterCheck { receipt, run, sandbox in
      try await Self.execute(
        """
        drop view items_needing_embeddings;
        alter table issues alter column embedding type vector(1536) using null;
        alter table similarity_cache drop column embedding;
        alter table similarity_cache add column embedding vector(384) not null;
        """, in: sandbox)
      let result = try await run(["run"])
      #expect(result.status == 1)
      #expect(
        result.error == """
          \(receipt): it is of another target: database: issues.embedding is vector(1536) now, and was \
          vector(384); database: similarity_cache.embedding was made anew

          """)
      #expect(
        result.output.hasSuffix(
          """
          NO-GO: the receipt does not hold. Next: preflight check checklists/embeddings.yaml --receipt \
          \(receipt)

          """))
    }
  }

  @Test("clears nothing when it is too old, of another phase, or of another server")
  func others() async throws {
    try await Self.afterCheck { receipt, run, _ in
      let old = try await run(["run", "--receipt-age", "1ms"])
      #expect(old.status == 1)
      #expect(old.error.hasSuffix(" old, and may be at most 1ms\n"))
      let phase = try await run(["run", "--phase", "post-deploy"])
      #expect(phase.status == 1)
      #expect(phase.error == "\(receipt): it is of the phase pre-deploy, not of post-deploy\n")
      let other = try await Program.runInSandbox([
        "run", "checklists/embeddings.yaml", "--receipt", receipt,
      ])
      #expect(other.status == 1)
      #expect(other.error.contains("it is of another target: database: it is the server "))
    }
  }

  @Test("is taken away by a check that does not say go")
  func takenAway() async throws {
    try await Self.afterCheck { receipt, run, sandbox in
      try await Self.execute("drop function increment_embedding_job_progress", in: sandbox)
      #expect(try await run(["check"]).status == 1)
      #expect(Self.contents(of: receipt) == nil)
      let result = try await run(["run"])
      #expect(result.status == 2)
      #expect(result.error == "\(receipt): it cannot be read: No such file or directory\n")
      #expect(result.output.contains("\nUNDECIDED: nobody can tell whether the receipt holds."))
    }
  }

  @Test("is taken away before anything is asked, so that a check that was killed leaves none")
  func cutOff() async throws {
    try await Self.afterCheck { receipt, run, sandbox in
      var variables = sandbox.environment
      variables["DATABASE_URL"] = nil
      let result = try await Program.run(
        ["check", "checklists/embeddings.yaml", "--receipt", receipt, "--deadline", "1ms"],
        environment: variables)
      #expect(result.status == 2)
      #expect(Self.contents(of: receipt) == nil)
    }
  }

  @Test("is not written over a file that is none")
  func otherFile() async throws {
    let folder = "/tmp/preflight-receipt-\(UInt32.random(in: .min ... .max))"
    #expect(unsafe mkdir(folder, 0o700) == 0)
    defer { unsafe rmdir(folder) }
    let other = folder + "/package.json"
    guard let file = unsafe fopen(other, "w") else {
      Issue.record("\(other) cannot be written")
      return
    }
    unsafe fputs("{\"name\": \"mine\"}\n", file)
    unsafe fclose(file)
    for path in [other, folder, "/dev/null"] {
      let result = try await Program.run(["check", "checklists/minimal.yaml", "--receipt", path])
      #expect(result.status == 64)
      #expect(
        result.error == """
          \(path): it is no receipt, and stays as it is; name another file, or remove it

          """)
      #expect(result.output == "")
    }
    #expect(Self.contents(of: other) == "{\"name\": \"mine\"}\n")
    unsafe unlink(other)
  }

  @Test(
    "goes with no part of a checklist, and not with a run that asks for nothing",
    arguments: [
      (
        ["check", "--receipt", "x.json", "--only", "dimension"],
        "--receipt goes with the whole checklist, not with --only or --skip"
      ),
      (["run", "--receipt", "x.json", "--ungated"], "--receipt and --ungated say opposite things"),
    ])
  func usage(_ arguments: [String], _ words: String) async throws {
    let result = try await Program.run(arguments)
    #expect(result.status == 64)
    #expect(result.error.contains(words))
  }
}
