import Core
import Postgres
import Sandbox
import Subprocess
import SystemPackage
import Testing

@Suite("A check changes nothing", .timeLimit(.minutes(3)))
struct UnchangedTests {
  /// All that `pg_dump` tells of the sandbox's database.
  private static func dump(_ sandbox: Sandbox) async throws -> String {
    let programs = try PostgresInstallation.find().binaries
    let url = try #require(
      sandbox.databaseURL.reveal {
        $0.wholeMatch(of: /postgres:\/\/([^:]*):([^@]*)@([^:]*):(\d+)\/(.*)/)
      })
    var variables: [Environment.Key: String] = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
    for (name, value) in [
      ("PGUSER", url.1), ("PGPASSWORD", url.2), ("PGHOST", url.3), ("PGPORT", url.4),
      ("PGDATABASE", url.5),
    ] { variables[try #require(Environment.Key(rawValue: name))] = String(value) }
    let result = try await Subprocess.run(
      .path(FilePath(programs + "/pg_dump")),
      arguments: [],
      environment: .custom(variables), input: .none, output: .string(limit: 16_777_216),
      error: .string(limit: 65_536))
    try #require(result.standardError == "")
    // A dump begins and ends with a word of its own, made up each time.
    return result.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict") }
      .joined(separator: "\n")
  }

  /// Rows written so far, those that were rolled back among them, in all tables.
  private static func written(_ sandbox: Sandbox) async throws -> Int {
    let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(10))
    let rows = try await connection.query(
      """
      select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint as written
      from pg_stat_all_tables where schemaname not in ('pg_catalog', 'pg_toast')
      """)
    await connection.close()
    return try #require(rows.first).int("written")
  }

  private static func unchanged(
    _ checklist: String, exit status: Int32, faults: Set<SandboxFault> = [],
    takingBack taken: Int, after sql: String? = nil
  ) async throws {
    let sandbox = try await Sandbox.start(SandboxOptions(faults: faults))
    do {
      if let sql {
        let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(10))
        try await connection.script(sql, timeout: .seconds(10))
        await connection.close()
      }
      let (before, writtenBefore) = (try await dump(sandbox), try await written(sandbox))
      #expect(before.contains("COPY public.issues "))
      let check = try await Program.run(
        ["check", checklist], environment: sandbox.environment)
      #expect(check.status == status, "\(check.output)")
      #expect(try await dump(sandbox) == before)
      // What is rolled back is counted, too.
      #expect(try await written(sandbox) == writtenBefore + taken)
    } catch {
      Issue.record(error)
    }
    await sandbox.stop()
  }

  @Test(
    "of the shipped checklists, whatever it finds",
    arguments: ["embeddings", "supabase", "minimal", "openai-compatible"], [false, true])
  func shipped(name: String, isBroken: Bool) async throws {
    let faults: Set<SandboxFault> =
      isBroken ? [.constraintMissing, .functionMissing, .columnDimension, .jobsStuck] : []
    // A round trip writes its row where what it needs is there.
    let taken = isBroken || name == "minimal" ? 0 : 1
    try await Self.unchanged(
      "checklists/\(name).yaml", exit: isBroken ? 1 : 0, faults: faults, takingBack: taken)
  }

  @Test("by a function that is called, or by a query that tries to write")
  func called() async throws {
    try await Self.unchanged(
      "Tests/BlackBoxTests/Unchanged/checklist.yaml", exit: 2, takingBack: 1,
      after: """
        create function makes_a_job(items integer) returns integer language sql as
        'insert into embedding_jobs (items_total) values (items) returning items_total';
        """)
  }
}
