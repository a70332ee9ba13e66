internal import Core
internal import Synchronization

/// One libcurl multi handle on a thread of its own, through which any number of tasks send.
///
/// Connections are kept and used again. Redirections are not followed, so that a secret in a header
/// goes to no other host; proxies from the environment are not honoured, for the same reason; and
/// no compression is asked for, so that the limit on a body bounds what is received, too.
package final class HTTPClient: Sendable {
  /// The first request starts the loop: to initialise libcurl takes milliseconds, which a program
  /// that asks only databases need not spend.
  private enum State {
    case idle
    case running(TransferLoop)
    case closed
  }

  private let state = Mutex(State.idle)
  private let authorities: String?

  /// - Parameter authorities: The path of a file of certificates to trust besides those that the system
  ///   keeps in a folder; nil for the system's own file.
  package init(trusting authorities: String? = nil) {
    self.authorities = authorities
  }

  deinit {
    close()
  }

  /// Sends a request and waits for the whole answer, whatever its status.
  ///
  /// When the task is cancelled the transfer is given up at once.
  ///
  /// - Parameter request: What to send, and within which bounds.
  /// - Returns: The answer, with its body.
  /// - Throws: The fault that kept an answer from arriving whole.
  package func send(_ request: HTTPRequest) async throws(HTTPFault) -> HTTPReply {
    let target = try Target(of: request)
    guard let loop = runningLoop() else { throw .cancelled }
    let tag = loop.nextTag()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.submit(
          Submission(
            tag: tag, request: request, target: target, authorities: authorities,
            continuation: continuation))
        // A cancellation that came before the submission found nothing to cancel.
        if Task.isCancelled { loop.cancel(tag) }
      }
    } onCancel: {
      loop.cancel(tag)
    }
    return try result.get()
  }

  /// Gives up what is under way, closes the connections and ends the thread; later requests are
  /// answered with `cancelled`.
  package func close() {
    state.withLock { state in
      if case .running(let loop) = state { loop.close() }
      state = .closed
    }
  }

  private func runningLoop() -> TransferLoop? {
    state.withLock { state in
      switch state {
      case .closed: return nil
      case .running(let loop): return loop
      case .idle:
        let loop = TransferLoop.start()
        state = .running(loop)
        return loop
      }
    }
  }
}

/// A request on its way to the thread that carries it out, with whom to tell.
struct Submission: Sendable {
  let tag: UInt
  let request: HTTPRequest
  let target: Target
  let authorities: String?
  let continuation: CheckedContinuation<Result<HTTPReply, HTTPFault>, Never>
}
