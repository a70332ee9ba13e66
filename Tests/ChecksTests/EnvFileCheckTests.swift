import FoundationEssentials
import Gate
import Testing

@Suite struct EnvFileCheckTests {
  /// Asks with an example file of this text, in a folder of its own.
  private func ask(
    _ example: String?, _ environment: [String: String], settings: String = ""
  ) async throws -> Finding {
    let folder = FileManager.default.temporaryDirectory.path + "/checks-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder + "/deploy", withIntermediateDirectories: true)
    if let example {
      try Data(example.utf8).write(to: URL(filePath: folder + "/deploy/.env.example"))
    }
    let result: Result<Finding?, any Error>
    do {
      result = .success(
        try await Go(
          "version: 1\nchecks:\n  - {id: a, env_file: deploy/.env.example\(settings)}\n",
          environment, directory: folder)["a"])
    } catch {
      result = .failure(error)
    }
    try FileManager.default.removeItem(atPath: folder)
    return try #require(try result.get())
  }

  @Test("Every variable of the file that is set passes, whatever the file's own values")
  func passes() async throws {
    let example = "# A comment\n#OLD=1\nexport A=\nB='changeme'\n"
    #expect(
      try await ask(example, ["A": "1", "B": "2"])
        == .pass("2 variables of deploy/.env.example are set"))
    #expect(
      try await ask(example, ["A": "1"], settings: ", except: B")
        == .pass("1 variable of deploy/.env.example is set"))
  }

  @Test("What is missing or empty is named, with a near name that is set, and never a value")
  func missing() async throws {
    let example = "OPENAI_API_KEY=hunter2\nDATABASE_URL=\nSITE=\nMODE=\n"
    let environment = ["OPENAI_KEY": "hunter3", "DATABASE_URL": "", "MODE": "hunter4"]
    let finding = try await ask(example, environment, settings: ", except: [SITE]")
    let observed = """
      DATABASE_URL is set, but empty; OPENAI_API_KEY is not set (OPENAI_KEY is set; did you mean \
      that?)
      """
    #expect(
      finding
        == .fail(
          observed, expected: "a value for each variable of deploy/.env.example but SITE",
          observed: observed, fix: "export DATABASE_URL='…'\nexport OPENAI_API_KEY='…'",
          evidence: ["missing": .list(["DATABASE_URL", "OPENAI_API_KEY"])]))
  }

  @Test("A name that the file asks for itself, or that is set to nothing, is not suggested")
  func noSuggestion() async throws {
    let finding = try await ask("API_KEY=\nAPI_KEY2=\n", ["API_KEY2": "1", "APIKEY": ""])
    #expect(finding.observed == "API_KEY is not set")
  }

  @Test(
    "A file that cannot be taken in just one way proves nothing",
    arguments: [
      (
        "A=1\nB = hunter2\nhunter3\n",
        "deploy/.env.example:2:2: no `=` stands right behind the name, and 1 more fault",
        "${EDITOR:-vi} +2 deploy/.env.example   # write NAME=value without spaces around the `=`"
      ),
      ("# A=1\n", "deploy/.env.example names no variable", "${EDITOR:-vi} deploy/.env.example"),
    ])
  func ambiguous(_ example: String, _ words: String, _ fix: String) async throws {
    #expect(
      try await ask(example, ["A": "1", "B": "2"])
        == .cannotTell(
          words, expected: "a value for each variable of deploy/.env.example", observed: words,
          fix: fix))
  }

  @Test("Neither does one that is not there, or of which everything is excepted")
  func nothing() async throws {
    let absent = try await ask(nil, [:])
    #expect(
      absent
        == .cannotTell(
          "deploy/.env.example cannot be read: No such file or directory",
          expected: "a value for each variable of deploy/.env.example",
          observed: "deploy/.env.example cannot be read: No such file or directory",
          fix: "ls -l deploy/.env.example   # then correct `env_file`"))
    let excepted = try await ask("A=\n", [:], settings: ", except: [A]")
    #expect(excepted.status == .error)
    #expect(excepted.observed == "deploy/.env.example names no variable beyond `except`")
  }
}
