import Core
import FoundationEssentials
import Gate
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct CommandCheckTests {
  private func ask(
    _ command: String, _ environment: [String: String] = [:], in folder: String = "/",
    allowed: Bool = true
  ) async throws -> Finding {
    let go = try await Go(
      "version: 1\nchecks:\n  - {id: a, command: \(command)}\n", environment, directory: folder,
      allowsCommands: allowed)
    return try #require(go["a"])
  }

  /// A script of the shell, which only a test may want.
  private func script(_ text: String) -> String { "[sh, -c, '\(text)']" }

  @Test("A program that ends with 0 passes, whatever it writes, and is not run by a shell")
  func passes() async throws {
    #expect(
      try await ask("['true', '$HOME; false']")
        == .pass("`true '$HOME; false'` ends as expected", evidence: ["exit": .number(0)]))
    #expect(try await ask(script("yes | head -c 1000000")).status == .pass)
  }

  @Test("Without the option it is not run", arguments: ["/tmp/preflight-command-\(getpid())"])
  func refused(_ path: String) async throws {
    let finding = try await ask("[touch, \(path)]", allowed: false)
    #expect(
      finding
        == .cannotTell(
          "`touch \(path)` was not run: commands are run with --allow-commands only",
          expected: "exit status 0", observed: "no --allow-commands",
          fix: "preflight check --allow-commands"))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try await ask("[touch, \(path)]").status == .pass)
    #expect(FileManager.default.fileExists(atPath: path))
    try FileManager.default.removeItem(atPath: path)
  }

  @Test("Another status is told with the first line of what it said")
  func status() async throws {
    let failed = try await ask(script("echo out; echo >&2; echo no such table >&2; exit 3"))
    let line = "sh -c 'echo out; echo >&2; echo no such table >&2; exit 3'"
    #expect(
      failed
        == .fail(
          "`\(line)`: exit status 3: no such table", expected: "exit status 0",
          observed: "exit status 3: no such table", fix: line, evidence: ["exit": .number(3)]))
    #expect(try await ask(script("exit 3") + ", exit: 3").status == .pass)
    #expect(
      try await ask(script("echo out; exit 1")).observed == "exit status 1: out")
    #expect(try await ask("['true'], exit: 1").observed == "exit status 0")
    #expect(try await ask(script("kill -9 $$")).observed == "ended by the signal 9")
  }

  @Test(
    "Standard output is as it is said to be",
    arguments: [
      ("equals: 'a b'", #"a b\n\n"#), ("equals: \"a\\nb\\n\"", #"a\nb"#),
      ("matches: '^b$'", #"a\nb\nc"#), ("matches: [a, b], equals: ab", "ab"),
    ])
  func output(_ settings: String, _ text: String) async throws {
    let finding = try await ask("[printf, '\(text)'], stdout: {\(settings)}")
    #expect(finding.status == .pass)
  }

  @Test(
    "Other standard output is shown by its first line",
    arguments: [
      (
        "equals: 'a'", #"\na b\nc"#, "something else on standard output: a b",
        #""a" on standard output"#
      ),
      (
        "equals: 'a'", #"\n"#, "something else on standard output, which is empty",
        #""a" on standard output"#
      ),
      (
        "matches: '^b'", "ab", "nothing matches /^b/ on standard output: ab",
        "standard output that matches /^b/"
      ),
    ])
  func otherOutput(
    _ settings: String, _ text: String, _ observed: String, _ expected: String
  ) async throws {
    let finding = try await ask("[printf, '\(text)'], stdout: {\(settings)}")
    #expect(finding.status == .fail)
    #expect(finding.observed == observed)
    #expect(finding.expected == "exit status 0; \(expected)")
  }

  @Test("More output than is kept cannot be judged, and an exit status can")
  func large() async throws {
    let many = script("yes | head -c 65537")
    let finding = try await ask(many + ", stdout: {matches: y}")
    #expect(finding.status == .error)
    #expect(finding.observed == "more than 64 KiB on standard output")
    #expect(
      try await ask(script("yes | head -c 65536") + ", stdout: {matches: y}").status == .pass)
    #expect(
      try await ask(script("yes | head -c 100000; exit 2") + ", stdout: {matches: y}").observed
        == "exit status 2: y")
  }

  @Test("A program that is not there, or is none, is no failure")
  func absent() async throws {
    let absent = try await ask("[no-such-program, x]")
    #expect(
      absent
        == .cannotTell(
          "there is no program \"no-such-program\"", expected: "exit status 0",
          observed: "there is no program \"no-such-program\"", fix: "command -v no-such-program"))
    #expect(try await ask("[./no-such-program]").status == .error)
    #expect(try await ask("[/etc/passwd]").status == .error)
    #expect(try await ask("[/etc]").status == .error)
  }

  @Test("It works in the checklist's folder, with all variables and nothing to read")
  func surroundings() async throws {
    let folder = FileManager.default.temporaryDirectory.path
    let finding = try await ask(
      script("pwd; cat; echo $FROM_A_FILE; test -n \"$PATH\"")
        + ", stdout: {equals: \"\(folder)\\nyes\"}", ["FROM_A_FILE": "yes"], in: folder)
    #expect(finding.status == .pass)
  }

  @Test("A secret in what it says is not told, whole or cut")
  func secrets() async throws {
    let key = String(repeating: "k3Y", count: 80)
    let go = try await Go(
      """
      version: 1
      checks:
        - {id: key, secret: KEY}
        - {id: a, command: [sh, -c, "echo key $KEY >&2; exit 1"]}
      """, ["KEY": key], allowsCommands: true)
    #expect(go["a"]?.observed == "exit status 1: key ‹secret›")
  }

  @Test("When its time is up the whole group is killed, what it started in the background too")
  func timeout() async throws {
    let path = FileManager.default.temporaryDirectory.path + "/command-\(UUID().uuidString)"
    // The reader of the pipe waits for a writer that never comes, and the other one sleeps beside it.
    let finding = try await ask(
      script("mkfifo \(path); (sleep 600 & echo $! > \(path).pid; wait) & cat \(path)")
        + ", timeout: 3s")
    #expect(finding.message == "no answer within 3s, its timeout")
    let text = try String(decoding: Data(contentsOf: URL(filePath: path + ".pid")), as: UTF8.self)
    let process = try #require(Int32(text.filter(\.isNumber)))
    // A signal is carried out when its process runs next; killed it may be a zombie for as long as
    // nobody has asked after it.
    func isAlive() -> Bool {
      guard let text = try? Data(contentsOf: URL(filePath: "/proc/\(process)/stat")) else {
        return false
      }
      let fields = String(decoding: text, as: UTF8.self).split(separator: ")").last
      return fields?.split(separator: " ").first != "Z"
    }
    for _ in 0..<1_000 where isAlive() { try await Task.sleep(for: .milliseconds(10)) }
    #expect(!isAlive())
    for file in [path, path + ".pid"] { try FileManager.default.removeItem(atPath: file) }
  }

  @Test("What it leaves in the background keeps nobody waiting")
  func background() async throws {
    let finding = try await ask(
      script("sleep 30 & echo started") + ", stdout: {equals: started}, timeout: 20s")
    #expect(finding.status == .pass)
  }
}
