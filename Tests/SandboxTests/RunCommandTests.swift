import Dispatch
import FoundationEssentials
import Sandbox
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

// One at a time: signals and what they do belong to the whole process.
@Suite("A command in the sandbox", .serialized, .timeLimit(.minutes(2)))
struct RunCommandTests {
  /// A folder for what a command writes down.
  private func withFolder(_ test: (String) async throws -> Void) async throws {
    let path = "/tmp/preflight-command-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await test(path)
  }

  private func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  @Test("It gets the sandbox's variables, and its exit status is passed on")
  func status() async throws {
    try await withFolder { folder async throws in
      let status = try await Sandbox.run(
        [
          "sh", "-c", "echo \"$SOURCE_ROOT ${OPENAI_API_KEY-unset}\" > \"$0\"; exit 7",
          folder + "/out",
        ],
        SandboxOptions(faults: [.keyMissing]))
      #expect(status == 7)
      let words = text(folder + "/out").split(whereSeparator: \.isWhitespace).map(String.init)
      try #require(words.count == 2)
      #expect(words[0].hasPrefix("/tmp/preflight-sandbox-"))
      #expect(words[1] == "unset")
      #expect(!FileManager.default.fileExists(atPath: words[0]))
    }
  }

  @Test("One that a signal ended has 128 and the signal's number")
  func killed() async throws {
    #expect(try await Sandbox.run(["sh", "-c", "kill -9 $$"], SandboxOptions()) == 137)
  }

  @Test("An unknown command is 127, one that cannot be run 126, and nothing is left")
  func unknown() async throws {
    let sandbox = try await Sandbox.start(SandboxOptions())
    await #expect(throws: SandboxProblem.commandNotFound("no-such-command")) {
      _ = try await sandbox.runCommand(["no-such-command"])
    }
    #expect(!FileManager.default.fileExists(atPath: sandbox.sourceRoot))
    #expect(SandboxProblem.commandNotFound("x").exitStatus == 127)
    #expect(SandboxProblem.commandNotFound("x").message == "command not found: x")
    #expect(SandboxProblem.commandNotStarted("x", reason: "y").exitStatus == 126)
  }

  @Test(
    "SIGTERM and SIGHUP reach the command, and everything is removed after it",
    arguments: [SIGTERM, SIGHUP])
  func interrupted(signal: Int32) async throws {
    try await withFolder { folder async throws in
      #expect(unsafe mkfifo(folder + "/ready", 0o600) == 0)
      // The command says when it waits, and by then signals are passed on to it.
      async let status = Sandbox.run(
        ["sh", "-c", "echo \"$SOURCE_ROOT\" > \"$0\"; exec sleep 60", folder + "/ready"],
        SandboxOptions())
      let root = await firstLine(of: folder + "/ready")
      #expect(root.hasPrefix("/tmp/preflight-sandbox-"))
      kill(getpid(), signal)
      #expect(try await status == 128 + signal)
      #expect(!FileManager.default.fileExists(atPath: root))
    }
  }

  /// What comes out of a pipe with a name, awaited on a thread of its own.
  private func firstLine(of path: String) async -> String {
    await withCheckedContinuation { continuation in
      DispatchQueue(label: "named pipe").async {
        let descriptor = unsafe open(path, O_RDONLY)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        let line = bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }
        continuation.resume(returning: String(decoding: line, as: UTF8.self))
      }
    }
  }
}
