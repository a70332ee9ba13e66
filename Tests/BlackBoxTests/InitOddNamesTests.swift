import FoundationEssentials
import Postgres
import Sandbox
import Testing

/// A database in which everything is called so that it could be taken for something else.
@Suite("preflight init among odd names", .timeLimit(.minutes(2)))
struct InitOddNamesTests {
  /// Each is the name of a table, of its key, of a function and of its argument.
  private static let names = [
    "Odd Table", "a: b # c", "new\nline", "\n  - id: evil\n    secret: EVIL", "tab\tname", "ünï 漢字",
    "true", "null", "123", "- dash", "[list]", "{a: b}", "back\\slash", "it's", "a.b", "select",
    "%percent", "&anchor", "*alias", "!tag", "@at", "`tick`", "$embedding", "bidi\u{202E}evil",
    "line\u{2028}break", "next\u{85}line", "two  spaces", " lead", "trail ", "?", "|", ">", "~",
    "e\u{301}", "say \"it\"", "paren(theses)", "comma, name",
  ]

  private static func quoted(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
  }

  /// Makes everything of one name.
  private static func script(for name: String) -> String {
    let (odd, key, vector) = (quoted(name), quoted("k " + name), quoted("v " + name))
    return """
      create table \(odd) (
        \(odd) bigint generated always as identity primary key, title text not null default 'a',
        \(vector) vector(384), \(key) int, unique (\(key)));
      insert into \(odd) default values;
      create function \(odd)(\(odd) vector) returns setof \(odd) language sql
        as $body$ select t.* from \(odd) t limit 0 $body$;
      """
  }

  @Test("each of them means itself in the file, and none means anything else")
  func each() async throws {
    let sandbox = try await Sandbox.start(SandboxOptions())
    let result: Result<Void, any Error>
    do { result = .success(try await judge(sandbox)) } catch { result = .failure(error) }
    await sandbox.stop()
    try result.get()
  }

  private func judge(_ sandbox: Sandbox) async throws {
    let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(10))
    let start = "drop schema public cascade; create schema public; create extension vector;"
    // A tree without sources: what follows is guessed from the database alone.
    let folder = "\(sandbox.sourceRoot)/empty"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    // What would be a variable cannot be named at all.
    let names = Self.names + ["a${HOME}b"]
    try await connection.script(
      start + names.map(Self.script).joined(), timeout: .seconds(20))
    func run(_ arguments: String...) async throws -> Program.Result {
      try await Program.run(arguments, environment: sandbox.environment, in: folder)
    }
    let written = try await run("init")
    #expect(written.status == 0, "\(written.error)")
    let lint = try await run("lint")
    #expect(lint.status == 0, "\(lint.error)")
    let check = try await run("check", "preflight.yaml")
    #expect(check.status == 0, "\(check.output)")
    let passed = check.output.split(separator: "\n").filter { $0.hasPrefix("✓ ") }
      .map { $0.dropFirst(2).prefix { $0 != " " } }
    func count(_ topic: String) -> Int {
      passed.count { $0.hasPrefix("\(topic).") || $0 == topic || $0.hasPrefix("\(topic)-") }
    }
    #expect(count("dimension") == 1)
    #expect(count("upsert") == Self.names.count)
    #expect(count("function") == Self.names.count - Self.unspeakable)
    // One column for the one service.
    #expect(count("round_trip") == 1)
    // Beside them there are three services, the secret and the key.
    #expect(passed.count == 6 + count("dimension") + count("upsert") + count("function"))
    // The whole of the first pipeline: it finds its table, its key and its columns.
    let launch = try await run("launch", "preflight.yaml", "--items", "1")
    #expect(launch.status == 0, "\(launch.output)\(launch.error)")
    // And the other way round: a column that does not fit any more is found under its own name.
    for name in Self.names {
      try await connection.script(
        """
        alter table \(Self.quoted(name)) alter column \(Self.quoted("v " + name)) type vector(3)
          using null
        """, timeout: .seconds(10))
    }
    let broken = try await run("check", "preflight.yaml", "--only", "dimension", "--report", "json")
    #expect(broken.status == 1)
    let shown = Self.names.filter { $0.utf8.allSatisfy { $0 >= 0x20 && !"\\\"".utf8.contains($0) } }
    for name in shown where !name.unicodeScalars.contains(where: { (0x80...0x2FFF) ~= $0.value }) {
      #expect(broken.output.contains("v \(name)"), "\(name)")
    }
    await connection.close()
  }

  /// Functions that the kind `function` cannot name: those with parentheses, with quotes in an
  /// argument, or with white space other than single spaces.
  private static let unspeakable = 8
}
