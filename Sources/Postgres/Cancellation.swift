internal import CLibPQ
internal import Dispatch
internal import Synchronization

extension Session {
  /// How long a server is given to stop a statement, before its connection is given up: many round
  /// trips, and not so long that whoever waits would take it for a hang.
  static let grace = Duration.milliseconds(150)

  /// Has the server stop what it does, and receives the rest.
  ///
  /// - Returns: Whether the statement ended and the connection can be used on; if not it is closed.
  func stop(_ connection: OpaquePointer, receiving reception: inout Reception) -> Bool {
    reception.isDiscarding = reception.table.byteCount > 0
    let deadline = Deadline(Session.grace)
    guard let request = unsafe CancelRequest(of: connection) else {
      close(because: "its statement could not be stopped")
      return false
    }
    request.send(signalling: wakeUp)
    do throws(Stop) {
      unsafe try receive(
        into: &reception, over: connection, until: deadline, isCancellable: false)
    } catch {
      close(because: "its statement did not stop")
      return false
    }
    // A request still on its way would stop the connection's next statement instead.
    while !request.hasReturned {
      do throws(Interruption) {
        _ = try wait(for: [], on: nil, or: wakeUp, until: deadline, isCancellable: false)
      } catch {
        close(because: "a request to stop its statement is still on its way")
        return false
      }
    }
    return true
  }
}

/// One request to stop a statement, which libpq sends over a connection of its own.
@safe private final class CancelRequest: @unchecked Sendable {
  // @unchecked: libpq lets any thread use a PGcancel; it is made once, sent once, and freed after.
  private let request: OpaquePointer
  private let isDone = Mutex(false)

  init?(of connection: OpaquePointer) {
    guard let request = unsafe PQgetCancel(connection) else { return nil }
    unsafe self.request = unsafe request
  }

  deinit {
    unsafe PQfreeCancel(request)
  }

  var hasReturned: Bool { isDone.withLock { $0 } }

  /// Sends the request from a thread of its own, for `PQcancel` blocks, then signals.
  func send(signalling wakeUp: WakeUp) {
    DispatchQueue(label: "preflight.postgres.cancel").async {
      var reason = [CChar](repeating: 0, count: 256)
      _ = unsafe PQcancel(self.request, &reason, Int32(reason.count))
      self.isDone.withLock { $0 = true }
      wakeUp.signal()
    }
  }
}
