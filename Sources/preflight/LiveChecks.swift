internal import Core
internal import Gate
internal import Monitor
internal import Reports
internal import Runner
internal import Synchronization

/// Live lines on standard error while the gate asks.
final class LiveChecks: Sendable {
  private static let interval = Duration.milliseconds(100)

  private let progress: Mutex<CheckProgress>
  private let isTerminal = Terminal.error.isTerminal
  private let output: Output
  private let start = ContinuousClock.now

  init(planned: Int, style: Style, redactor: Redactor, output: Output) {
    self.output = output
    progress = Mutex(
      CheckProgress(
        planned: planned, style: style, isTerminal: isTerminal, redactor: redactor))
  }

  /// Takes an event of the gate.
  ///
  /// Without a terminal the report says soon enough how a check ended; only slow ones are named.
  func take(_ event: GateEvent) {
    progress.withLock { progress in
      let text = progress.take(event, at: start.duration(to: .now))
      if isTerminal { output.note(text) }
    }
  }

  /// Keeps the lines moving while the work lasts, and takes them away after it.
  func shown<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
    await withTaskGroup(of: Value?.self) { group in
      group.addTask { await work() }
      group.addTask { [self] in
        while (try? await ContinuousClock().sleep(for: LiveChecks.interval)) != nil {
          progress.withLock { output.note($0.tick(at: start.duration(to: .now))) }
        }
        return nil
      }
      var value: Value?
      while value == nil, let ended = await group.next() { value = ended }
      group.cancelAll()
      progress.withLock { output.note($0.clear()) }
      guard let value else { preconditionFailure("the work of a group ended without a value") }
      return value
    }
  }
}

/// Live lines on standard error while a run is under way.
final class LiveRun: Sendable {
  private let progress: Mutex<RunProgress>
  private let output: Output

  init(
    pipeline: String, style: Style, dollarsPerMillionTokens: Double?, output: Output
  ) {
    self.output = output
    progress = Mutex(
      RunProgress(
        pipeline: pipeline, style: style, isTerminal: Terminal.error.isTerminal,
        dollarsPerMillionTokens: dollarsPerMillionTokens))
  }

  func take(_ event: RunEvent) {
    progress.withLock { progress in
      switch event {
      case .began(let pipeline, let items, let jobID, let isResumed):
        let job = jobID.map { ", job \($0)" } ?? ""
        let what = isResumed ? "going on with a run" : "a run"
        output.note("\(pipeline): \(what) of \(items.counted("item"))\(job)\n")
      case .observed(let observation):
        output.note(progress.take(observation))
      case .auditing:
        output.note(progress.clear() + "auditing what is stored\n")
      }
    }
  }

  func end() { progress.withLock { output.note($0.clear()) } }
}
