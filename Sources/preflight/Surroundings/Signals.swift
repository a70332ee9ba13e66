internal import Dispatch
internal import Gate
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// SIGINT and SIGTERM, turned from an end of the process into a call.
final class Signals: Sendable {
  private struct State {
    var first: Int32?
    var sources: [any DispatchSourceSignal] = []
  }

  // Dispatch's sources may be cancelled from any thread; the lock keeps their list in one piece.
  private let state = Mutex(State())

  /// - Parameter receive: is told how many signals have come, from 1.
  init(_ receive: @escaping @Sendable (Int) -> Void) {
    let queue = DispatchQueue(label: "preflight.signals")
    let count = Counter()
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      state.withLock { state in
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { [weak self] in
          self?.state.withLock { state in state.first = state.first ?? number }
          receive(count.next())
        }
        source.resume()
        state.sources.append(source)
      }
    }
  }

  /// How a process ends that the first signal has stopped, or nil where none came.
  var exitStatus: ExitStatus? {
    state.withLock { $0.first }.map { $0 == SIGINT ? .interrupted : .terminated }
  }
}

private final class Counter: Sendable {
  private let value = Mutex(0)

  func next() -> Int {
    value.withLock { value in
      value += 1
      return value
    }
  }
}
