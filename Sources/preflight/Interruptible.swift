internal import Gate
internal import Runner

/// Runs a command's work so that SIGINT and SIGTERM end it in order.
enum Interruptible {
  /// Carries out work that is cancelled by the first signal.
  ///
  /// Answers what it answered, and how the process has to end where a signal came.
  static func run<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> (value: Value, stopped: ExitStatus?) {
    // Before the work begins: a signal in between would end the process without a report.
    let signals = Signals()
    let task = Task { try await work() }
    signals.forEach { _ in task.cancel() }
    return (try await task.value, signals.exitStatus)
  }

  /// Carries out work that the first signal asks to end, and that the second one cancels.
  ///
  /// Answers what it answered, and how the process has to end where a signal came.
  static func run<Value: Sendable>(
    stoppingBy stop: StopRequest, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> (value: Value, stopped: ExitStatus?) {
    let signals = Signals()
    let task = Task { try await work() }
    signals.forEach { count in
      if count == 1 { stop.request() } else { task.cancel() }
    }
    return (try await task.value, signals.exitStatus)
  }
}
