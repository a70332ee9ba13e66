/// Why a sandbox could not be set up, or COMMAND not be run in it.
package enum SandboxProblem: Error, Sendable, Equatable {
  case directoryNotCreated(String)
  case endpointNotStarted(String)
  /// The words of the Postgres server's own fault.
  case serverNotStarted(String)
  /// The words of the database's fault, while the world was set up.
  case worldNotCreated(String)
  case rowsUnreadable(path: String, String)
  case rowInvalid(path: String, line: Int, String)
  case commandNotFound(String)
  case commandNotStarted(String, reason: String)
  /// The task that set it up, or that waited for COMMAND, was cancelled.
  case cancelled
  /// Stopped by a signal before COMMAND was running.
  case interrupted(signal: Int32)

  package var message: String {
    switch self {
    case .directoryNotCreated(let reason): "cannot create the sandbox's folder: \(reason)"
    case .endpointNotStarted(let reason): "cannot start the sandbox's endpoint: \(reason)"
    case .serverNotStarted(let reason): reason
    case .worldNotCreated(let reason): "cannot set up the sandbox's database: \(reason)"
    case .rowsUnreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .rowInvalid(let path, let line, let reason): "\(path):\(line): \(reason)"
    case .commandNotFound(let name): "command not found: \(name)"
    case .commandNotStarted(let name, let reason): "cannot run \(name): \(reason)"
    case .cancelled: "the sandbox was cancelled"
    case .interrupted(let signal): "stopped by signal \(signal)"
    }
  }

  /// The exit status that says so, as a shell has it for a command that it cannot run.
  package var exitStatus: Int32 {
    switch self {
    case .commandNotFound: 127
    case .commandNotStarted: 126
    case .rowsUnreadable, .rowInvalid: 64
    case .cancelled: 130
    case .interrupted(let signal): 128 + signal
    case .directoryNotCreated, .endpointNotStarted, .serverNotStarted, .worldNotCreated: 70
    }
  }
}
