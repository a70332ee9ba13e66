import Glibc
import ScriptedServer
import Subprocess
import SystemPackage
import Testing

/// The folder `SilentPass`: ways to ask for a proof that prove nothing.
///
/// Each of them is a success for some program of the kind. `exit` holds the status that a case ends
/// with, and `says` a part of what a person reads.
@Suite("Nothing passes in silence", .timeLimit(.minutes(3)))
struct SilentPassTests {
  private static let all = Case.all(in: "SilentPass")
  private static let folder = "Tests/BlackBoxTests/SilentPass"

  @Test("the collection is there, and each case has what it expects")
  func collection() {
    #expect(Self.all.count >= 60)
    for silent in Self.all {
      #expect(silent.file("exit").map { $0 != "0\n" } == true, "\(silent.name)")
      #expect(silent.file("says").map { $0.count > 4 } == true, "\(silent.name)")
    }
  }

  @Test("what the cases spoil passes where it is not spoilt")
  func sound() async throws {
    let result = try await Program.run([
      "check", "\(Self.folder)/sound.yaml", "--env-file", "\(Self.folder)/sound.env",
    ])
    #expect(result.status == 0)
    #expect(result.output.contains("\nGO: 2 blocking checks passed\n"))
    #expect(result.error == "")
  }

  @Test("a proof of nothing", arguments: Self.all)
  func refused(_ silent: Case) async throws {
    let result = try await silent.run()
    #expect(result.status != 0)
    #expect("\(result.status)\n" == silent.file("exit"))
    let said = result.output + result.error
    #expect(said.contains(try #require(silent.file("says")?.dropLast())), "\(said)")
    let verdict = result.output.split(separator: "\n").last ?? ""
    #expect(!verdict.hasPrefix("GO") && !verdict.hasPrefix("VERIFIED"))
  }

  @Test("a run that is stopped in the middle", arguments: [SIGINT, SIGTERM, SIGKILL])
  func interrupted(signal: Int32) async throws {
    let note = "/tmp/preflight-process-\(UInt32.random(in: .min ... .max))"
    // On the server's own thread: a busy machine may let a task wait until the check has given up.
    let server = ScriptedServer { _ in
      if let process = Self.number(in: note) { kill(process, signal) }
      return [.hang]
    }
    let result = try await Subprocess.run(
      .path("/bin/sh"),
      arguments: [
        "-c", "echo $$ > \"$0\"; exec \"$@\"", note, Program.path, "check",
        "\(Self.folder)/hanging.yaml",
      ],
      environment: .custom([
        "PATH": "/usr/bin:/bin", "KEY": "A1b2C3d4E5f6", "OPENAI_BASE_URL": "\(server.url)/v1",
      ]),
      workingDirectory: FilePath(Program.root), input: .none, output: .string(limit: 65_536),
      error: .discarded)
    unsafe remove(note)
    let ended: TerminationStatus = signal == SIGKILL ? .signaled(signal) : .exited(128 + signal)
    #expect(result.terminationStatus == ended)
    #expect(result.standardOutput.contains("? service.embedder") == (signal != SIGKILL))
    #expect(!result.standardOutput.contains("GO"))
  }

  private static func number(in path: String) -> Int32? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return Int32(String(decoding: bytes.prefix(count), as: UTF8.self).filter(\.isNumber))
  }

  @Test("a part of a checklist that passes does not look like the whole of it")
  func partial() async throws {
    let part = [
      "check", "\(Self.folder)/sound.yaml", "--env-file", "\(Self.folder)/sound.env",
      "--only", "secret.*",
    ]
    let text = try await Program.run(part)
    #expect(text.status == 0)
    #expect(
      text.output.contains(
        """

        partial: --only or --skip left out some of the checklist's checks
        PARTIAL: 1 blocking check passed, 1 check not asked. Next: preflight check \
        \(Self.folder)/sound.yaml --env-file \(Self.folder)/sound.env

        """))
    let json = try await Program.run(part + ["--report", "json"])
    #expect(json.output.contains("\n  \"partial\": true,\n"))
  }
}
