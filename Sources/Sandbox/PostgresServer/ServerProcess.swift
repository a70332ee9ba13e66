internal import Subprocess

/// The shell that runs a server, from its start until nothing of the server is left.
final class ServerProcess: Sendable {
  /// What a failed server said last, once all has ended.
  let end: Task<String, any Error>
  /// The input, whose end ends the server; nil if the shell could not be started.
  private let lifeline: Task<StandardInputWriter?, Never>

  /// How much of the shell's output is kept, in bytes.
  private static let outputLimit = 16_384

  /// Starts the shell with the script's arguments, and hands it the password.
  init(_ arguments: [String], password: String, as account: ServerAccount) {
    let (lifelines, handOver) = AsyncStream.makeStream(of: StandardInputWriter.self)
    // Tasks of their own: a cancelled caller still has a process to end.
    lifeline = Task {
      for await lifeline in lifelines { return lifeline }
      return nil
    }
    end = Task {
      defer { handOver.finish() }
      return try await Subprocess.run(
        account.shell(["-c", ServerScript.text, "sh"] + arguments), input: .inputWriter,
        output: .sequence, error: .discarded
      ) { execution in
        _ = try await execution.standardInputWriter.write(password + "\n")
        handOver.yield(execution.standardInputWriter)
        var words: [UInt8] = []
        for try await part in execution.standardOutput
        where words.count < ServerProcess.outputLimit {
          words += unsafe part.withUnsafeBytes { unsafe Array($0) }
        }
        return String(decoding: words.prefix(ServerProcess.outputLimit), as: UTF8.self)
      }.closureResult
    }
  }

  /// Ends the server, and returns when it has ended and its files are gone.
  func stop() async {
    do {
      try await lifeline.value?.finish()
    } catch {
      // The input was closed before, by an earlier stop or by the end of the process.
    }
    _ = await end.result
  }
}
