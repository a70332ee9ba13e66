internal import CLibCURL
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The thread that owns the multi handle: it alone touches the handle and its transfers.
///
/// Others leave word in the mailbox and wake the thread with `curl_multi_wakeup`, the one function
/// of libcurl that any thread may call (https://curl.se/libcurl/c/curl_multi_wakeup.html).
@safe final class TransferLoop: @unchecked Sendable {
  // @unchecked: `multi` is a plain pointer. Only the thread uses it, but for the wake-up, which is
  // called under the mailbox's lock and not after the thread has ended.
  private let multi: UnsafeMutableRawPointer
  private let mailbox = Mutex(Mailbox())
  private let lastTag = Atomic<UInt>(0)

  private struct Mailbox {
    var submissions: [Submission] = []
    var cancelled: [UInt] = []
    var isClosed = false
    var hasEnded = false
  }

  /// An upper bound on a sleep in which nothing is due: libcurl shortens it to its own timers.
  private static let idleMilliseconds: Int32 = 60_000

  /// Idle connections to keep.
  ///
  /// libcurl's own bound shrinks with the transfers under way, so that a
  /// lull between two batches would close connections that the next one needs.
  private static let keptConnections = 64

  private static let hasInitialised: Bool = preflight_global_init() == CURLE_OK

  /// Makes a loop and the thread that runs it; memory or threads running out ends the program.
  static func start() -> TransferLoop {
    guard hasInitialised, let multi = unsafe curl_multi_init() else {
      fatalError("libcurl could not be initialised: out of memory")
    }
    let loop = unsafe TransferLoop(owning: multi)
    var thread = pthread_t()
    // The thread takes over this reference and releases it when it ends.
    let reference = unsafe Unmanaged.passRetained(loop)
    let code = unsafe pthread_create(
      &thread, nil,
      { reference in
        guard let reference = unsafe reference else { return nil }
        unsafe Unmanaged<TransferLoop>.fromOpaque(reference).takeRetainedValue().run()
        return nil
      }, reference.toOpaque())
    guard code == 0 else { fatalError("no thread for the HTTP client: error \(code)") }
    pthread_detach(thread)
    return loop
  }

  private init(owning multi: UnsafeMutableRawPointer) {
    unsafe self.multi = unsafe multi
    unsafe preflight_set_multi_number(
      multi, CURLMOPT_MAXCONNECTS, TransferLoop.keptConnections)
  }

  deinit {
    unsafe curl_multi_cleanup(multi)
  }

  /// A number that no other request of this client has.
  func nextTag() -> UInt {
    lastTag.add(1, ordering: .relaxed).newValue
  }

  func submit(_ submission: Submission) {
    let isAccepted = mailbox.withLock { mailbox in
      guard !mailbox.isClosed else { return false }
      mailbox.submissions.append(submission)
      unsafe curl_multi_wakeup(multi)
      return true
    }
    if !isAccepted { submission.continuation.resume(returning: .failure(.cancelled)) }
  }

  func cancel(_ tag: UInt) {
    mailbox.withLock { mailbox in
      guard !mailbox.isClosed else { return }
      mailbox.cancelled.append(tag)
      unsafe curl_multi_wakeup(multi)
    }
  }

  func close() {
    mailbox.withLock { mailbox in
      mailbox.isClosed = true
      if !mailbox.hasEnded { unsafe curl_multi_wakeup(multi) }
    }
  }

  private func run() {
    // Writing to a connection that the server has closed raises SIGPIPE in this thread, where libcurl
    // leaves the writing to a TLS library; blocked, it ends as an error of the write.
    var pipe = sigset_t()
    unsafe sigemptyset(&pipe)
    unsafe sigaddset(&pipe, SIGPIPE)
    unsafe pthread_sigmask(SIG_BLOCK, &pipe, nil)

    var transfers: [UInt: Transfer] = [:]
    while true {
      let mail = mailbox.withLock { mailbox in
        defer {
          mailbox.submissions = []
          mailbox.cancelled = []
          mailbox.hasEnded = mailbox.isClosed
        }
        return mailbox
      }
      for submission in mail.submissions { begin(submission, among: &transfers) }
      for tag in mail.isClosed ? Array(transfers.keys) : mail.cancelled {
        guard let transfer = transfers.removeValue(forKey: tag) else { continue }
        unsafe curl_multi_remove_handle(multi, transfer.easy)
        transfer.giveUp(.cancelled)
      }
      if mail.isClosed { return }
      var running: Int32 = 0
      unsafe curl_multi_perform(multi, &running)
      finish(&transfers)
      unsafe curl_multi_poll(multi, nil, 0, TransferLoop.idleMilliseconds, nil)
    }
  }

  private func begin(_ submission: Submission, among transfers: inout [UInt: Transfer]) {
    let transfer = Transfer(submission)
    let code = unsafe curl_multi_add_handle(multi, transfer.easy)
    if let fault = transfer.setUpFault {
      if code == CURLM_OK { unsafe curl_multi_remove_handle(multi, transfer.easy) }
      transfer.giveUp(fault)
    } else if code != CURLM_OK {
      transfer.giveUp(.other(code: Int(code.rawValue), text: "the transfer could not be added"))
    } else {
      transfers[submission.tag] = transfer
    }
  }

  private func finish(_ transfers: inout [UInt: Transfer]) {
    var queued: Int32 = 0
    while let message = unsafe curl_multi_info_read(multi, &queued) {
      guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
      let easy = unsafe message.pointee.easy_handle
      // Read before the handle is removed: the message does not outlive that.
      let code = unsafe message.pointee.data.result
      guard let transfer = unsafe transfers.removeValue(forKey: preflight_tag(easy)) else {
        continue
      }
      unsafe curl_multi_remove_handle(multi, transfer.easy)
      transfer.finish(with: code)
    }
  }
}
