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
    var count = 0
    var receive: (@Sendable (Int) -> Void)?
    var sources: [any DispatchSourceSignal] = []
  }

  // Dispatch's sources may be cancelled from any thread; the lock keeps their list in one piece.
  private let state = Mutex(State())

  /// Signals that end nothing from here on; whoever asks for them gets also those that came before.
  init() {
    let queue = DispatchQueue(label: "preflight.signals")
    let listening = DispatchSemaphore(value: 0)
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      state.withLock { state in
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { [weak self] in
          self?.take(number)
        }
        source.setRegistrationHandler { listening.signal() }
        source.resume()
        state.sources.append(source)
      }
    }
    // A source listens a moment after it is told to, and what comes before is ignored for good.
    for _ in 0..<2 { listening.wait() }
  }

  /// Calls for each signal, with how many there have been.
  func forEach(_ receive: @escaping @Sendable (Int) -> Void) {
    let earlier = state.withLock { state in
      state.receive = receive
      return state.count
    }
    for count in 0..<earlier { receive(count + 1) }
  }

  private func take(_ number: Int32) {
    let (receive, count) = state.withLock { state in
      state.first = state.first ?? number
      state.count += 1
      return (state.receive, state.count)
    }
    receive?(count)
  }

  /// How a process ends that the first signal has stopped, or nil where none came.
  var exitStatus: ExitStatus? {
    state.withLock { $0.first }.map { $0 == SIGINT ? .interrupted : .terminated }
  }
}
