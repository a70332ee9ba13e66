internal import CLibCURL
internal import Core

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What is known of a transfer that libcurl ended without an answer.
struct TransferFailure {
  let code: CURLcode
  /// libcurl's own words.
  let text: String
  /// The `errno` of a connection that did not come to stand, or 0.
  let systemError: Int32
  let phase: HTTPFault.Phase
  let receivedBytes: Int
  let elapsed: Duration

  /// The fault by its cause (https://curl.se/libcurl/c/libcurl-errors.html).
  func fault(of request: HTTPRequest, to target: Target) -> HTTPFault {
    switch code {
    case CURLE_URL_MALFORMAT:
      return .invalidURL(reason: text)
    case CURLE_COULDNT_RESOLVE_HOST:
      return .nameNotResolved(host: target.host)
    case CURLE_COULDNT_CONNECT where systemError == ECONNREFUSED:
      return .connectionRefused(host: target.host, port: target.port)
    // The last two are what a machine says whose IPv6 is switched off, or that has none.
    case CURLE_COULDNT_CONNECT
    where [ENETUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT].contains(systemError):
      return .noRoute(host: target.host, port: target.port)
    case CURLE_COULDNT_CONNECT:
      return .unreachable(host: target.host, port: target.port, reason: connectReason)
    case CURLE_OPERATION_TIMEDOUT:
      return .timedOut(limit(of: request), phase: phase)
    case CURLE_GOT_NOTHING:
      return .emptyReply
    case CURLE_PARTIAL_FILE:
      return .truncated(receivedBytes: receivedBytes)
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
      // The scheme was judged before; what is left is an answer that libcurl takes for HTTP/0.9.
      return .notHTTP
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      return receivedBytes > 0
        ? .truncated(receivedBytes: receivedBytes) : .connectionLost(reason: text)
    case _ where TransferFailure.tlsCodes.contains(code.rawValue):
      return .tls(host: target.host, port: target.port, reason: text)
    default:
      return .other(code: Int(code.rawValue), text: text)
    }
  }

  /// Before the connection stands, the shorter one of the two limits may have run out.
  private func limit(of request: HTTPRequest) -> Duration {
    switch phase {
    case .nameLookup, .beforeConnect: min(request.timeout, request.connectTimeout)
    case .beforeFirstByte, .midBody: request.timeout
    }
  }

  private var connectReason: String {
    guard systemError != 0, let text = unsafe strerror(systemError) else { return text }
    return unsafe String(cString: text).lowercased()
  }

  private static let tlsCodes: Set<UInt32> = [
    CURLE_SSL_CONNECT_ERROR.rawValue, CURLE_PEER_FAILED_VERIFICATION.rawValue,
    CURLE_SSL_CERTPROBLEM.rawValue, CURLE_SSL_CIPHER.rawValue, CURLE_SSL_CACERT_BADFILE.rawValue,
    CURLE_SSL_ISSUER_ERROR.rawValue, CURLE_SSL_CRL_BADFILE.rawValue,
    CURLE_SSL_ENGINE_INITFAILED.rawValue, CURLE_SSL_INVALIDCERTSTATUS.rawValue,
  ]
}
