internal import Subprocess
internal import SystemPackage

extension Sandbox {
  /// Starts a sandbox, runs a command in it, and removes everything, also when interrupted.
  ///
  /// - Returns: the command's exit status, or 128 and the number of the signal that ended it.
  package static func run(
    _ command: [String], _ options: SandboxOptions
  ) async throws(SandboxProblem) -> Int32 {
    let relay = SignalRelay()
    defer { relay.end() }
    // A task to cancel when a signal comes in, which a parent could only do for all of its own.
    let starting = Task { () async -> Result<Sandbox, SandboxProblem> in
      do throws(SandboxProblem) {
        return .success(try await start(options))
      } catch {
        return .failure(error)
      }
    }
    relay.atFirstSignal { starting.cancel() }
    let sandbox: Sandbox
    do throws(SandboxProblem) {
      sandbox = try await starting.value.get()
    } catch {
      throw relay.first.map { .interrupted(signal: $0) } ?? error
    }
    if let signal = relay.first {
      await sandbox.stop()
      throw .interrupted(signal: signal)
    }
    return try await sandbox.runCommand(command, relay)
  }

  /// Runs a command in the sandbox, and then stops the sandbox.
  ///
  /// The command has this process' standard streams, environment and folder. SIGTERM, SIGHUP and,
  /// where the terminal has not sent it to the command already, SIGINT are passed on to it.
  ///
  /// - Returns: the command's exit status, or 128 and the number of the signal that ended it.
  package func runCommand(_ command: [String]) async throws(SandboxProblem) -> Int32 {
    let relay = SignalRelay()
    defer { relay.end() }
    return try await runCommand(command, relay)
  }

  private func runCommand(
    _ command: [String], _ relay: SignalRelay
  ) async throws(SandboxProblem) -> Int32 {
    do throws(SandboxProblem) {
      let status = try await execute(command, relay)
      await stop()
      return status
    } catch {
      await stop()
      throw error
    }
  }

  private func execute(
    _ command: [String], _ relay: SignalRelay
  ) async throws(SandboxProblem) -> Int32 {
    guard let name = command.first, !name.isEmpty else { throw .commandNotFound("") }
    var changes: [Environment.Key: String?] = [:]
    for variable in unset {
      if let key = Environment.Key(rawValue: variable) { changes[key] = .some(nil) }
    }
    for (variable, value) in environment {
      if let key = Environment.Key(rawValue: variable) { changes[key] = value }
    }
    do {
      let result = try await Subprocess.run(
        name.contains("/") ? .path(FilePath(name)) : .name(name),
        arguments: Arguments(Array(command.dropFirst())),
        environment: .inherit.updating(changes), input: .currentStandardInput,
        output: .currentStandardOutput, error: .currentStandardError
      ) { execution in
        relay.forward(to: execution.processIdentifier.value)
      }
      relay.stopForwarding()
      switch result.terminationStatus {
      case .exited(let status): return status
      case .signaled(let signal): return 128 + signal
      }
    } catch {
      relay.stopForwarding()
      throw SandboxProblem(error, running: name)
    }
  }
}

extension SandboxProblem {
  /// Tells a command that is not there from one that cannot be run.
  fileprivate init(_ error: any Error, running name: String) {
    guard let error = error as? SubprocessError else {
      self = error is CancellationError ? .cancelled : .commandNotStarted(name, reason: "\(error)")
      return
    }
    if error.code == .executableNotFound || error.underlyingError == .noSuchFileOrDirectory {
      self = .commandNotFound(name)
    } else {
      let reason = error.underlyingError.map { "\($0)" } ?? "\(error)"
      self = .commandNotStarted(name, reason: reason)
    }
  }
}
