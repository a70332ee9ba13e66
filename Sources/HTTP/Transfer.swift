internal import CLibCURL
internal import Core

/// One libcurl easy handle with all that it points at, freed together.
///
/// Only the loop's thread uses it, from `init` to `deinit`; it is no member of the multi handle any
/// more when it goes.
@safe final class Transfer {
  let easy: UnsafeMutableRawPointer
  /// Set where the handle could not be configured, which means that memory ran out.
  private(set) var setUpFault: HTTPFault?

  private let submission: Submission
  private let headerList: UnsafeMutablePointer<curl_slist>?
  private let errorText: UnsafeMutablePointer<CChar>
  private var received = ReceivedReply()

  init(_ submission: Submission) {
    guard let easy = unsafe curl_easy_init() else {
      fatalError("libcurl could not make a handle: out of memory")
    }
    unsafe self.easy = unsafe easy
    self.submission = submission
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    unsafe headerList = unsafe Transfer.list(of: submission.request)
    received = ReceivedReply(bodyLimit: submission.request.bodyLimit)
    configure()
  }

  deinit {
    unsafe curl_easy_cleanup(easy)
    unsafe curl_slist_free_all(headerList)
    unsafe errorText.deallocate()
  }

  /// Tells the sender that there will be no answer.
  func giveUp(_ fault: HTTPFault) {
    submission.continuation.resume(returning: .failure(fault))
  }

  /// Tells the sender how libcurl ended the transfer.
  func finish(with code: CURLcode) {
    guard code == CURLE_OK else { return giveUp(fault(of: code)) }
    let reply = unsafe HTTPReply(
      status: preflight_number(easy, CURLINFO_RESPONSE_CODE), headers: received.headers,
      body: received.body, timings: timings)
    submission.continuation.resume(returning: .success(reply))
  }

  private func fault(of code: CURLcode) -> HTTPFault {
    if let refusal = received.refusal { return refusal }
    let text = unsafe String(cString: errorText)
    let failure = unsafe TransferFailure(
      code: code, text: text.isEmpty ? String(cString: curl_easy_strerror(code)) : text,
      systemError: Int32(truncatingIfNeeded: preflight_number(easy, CURLINFO_OS_ERRNO)),
      phase: phase, receivedBytes: received.body.count,
      elapsed: .microseconds(preflight_microseconds(easy, CURLINFO_TOTAL_TIME_T)))
    return failure.fault(of: submission.request, to: submission.target)
  }

  private var phase: HTTPFault.Phase {
    if received.hasBegun { return .midBody }
    // A reused connection skips the phases before the request, and leaves their times at zero.
    if unsafe preflight_number(easy, CURLINFO_REQUEST_SIZE) > 0 { return .beforeFirstByte }
    return unsafe preflight_microseconds(easy, CURLINFO_NAMELOOKUP_TIME_T) > 0
      ? .beforeConnect : .nameLookup
  }

  /// The differences between libcurl's times, which all count from the start
  /// (https://curl.se/libcurl/c/curl_easy_getinfo.html, "TIMES").
  private var timings: PhaseTimings {
    func time(_ info: CURLINFO) -> Int64 { unsafe preflight_microseconds(easy, info) }
    let lookup = time(CURLINFO_NAMELOOKUP_TIME_T)
    let connect = max(lookup, time(CURLINFO_CONNECT_TIME_T))
    let secure = max(connect, time(CURLINFO_APPCONNECT_TIME_T))
    let ready = max(secure, time(CURLINFO_PRETRANSFER_TIME_T))
    let firstByte = max(ready, time(CURLINFO_STARTTRANSFER_TIME_T))
    return PhaseTimings(
      nameLookup: .microseconds(lookup), connect: .microseconds(connect - lookup),
      tls: .microseconds(secure - connect), firstByte: .microseconds(firstByte - ready),
      total: .microseconds(time(CURLINFO_TOTAL_TIME_T)))
  }

  private func configure() {
    let request = submission.request
    var code = unsafe [
      preflight_set_tag(easy, submission.tag),
      preflight_set_text(easy, CURLOPT_URL, request.url),
      preflight_set_list(easy, CURLOPT_HTTPHEADER, headerList),
      preflight_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText),
      preflight_set_number(easy, CURLOPT_NOSIGNAL, 1),
      preflight_set_number(easy, CURLOPT_FOLLOWLOCATION, 0),
      preflight_set_number(easy, CURLOPT_TCP_KEEPALIVE, 1),
      preflight_set_number(easy, CURLOPT_TIMEOUT_MS, Transfer.milliseconds(request.timeout)),
      preflight_set_number(
        easy, CURLOPT_CONNECTTIMEOUT_MS, Transfer.milliseconds(request.connectTimeout)),
      preflight_set_text(easy, CURLOPT_PROXY, ""),
      preflight_set_text(easy, CURLOPT_USERAGENT, "preflight"),
      preflight_allow_only_http(easy),
      preflight_leave_lookup_behind(easy),
    ]
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe code += [
      preflight_set_pointer(easy, CURLOPT_WRITEDATA, context),
      preflight_set_receiver(
        easy, CURLOPT_WRITEFUNCTION,
        { unsafe Transfer.receive($0, $1 * $2, $3) { unsafe $0.appendBody($1) } }),
      preflight_set_pointer(easy, CURLOPT_HEADERDATA, context),
      preflight_set_receiver(
        easy, CURLOPT_HEADERFUNCTION,
        { unsafe Transfer.receive($0, $1 * $2, $3) { unsafe $0.appendHeaderLine($1) } }),
    ]
    if let authorities = submission.authorities {
      code.append(unsafe preflight_set_text(easy, CURLOPT_CAINFO, authorities))
    }
    switch request.method {
    case .get: break
    case .post:
      code.append(unsafe preflight_set_body(easy, request.body, Int64(request.body.count)))
    case .options:
      code.append(unsafe preflight_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue))
    }
    if let bad = code.first(where: { $0 != CURLE_OK }) {
      setUpFault = .other(
        code: Int(bad.rawValue), text: unsafe String(cString: curl_easy_strerror(bad)))
    }
  }

  /// Hands received bytes on; any count but that of the bytes makes libcurl end the transfer.
  private static func receive(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
    to append: (inout ReceivedReply, UnsafeRawBufferPointer) -> Bool
  ) -> Int {
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let isAccepted = unsafe append(
      &transfer.received, UnsafeRawBufferPointer(start: bytes, count: count))
    return isAccepted ? count : count &+ 1
  }

  /// libcurl reads 0 as "no limit", so the shortest limit is a millisecond; the longest, a day.
  private static func milliseconds(_ limit: Duration) -> Int {
    Int(min(max(limit, .milliseconds(1)), .seconds(86_400)) / .milliseconds(1))
  }

  /// The headers as libcurl takes them.
  ///
  /// `Expect:` without a value keeps libcurl from waiting a
  /// second for a `100 Continue` that many servers never send.
  private static func list(of request: HTTPRequest) -> UnsafeMutablePointer<curl_slist>? {
    var list = unsafe curl_slist_append(nil, "Expect:")
    for header in request.headers {
      // An empty value is written with a semicolon: with a colon it would remove the header.
      switch header.value {
      case .plain(""): unsafe list = unsafe curl_slist_append(list, "\(header.name);")
      case .plain(let text): unsafe list = unsafe curl_slist_append(list, "\(header.name): \(text)")
      case .secret(let prefix, let secret):
        secret.reveal {
          unsafe list = unsafe curl_slist_append(list, "\(header.name): \(prefix)\($0)")
        }
      }
    }
    return unsafe list
  }
}
