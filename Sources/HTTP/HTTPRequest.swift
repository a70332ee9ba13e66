package import Core

/// The value of a request header, which may hold a secret.
package enum HeaderValue: Sendable, Equatable {
  case plain(String)
  /// A fixed beginning, such as `Bearer `, and the secret after it.
  case secret(prefix: String, Secret)
}

/// One request, with the bounds that it must keep.
package struct HTTPRequest: Sendable {
  /// What is asked of the server, as RFC 9110 section 9 names it.
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case options = "OPTIONS"
  }

  /// A header's name and what it holds.
  package typealias Header = (name: String, value: HeaderValue)

  package var method: Method
  /// An absolute `http` or `https` URL.
  package var url: String
  package var headers: [Header]
  /// Sent with `post` only.
  package var body: [UInt8]
  /// The longest time for all of it, from the name lookup to the last byte.
  package var timeout: Duration
  /// The longest time until the connection stands, TLS included.
  package var connectTimeout: Duration
  /// The largest body that is accepted, in bytes.
  package var bodyLimit: Int

  package init(
    _ method: Method = .get, _ url: String, headers: [Header] = [], body: [UInt8] = [],
    timeout: Duration, connectTimeout: Duration = .seconds(5), bodyLimit: Int = Limit.replyBytes
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.connectTimeout = connectTimeout
    self.bodyLimit = bodyLimit
  }
}
