#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A moment by which something has to be done, and the span that was given for it.
struct Deadline: Sendable {
  let limit: Duration
  let end: ContinuousClock.Instant

  init(_ limit: Duration) {
    self.limit = limit
    end = .now.advanced(by: limit)
  }

  private init(limit: Duration, end: ContinuousClock.Instant) {
    self.limit = limit
    self.end = end
  }

  var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: end)) }

  /// The same, or one that is this far away if that is sooner.
  func atMost(_ limit: Duration) -> Deadline { remaining > limit ? Deadline(limit) : self }

  /// An even part of what remains, for the first of several attempts.
  func share(of attempts: Int) -> Deadline {
    Deadline(limit: limit, end: .now.advanced(by: remaining / max(1, attempts)))
  }
}

/// Why waiting ended without what was waited for.
enum Interruption: Error, Equatable {
  case deadline
  case cancelled
}

/// Which direction of a socket is waited for.
struct Readiness: OptionSet, Sendable {
  let rawValue: Int16
  static let reading = Readiness(rawValue: Int16(POLLIN))
  static let writing = Readiness(rawValue: Int16(POLLOUT))
}

/// Blocks this thread until a socket is ready, somebody signals, or an interruption.
///
/// - Parameters:
///   - readiness: The directions to wait for.
///   - socket: The socket, or nil to wait for the signal alone.
///   - wakeUp: What others signal to have a condition looked at again.
///   - deadline: When to give up.
///   - isCancellable: Whether the cancellation of the current task interrupts.
/// - Returns: The directions that are ready; none after a signal.
/// - Throws: An interruption, as soon as there is one.
func wait(
  for readiness: Readiness, on socket: Int32?, or wakeUp: WakeUp, until deadline: Deadline,
  isCancellable: Bool
) throws(Interruption) -> Readiness {
  while true {
    if isCancellable, Task.isCancelled { throw .cancelled }
    let remaining = deadline.remaining
    guard remaining > .zero else { throw .deadline }
    var descriptors = [
      pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
      // A negative descriptor is passed over, poll(2).
      pollfd(fd: socket ?? -1, events: readiness.rawValue, revents: 0),
    ]
    // Rounded up: a zero would spin until the deadline.
    let milliseconds = Int32(min(60_000, (remaining / .milliseconds(1)).rounded(.up)))
    guard unsafe poll(&descriptors, 2, milliseconds) > 0 else { continue }
    if descriptors[0].revents != 0 { wakeUp.clear() }
    let socketEvents = descriptors[1].revents
    guard socketEvents == 0 else {
      // An error or a hang-up shows in the next read or write.
      let failed = socketEvents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
      return failed ? readiness : Readiness(rawValue: socketEvents)
    }
    if descriptors[0].revents != 0, !(isCancellable && Task.isCancelled) { return [] }
  }
}
