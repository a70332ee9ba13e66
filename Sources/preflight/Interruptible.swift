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

  /// Carries out work that the first signal asks to end, which is told, and that the second one cancels.
  ///
  /// Answers what it answered, and how the process has to end where a signal came.
  static func run<Value: Sendable>(
    stoppingBy stop: StopRequest, telling output: Output,
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> (value: Value, stopped: ExitStatus?) {
    let signals = Signals()
    let task = Task { try await work() }
    signals.forEach { count in
      guard count == 1 else { return task.cancel() }
      stop.request()
      output.note("finishing what is under way; a second signal ends it at once\n")
    }
    return (try await task.value, signals.exitStatus)
  }
}
