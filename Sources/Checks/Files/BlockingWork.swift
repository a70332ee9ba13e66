internal import Dispatch
internal import Synchronization

/// Work that cannot be interrupted, such as reading files or matching a pattern.
enum BlockingWork {
  /// Does the work on a thread that no other task waits for.
  ///
  /// - Parameter work: What to do; it may ask whether the wait for it was given up.
  /// - Returns: Its result, or nil where the task was cancelled first; the work is then left behind.
  static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
    let answer = Answer<Value>()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        answer.wait(with: continuation)
        if Task.isCancelled { answer.give(nil) }
        DispatchQueue.global().async { answer.give(work()) }
      }
    } onCancel: {
      answer.give(nil)
    }
  }

  /// Hands over the first of result and cancellation.
  private final class Answer<Value: Sendable>: Sendable {
    private let waiting = Mutex<CheckedContinuation<Value?, Never>?>(nil)

    func wait(with continuation: CheckedContinuation<Value?, Never>) {
      waiting.withLock { $0 = continuation }
    }

    func give(_ value: Value?) {
      let continuation = waiting.withLock { waiting in
        defer { waiting = nil }
        return waiting
      }
      continuation?.resume(returning: value)
    }
  }
}
