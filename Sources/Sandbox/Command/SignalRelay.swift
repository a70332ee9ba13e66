internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Where the signal handler writes the numbers of signals; -1 while no relay is open.
private let signalSocket = Atomic<Int32>(-1)

/// The signal handler, which may do no more than what POSIX calls async-signal-safe.
private func noteSignal(_ number: Int32) {
  let before = errno
  var byte = UInt8(truncatingIfNeeded: number)
  unsafe write(signalSocket.load(ordering: .relaxed), &byte, 1)
  errno = before
}

/// Takes the signals that would end this process, and passes them on to a command.
///
/// While one is open, SIGINT, SIGTERM and SIGHUP do not end the process. Signals and their handlers
/// belong to the whole process: no more than one relay may be open at a time. (Dispatch's own signal
/// sources lose signals in a process whose main thread is not Dispatch's.)
final class SignalRelay: Sendable {
  private struct State {
    var first: Int32?
    var target: pid_t?
    var onFirst: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())
  private let taken: [Int32]
  private let descriptor: Int32
  private let reading: Reading

  /// A Dispatch source may be cancelled from any thread, which its protocol does not say.
  private struct Reading: @unchecked Sendable {
    let source: any DispatchSourceRead
  }

  /// The first signal that came in.
  var first: Int32? { state.withLock { $0.first } }

  init() {
    var ends: [Int32] = [-1, -1]
    // Neither end is for a command; and a full one must not stop the process in its handler.
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    unsafe socketpair(AF_UNIX, Int32(kind), 0, &ends)
    let (output, input) = (ends[0], ends[1])
    descriptor = input
    signalSocket.store(input, ordering: .relaxed)
    let source = DispatchSource.makeReadSource(fileDescriptor: output)
    reading = Reading(source: source)
    // What is ignored from the start, as SIGHUP is under nohup, stays so.
    taken = [SIGINT, SIGTERM, SIGHUP].filter { number in
      let before = signal(number, noteSignal)
      guard SignalRelay.isIgnored(before) else { return true }
      signal(number, SIG_IGN)
      return false
    }
    source.setEventHandler { [weak self] in
      var byte: UInt8 = 0
      while unsafe read(output, &byte, 1) == 1 { self?.received(Int32(byte)) }
    }
    source.setCancelHandler { close(output) }
    source.resume()
  }

  /// Calls a closure at the first signal, at once where that is past.
  func atFirstSignal(_ action: @escaping @Sendable () -> Void) {
    let isPast = state.withLock { state in
      if state.first == nil { state.onFirst = action }
      return state.first != nil
    }
    if isPast { action() }
  }

  /// Passes signals on to this process, also one that came in before it was there.
  func forward(to process: pid_t) {
    let pending = state.withLock { state in
      state.target = process
      return state.first
    }
    if let pending { kill(process, pending) }
  }

  /// Keeps the signals that still come to itself.
  func stopForwarding() {
    state.withLock { $0.target = nil }
  }

  /// Gives the signals their usual effect again.
  func end() {
    for number in taken { signal(number, SIG_DFL) }
    signalSocket.store(-1, ordering: .relaxed)
    reading.source.cancel()
    close(descriptor)
  }

  private func received(_ signal: Int32) {
    let action = state.withLock { state -> (@Sendable () -> Void)? in
      if let target = state.target, !SignalRelay.reachesGroup(signal) { kill(target, signal) }
      guard state.first == nil else { return nil }
      state.first = signal
      defer { state.onFirst = nil }
      return state.onFirst
    }
    action?()
  }

  /// Whether a command in this process group has the signal already, as Ctrl-C on a terminal sends
  /// it to the whole group in the foreground.
  private static func reachesGroup(_ signal: Int32) -> Bool {
    signal == SIGINT && tcgetpgrp(STDIN_FILENO) == getpgrp()
  }

  /// Whether a disposition is `SIG_IGN`, which is no function but the number 1.
  private static func isIgnored(_ disposition: (@convention(c) (Int32) -> Void)?) -> Bool {
    unsafe unsafeBitCast(disposition, to: Int.self) == 1
  }
}
