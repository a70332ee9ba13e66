internal import Core
internal import FlyingFox
internal import FoundationEssentials

/// An answer of the endpoint before it is on the wire.
struct EndpointReply {
  let status: Int
  let body: [UInt8]
  let contentType: String
  let headers: [(name: String, value: String)]

  init(
    status: Int, body: [UInt8], contentType: String = "application/json",
    headers: [(name: String, value: String)] = []
  ) {
    self.status = status
    self.body = body
    self.contentType = contentType
    self.headers = headers
  }

  init(_ refusal: Refusal) {
    self.init(
      status: refusal.status, body: Array(refusal.body.utf8),
      headers: refusal.headers.map { ($0.key, $0.value) })
  }

  init(_ error: OpenAIError) {
    var headers: [(name: String, value: String)] = []
    if case .rateLimited = error {
      headers = [("retry-after", "1"), ("retry-after-ms", "1000")]
    }
    self.init(status: error.status, body: error.body, headers: headers)
  }

  /// The answer with all of its body in one write.
  var response: HTTPResponse {
    response(body: HTTPBodySequence(data: Data(body), suggestedBufferSize: max(1, body.count)))
  }

  /// The answer in the way in which these behaviours have it come.
  func response(_ behaviours: Set<EndpointBehaviour>) -> HTTPResponse {
    let half = body[..<(body.count / 2)]
    for behaviour in behaviours {
      switch behaviour {
      case .halfBody:
        return response(body: HTTPBodySequence(from: Interrupted(half), count: body.count))
      case .halfChunks:
        return response(body: HTTPBodySequence(from: Interrupted(half)))
      case .stalls:
        return response(
          body: HTTPBodySequence(from: Interrupted(half, isSilent: true), count: body.count))
      case .drips(let pause):
        return response(
          body: HTTPBodySequence(from: Dripping(rest: body[...], pause: pause), count: body.count))
      case .garbled:
        return EndpointReply(
          status: status, body: Array("\u{1f}\u{8}no gzip at all".utf8), contentType: contentType,
          headers: headers + [("content-encoding", "gzip")]
        ).response
      case .endless: return response(body: HTTPBodySequence(from: Endless()))
      default: continue
      }
    }
    return response
  }

  /// The connection closed before any byte of an answer.
  ///
  /// The server offers no such answer; a protocol switch that fails has exactly this effect.
  static var nothing: HTTPResponse { HTTPResponse(webSocket: RefusedSwitch()) }

  private func response(body: HTTPBodySequence) -> HTTPResponse {
    var fields: HTTPHeaders = [.contentType: contentType]
    for header in headers { fields[HTTPHeader(header.name)] = header.value }
    return HTTPResponse(
      statusCode: HTTPStatusCode(status, phrase: EndpointReply.phrases[status] ?? "Unknown"),
      headers: fields, body: body)
  }

  /// Reason phrases of RFC 9110 for the statuses that the endpoint uses.
  private static let phrases = [
    200: "OK", 204: "No Content", 300: "Multiple Choices", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
    409: "Conflict", 429: "Too Many Requests", 500: "Internal Server Error",
    503: "Service Unavailable",
  ]
}

/// A text as a JSON string, with its quotes.
func jsonString(_ text: String) -> String {
  "\"" + text.unicodeScalars.map { JSONText.escaped($0) }.joined() + "\""
}
