package import Core

/// Why a request got no whole answer.
///
/// The cases name hosts and ports, never a URL or a header: those may hold secrets.
package enum HTTPFault: Error, Sendable, Equatable {
  /// How far a request had come.
  package enum Phase: Sendable, Equatable {
    case nameLookup
    case beforeConnect
    case beforeFirstByte
    case midBody
  }

  case invalidURL(reason: String)
  /// A header that cannot be sent, for a line break or another control character in it.
  case invalidHeader(name: String)
  case nameNotResolved(host: String)
  case connectionRefused(host: String, port: Int)
  /// No way to the host, for the reason that the system or libcurl gave.
  case unreachable(host: String, port: Int, reason: String)
  /// The system knows no way to any of the host's addresses: how a machine with IPv4 alone sees a
  /// host with IPv6 alone.
  case noRoute(host: String, port: Int)
  case tls(host: String, port: Int, reason: String)
  case timedOut(Duration, phase: Phase)
  case bodyTooLarge(limitBytes: Int)
  case headersTooLarge(limitBytes: Int)
  /// The connection ended in the middle of the body.
  case truncated(receivedBytes: Int)
  /// The server took the request and closed the connection without a byte.
  case emptyReply
  /// The connection broke off, before or inside the answer.
  case connectionLost(reason: String)
  case notHTTP
  case cancelled
  /// Any other failure of libcurl: its number and its words.
  case other(code: Int, text: String)

  /// What happened, in words for a person.
  package var message: String {
    switch self {
    case .invalidURL(let reason):
      "the URL cannot be used: \(reason)"
    case .invalidHeader(let name):
      "the value of the header \(name) holds a line break or another control character"
    case .nameNotResolved(let host):
      "the host name \(host) has no address (misspelt, or the name server does not answer)"
    case .connectionRefused(let host, let port):
      "\(host) refused the connection on port \(port): nothing listens there"
    case .unreachable(let host, let port, let reason):
      "\(host) cannot be reached on port \(port): \(reason)"
    case .noRoute(let host, let port):
      "\(host) cannot be reached on port \(port): this machine has no way to its addresses "
        + "(a host with IPv6 alone, seen from a machine with IPv4 alone)"
    case .tls(_, _, let reason):
      "no secure connection: \(reason)" + (tlsTrouble.map { " (\($0.hint))" } ?? "")
    case .timedOut(let limit, let phase):
      "no answer within \(limit.text): \(phase.stillOpen)"
    case .bodyTooLarge(let limit):
      "the answer is larger than \(limit) bytes"
    case .headersTooLarge(let limit):
      "the headers of the answer are larger than \(limit) bytes"
    case .truncated(let bytes):
      "the answer broke off after \(bytes) bytes of its body"
    case .emptyReply:
      "the server closed the connection without an answer"
    case .connectionLost(let reason):
      "the connection was lost: \(reason)"
    case .notHTTP:
      "the server's answer is not HTTP (another service on this port, or https:// needed)"
    case .cancelled:
      "the request was cancelled"
    case .other(let code, let text):
      "the request failed: \(text) (libcurl error \(code))"
    }
  }

  /// What is known of why no secure connection came to be; nil where nothing is.
  package var tlsTrouble: TLSTrouble? {
    guard case .tls(_, _, let reason) = self else { return nil }
    return TLSTrouble(in: reason)
  }
}

extension TLSTrouble {
  fileprivate var hint: String {
    switch self {
    case .plainText: "the server speaks no TLS on this port: http:// needed?"
    case .noAuthorities: "SSL_CERT_FILE names no file of certificates"
    case .unknownIssuer:
      "this machine does not know who signed it: a company's authority, or a proxy on the way?"
    case .outOfDate: "or this machine's clock is wrong"
    case .otherHost: "it belongs to another host"
    }
  }
}

extension HTTPFault.Phase {
  fileprivate var stillOpen: String {
    switch self {
    case .nameLookup: "the host name was still being looked up"
    case .beforeConnect: "the connection did not come to stand"
    case .beforeFirstByte: "the server was connected but sent no byte"
    case .midBody: "the answer had begun but did not end"
    }
  }
}
