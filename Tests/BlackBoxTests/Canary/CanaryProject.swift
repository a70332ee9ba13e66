import Core
import FoundationEssentials
import Postgres
import Sandbox
import Subprocess
import SystemPackage
import Testing

/// A project whose every secret is a canary, with services that do their worst to give them away.
struct CanaryProject: Sendable {
  let folder = "/tmp/preflight-canary-\(UInt32.random(in: .min ... .max))"
  let sandbox: Sandbox
  let echo = EchoServer()

  static let password = Canary("database_password")
  static let certificate = Canary("certificate_password")
  static let apiKey = Canary("api_key", prefix: "sk-")
  static let accessToken = Canary("access_token", prefix: "sbp_")
  static let projectKey = Canary("project_key", prefix: "eyJ")
  static let header = Canary("header")
  static let user = Canary("user_of_url")
  static let parameter = Canary("parameter_of_url")
  static let ofEnvFile = Canary("env_file")
  static let ofInput = Canary("standard_input")
  static let mounted = Canary("mounted_file", odd: "\nof \"three\" lines\n")
  static let ofFile = Canary("from_file", odd: "\n\tpadded\r\n")
  static let ofOwnFile = Canary("from_env_file", odd: #"+/%%\u0041 ""#)
  static let foreign = Canary("named_by_nobody")
  static let proxy = Canary("password_of_a_proxy")
  /// Such as a name of a table may be.
  static let name = Canary("name", odd: "_")
  static let all = [
    password, certificate, apiKey, accessToken, projectKey, header, user, parameter, ofEnvFile,
    ofInput, mounted, ofFile, ofOwnFile, foreign, proxy, name,
  ]

  /// The variables that the checklists use, and some that they do not.
  func variables(_ writing: Writing = .plain, _ status: Int = 401) -> [String: String] {
    let user = "me:\(Self.user.percentEncoded)@"
    return [
      "DATABASE_URL": databaseURL.reveal { $0 }, "OPENAI_API_KEY": Self.apiKey.value,
      "BASE": echo.url(writing, status, user: user) + "/v1",
      "SUPABASE_ACCESS_TOKEN": Self.accessToken.value, "PROJECT_KEY": Self.projectKey.value,
      "API": echo.url(writing, status, user: user), "ECHO": echo.url(writing, status),
      "EDGE_AUTH": Self.header.value, "QUERY_TOKEN": Self.parameter.percentEncoded,
      "MOUNTED_FILE": folder + "/mounted", "FOREIGN_PASSWORD": Self.foreign.value,
      "TABLE_KEY": Self.name.value,
      "SOME_PROXY": "http://me:\(Self.proxy.percentEncoded)@proxy:8080",
    ]
  }

  private var databaseURL: Secret {
    sandbox.databaseURL.reveal { url in
      let host = url.split(separator: "@").last ?? ""
      return Secret(
        "postgres://canary:\(Self.password.percentEncoded)@\(host)"
          + "?sslpassword=\(Self.certificate.percentEncoded)")
    }
  }

  /// A project for the length of a test.
  static func run(_ body: (CanaryProject) async throws -> Void) async throws {
    let project = CanaryProject(sandbox: try await Sandbox.start(SandboxOptions()))
    let outcome: Result<Void, any Error>
    do {
      try await project.plant()
      outcome = .success(try await body(project))
    } catch {
      outcome = .failure(error)
    }
    await project.sandbox.stop()
    try? FileManager.default.removeItem(atPath: project.folder)
    try outcome.get()
  }

  /// Writes the files, and has the database raise what it should keep to itself.
  private func plant() async throws {
    let planted = [
      "checklist.yaml": CanaryChecklists.everything, "go.yaml": CanaryChecklists.go,
      "faulty.yaml": CanaryChecklists.faulty, "broken.yaml": CanaryChecklists.broken,
      "odd.yaml": CanaryChecklists.odd, "mounted": Self.mounted.value, "alone": Self.ofFile.value,
      "own.env": "OWN='\(Self.ofOwnFile.value)'\n",
      "some.env": "FILED_TOKEN=\"\(Self.quoted(Self.ofEnvFile))\"\n",
      "input": "READ_TOKEN=\"\(Self.quoted(Self.ofInput))\"\n",
      "src/.env.example": "A_TOKEN=\(Self.apiKey.value)\nOPENAI_API_KEY=\(Self.apiKey.value)\n",
      "src/a.ts": """
      // \(Self.apiKey.value) and \(Self.foreign.value)
      const key = Deno.env.get('OPENAI_API_KEY') ?? '\(Self.apiKey.value)';
      await db.from('\(Self.name.value)').upsert(rows, { onConflict: 'a' });
      """,
      "src/\(Self.name.value).ts":
        "db.from('cache').upsert(rows, { onConflict: 'a' }); Deno.env.get('MAIL_TOKEN');",
    ]
    for directory in [folder, folder + "/src", folder + "/out"] {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: false)
    }
    for (name, text) in planted {
      try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
    try await script(
      """
      create role canary superuser login password \(Self.sql(Self.password.value));
      create table told (number integer, canary text, value text);
      """)
    for (number, writing) in Writing.allCases.enumerated() {
      let rows = Self.all.map { canary in
        "(\(number), \(Self.sql(canary.name)), \(Self.sql(writing(canary.value))))"
      }
      try await script("insert into told values \(rows.joined(separator: ", "))")
    }
  }

  private static func quoted(_ canary: Canary) -> String {
    canary.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }

  private static func sql(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

  /// Has the progress function refuse in the words that a writing gives the canaries.
  func tellInErrors(_ writing: Writing) async throws {
    let values = Self.all.map { writing($0.value) }
    let (first, rest) = (values[0], values.dropFirst().joined(separator: " "))
    try await script(
      """
      create or replace function increment_embedding_job_progress(
        job_id uuid, increment_count integer) returns void language plpgsql as $body$ begin
        raise exception using message = \(Self.sql("no " + first)), detail = \(Self.sql(rest)),
          hint = \(Self.sql(rest));
      end $body$
      """)
  }

  func script(_ sql: String) async throws {
    let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(10))
    try await connection.script(sql, timeout: .seconds(10))
    await connection.close()
  }

  /// All rows that the runner keeps, and those in which it tells of its run, as one text.
  func rows() async throws -> String {
    let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(10))
    var text = ""
    let tables = ["run", "batch", "dead", "worker"].map { "preflight.\($0)" }
    for table in tables + ["embedding_jobs"] {
      let rows = try await connection.query("select t::text as row from \(table) as t")
      for row in rows { text += "\(table) \(try row.text("row"))\n" }
    }
    await connection.close()
    return text
  }

  /// What the program says to these arguments: its streams, and the files that it writes to `out`.
  func run(
    _ arguments: [String], variables: [String: String]
  ) async throws -> (status: Int32, said: String) {
    let out = folder + "/out"
    var environment: [Environment.Key: String] = [
      "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "COLUMNS": "100",
    ]
    for (name, value) in variables {
      environment[try #require(Environment.Key(rawValue: name))] = value
    }
    let result = try await Subprocess.run(
      .path("/bin/sh"),
      arguments: Arguments(["-c", "exec \"$0\" \"$@\" < input", Program.path] + arguments),
      environment: .custom(environment), workingDirectory: FilePath(folder), input: .none,
      output: .string(limit: 4_194_304), error: .string(limit: 4_194_304))
    guard case .exited(let status) = result.terminationStatus else { throw Ended() }
    var said = result.standardOutput + "\n" + result.standardError
    for name in try FileManager.default.contentsOfDirectory(atPath: out) {
      let file = URL(filePath: "\(out)/\(name)")
      said += "\n" + String(decoding: try Data(contentsOf: file), as: UTF8.self)
      try FileManager.default.removeItem(at: file)
    }
    return (status, said)
  }

  private struct Ended: Error {}
}
