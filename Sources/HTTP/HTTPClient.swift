internal import Core
internal import Synchronization

/// One libcurl multi handle on a thread of its own, through which any number of tasks send.
///
/// Connections are kept and used again. Redirections are not followed, so that a secret in a header
/// goes to no other host; proxies from the environment are not honoured, for the same reason; and
/// no compression is asked for, so that the limit on a body bounds what is received, too.
package final class HTTPClient: Sendable {
  private let loop: TransferLoop

  package init() {
    loop = TransferLoop.start()
  }

  deinit {
    loop.close()
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
    let tag = loop.nextTag()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.submit(
          Submission(tag: tag, request: request, target: target, continuation: continuation))
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
    loop.close()
  }
}

/// A request on its way to the thread that carries it out, with whom to tell.
struct Submission: Sendable {
  let tag: UInt
  let request: HTTPRequest
  let target: Target
  let continuation: CheckedContinuation<Result<HTTPReply, HTTPFault>, Never>
}
