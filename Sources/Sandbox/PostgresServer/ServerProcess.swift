internal import Core
internal import Postgres
internal import Subprocess
internal import Synchronization

/// The shell that runs a server, from its start until nothing of the server is left.
final class ServerProcess: Sendable {
  /// What a failed server said last, once all has ended.
  let end: Task<String, any Error>
  /// The input, whose end ends the server; nil if the shell could not be started.
  private let lifeline: Task<StandardInputWriter?, Never>

  /// How long a server may take from its start to its first answer.
  private static let patience = Duration.seconds(60)
  /// How much of the shell's output is kept, in bytes.
  private static let outputLimit = 16_384

  /// Starts the shell with a script and its arguments, and hands it the password.
  init(_ script: String, _ arguments: [String], password: String, as account: ServerAccount) {
    let (lifelines, handOver) = AsyncStream.makeStream(of: StandardInputWriter.self)
    // Tasks of their own: a cancelled caller still has a process to end.
    lifeline = Task {
      for await lifeline in lifelines { return lifeline }
      return nil
    }
    end = Task {
      defer { handOver.finish() }
      return try await Subprocess.run(
        account.shell(["-c", script, "sh"] + arguments), input: .inputWriter,
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

  /// Returns when a connection is let in, or throws why none is and never will be.
  func waitUntilReady(at url: Secret) async throws(PostgresServerFault) {
    let hasEnded = Mutex<String?>(nil)
    Task { [end] in
      let result = await end.result
      hasEnded.withLock { hasEnded in
        hasEnded =
          switch result {
          case .success(let words): words
          case .failure(let error): "\(error)"
          }
      }
    }
    let start = ContinuousClock.now
    while true {
      let fault: PostgresFault
      do throws(PostgresFault) {
        let connection = try await Connection.open(url, timeout: .seconds(5))
        await connection.close()
        return
      } catch {
        fault = error
      }
      if let words = hasEnded.withLock({ $0 }) {
        throw .endedAtOnce(reason: ServerProcess.reason(in: words))
      }
      guard start.duration(to: .now) < ServerProcess.patience else {
        throw .notReady(within: ServerProcess.patience, reason: fault.message)
      }
      do {
        // Nothing tells when a server has come to listen; the whole start takes some 50 ms.
        try await ContinuousClock().sleep(for: .milliseconds(10))
      } catch {
        throw .cancelled
      }
    }
  }

  /// The line that names the failure, or the last ones.
  private static func reason(in words: String) -> String {
    let lines = words.split(whereSeparator: \.isNewline)
    let telling = lines.first { $0.contains("FATAL") || $0.contains("error:") }
    let text = telling.map { String($0) } ?? lines.suffix(3).joined(separator: "; ")
    return text.isEmpty ? "it said nothing" : text
  }
}
