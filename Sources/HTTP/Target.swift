internal import CLibCURL
internal import Core

/// Where a request goes, as libcurl itself reads its URL; faults name it without the URL.
struct Target: Sendable, Equatable {
  let host: String
  let port: Int

  /// Reads and checks what can be checked before anything is sent.
  init(of request: HTTPRequest) throws(HTTPFault) {
    for header in request.headers {
      let isClean =
        switch header.value {
        case .plain(let text): Target.isClean(text)
        case .secret(let prefix, let secret):
          Target.isClean(prefix) && secret.reveal { Target.isClean($0) }
        }
      guard isClean, Target.isClean(header.name) else {
        throw .invalidHeader(name: Target.isClean(header.name) ? header.name : "?")
      }
    }
    try self.init(url: request.url)
  }

  init(url: String) throws(HTTPFault) {
    guard ["http://", "https://"].contains(where: { url.lowercased().hasPrefix($0) }) else {
      throw .invalidURL(reason: "it does not begin with http:// or https://")
    }
    guard let parts = unsafe curl_url() else { throw .other(code: 27, text: "out of memory") }
    defer { unsafe curl_url_cleanup(parts) }
    let code = unsafe curl_url_set(parts, CURLUPART_URL, url, 0)
    guard code == CURLUE_OK else {
      throw .invalidURL(reason: unsafe String(cString: curl_url_strerror(code)).lowercased())
    }
    guard let host = unsafe Target.part(CURLUPART_HOST, of: parts), !host.isEmpty,
      let port = unsafe Target.part(CURLUPART_PORT, of: parts).flatMap({ Int($0) })
    else { throw .invalidURL(reason: "it names no host") }
    self.host = host
    self.port = port
  }

  private static func part(_ part: CURLUPart, of parts: OpaquePointer) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    let flags = UInt32(CURLU_DEFAULT_PORT)
    guard unsafe curl_url_get(parts, part, &text, flags) == CURLUE_OK, let text = unsafe text
    else { return nil }
    defer { unsafe curl_free(text) }
    return unsafe String(cString: text)
  }

  /// A line break would begin a header of its own; the other controls no server takes.
  private static func isClean(_ text: String) -> Bool {
    text.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7f) || $0 == 0x09 }
  }
}
