internal import Core
internal import Subprocess
internal import SystemPackage

/// A program of this machine, run to its end without a shell.
struct CommandRun: Sendable {
  /// Bytes that are kept of each stream; the rest is read and dropped, so that nobody waits.
  static let streamLimit = 65_536

  /// How a program ended.
  enum End: Sendable, Equatable {
    case exited(Int)
    case signaled(Int)
  }

  /// The beginning of what a program wrote to a stream.
  struct Stream: Sendable, Equatable {
    fileprivate(set) var bytes: [UInt8] = []
    /// Whether it wrote more than is kept.
    fileprivate(set) var isCut = false
  }

  /// Why it did not run.
  enum Fault: Error, Sendable, Equatable {
    case notFound(String)
    case notStarted(String, reason: String)
    case cancelled

    var message: String {
      switch self {
      case .notFound(let name): "there is no program \(name.quoted)"
      case .notStarted(let name, let reason): "\(name.quoted) cannot be run: \(reason)"
      case .cancelled: "interrupted before it had an answer"
      }
    }
  }

  let end: End
  let output: Stream
  let error: Stream

  /// Runs a program with nothing on its standard input, in a session and a group of its own.
  ///
  /// When the task is cancelled, the whole group is killed.
  ///
  /// - Parameters:
  ///   - words: The program, by name or path, and its arguments.
  ///   - variables: What its environment has beyond that of this process.
  ///   - directory: Where it works.
  /// - Returns: How it ended, and what it wrote.
  /// - Throws: Why it did not run to an end.
  static func of(
    _ words: [String], _ variables: [String: String], in directory: String
  ) async throws(Fault) -> CommandRun {
    let name = words.first ?? ""
    var changes: [Environment.Key: String?] = [:]
    for (name, value) in variables {
      if let key = Environment.Key(rawValue: name) { changes[key] = value }
    }
    var options = PlatformOptions()
    // Without a terminal nothing asks for a password; and the group is its own, to be killed whole.
    options.createSession = true
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)
    ]
    let environment = Environment.inherit.updating(changes)
    do {
      // Looked up once: a name is tried in each folder of PATH with a process of its own.
      let program = try await (name.contains("/") ? Executable.path(FilePath(name)) : .name(name))
        .resolveExecutablePath(in: environment)
      let result = try await Subprocess.run(
        .path(program), arguments: Arguments(Array(words.dropFirst())), environment: environment,
        workingDirectory: FilePath(directory), platformOptions: options, input: .none,
        output: .sequence, error: .sequence
      ) { execution in
        async let output = beginning(of: execution.standardOutput)
        async let error = beginning(of: execution.standardError)
        return try await (output, error)
      }
      guard !Task.isCancelled else { throw Fault.cancelled }
      let end: End =
        switch result.terminationStatus {
        case .exited(let status): .exited(Int(status))
        case .signaled(let signal): .signaled(Int(signal))
        }
      return CommandRun(end: end, output: result.closureResult.0, error: result.closureResult.1)
    } catch {
      throw Fault(error, running: name)
    }
  }

  private static func beginning(of pieces: SubprocessOutputSequence) async throws -> Stream {
    var stream = Stream()
    for try await piece in pieces {
      let room = streamLimit - stream.bytes.count
      unsafe piece.withUnsafeBytes { unsafe stream.bytes += $0.prefix(room) }
      if piece.count > room { stream.isCut = true }
    }
    return stream
  }
}

extension CommandRun.Fault {
  fileprivate init(_ error: any Error, running name: String) {
    if let fault = error as? CommandRun.Fault {
      self = fault
    } else if Task.isCancelled {
      self = .cancelled
    } else if let error = error as? SubprocessError {
      let isAbsent =
        error.code == .executableNotFound || error.underlyingError == .noSuchFileOrDirectory
      let reason = error.underlyingError.map { "\($0)" } ?? "\(error)"
      self = isAbsent ? .notFound(name) : .notStarted(name, reason: reason)
    } else {
      self = .notStarted(name, reason: "\(error)")
    }
  }
}
