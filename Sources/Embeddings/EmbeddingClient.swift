internal import Core
package import HTTP
internal import Synchronization

/// Asks one model for embeddings and accepts only vectors that are what they should be.
package struct EmbeddingClient: Sendable {
  package let model: EmbeddingModel
  private let http: HTTPClient
  private let learned = Learned()

  package init(_ model: EmbeddingModel, http: HTTPClient) {
    self.model = model
    self.http = http
  }

  /// Embeds some texts in one request, or in two where the endpoint turns out to refuse base64.
  ///
  /// - Parameters:
  ///   - texts: At least one text; the endpoint's bounds on them are the caller's care.
  ///   - expecting: The width that the vectors must have; nil accepts any.
  ///   - timeout: The longest time for a request, from the name lookup to the last byte.
  /// - Returns: One vector for each text, in their order.
  /// - Throws: The fault by its cause, whether there was no answer or an answer to refuse.
  package func embed(
    _ texts: [String], expecting: Int? = nil, timeout: Duration
  ) async throws(EmbeddingFault) -> EmbeddingReply {
    precondition(!texts.isEmpty, "a request for no embeddings")
    let encoding = encoding
    do throws(EmbeddingFault) {
      return try await embed(texts, expecting, encoding, timeout)
    } catch {
      guard error.cause == .encodingRefused, encoding == .base64 else { throw error }
      update { $0.base64 = .refused }
      return try await embed(texts, expecting, .float, timeout)
    }
  }

  /// What the endpoint has taught this client and its copies so far.
  package var profile: EndpointProfile { learned.profile.withLock { $0 } }

  /// Takes over what another process has found out of the same endpoint.
  package func adopt(_ profile: EndpointProfile) {
    learned.profile.withLock { $0 = profile }
  }

  func update(_ change: (inout EndpointProfile) -> Void) {
    learned.profile.withLock { change(&$0) }
  }

  /// The requests that `embed` sends: the first, and another one where the endpoint refuses base64.
  package func requests(
    _ texts: [String], timeout: Duration
  ) -> (first: HTTPRequest, withoutBase64: HTTPRequest?) {
    (
      request(texts, encoding, timeout),
      encoding == .base64 ? request(texts, .float, timeout) : nil
    )
  }

  private var encoding: EmbeddingEncoding {
    profile.base64 == .refused ? .float : model.encoding
  }

  private func request(
    _ texts: [String], _ encoding: EmbeddingEncoding, _ timeout: Duration
  ) -> HTTPRequest {
    var headers: [HTTPRequest.Header] = [
      ("Content-Type", .plain("application/json")), ("Accept", .plain("application/json")),
    ]
    if let key = model.apiKey { headers.append(("Authorization", .secret(prefix: "Bearer ", key))) }
    let name = if case .named(let name) = profile.dimensions { name } else { "dimensions" }
    let body = RequestBody.bytes(
      texts: texts, model: model.model, dimensions: model.dimensions.map { (name, $0) },
      encoding: encoding)
    return HTTPRequest(.post, model.endpoint, headers: headers, body: body, timeout: timeout)
  }

  private func embed(
    _ texts: [String], _ expecting: Int?, _ encoding: EmbeddingEncoding, _ timeout: Duration
  ) async throws(EmbeddingFault) -> EmbeddingReply {
    let request = request(texts, encoding, timeout)
    let reply: HTTPReply
    do throws(HTTPFault) {
      reply = try await http.send(request)
    } catch {
      throw EmbeddingFault(wire: error, inputCount: texts.count)
    }
    guard reply.status == 200 else {
      throw EmbeddingFault(refusal: reply, of: model, inputCount: texts.count)
    }
    let judged = try EmbeddingReply(
      judging: reply, of: model, texts: texts, expecting: expecting,
      isNormalised: profile.isNormalised == true)
    if encoding == .base64 { update { $0.base64 = judged.isBase64 ? .honoured : .ignored } }
    return judged
  }
}

/// What an endpoint has taught; shared by the copies of a client.
private final class Learned: Sendable {
  let profile = Mutex(EndpointProfile())
}

extension EmbeddingFault {
  init(wire fault: HTTPFault, inputCount: Int) {
    let cause: Cause =
      switch fault {
      case .timedOut(let limit, let phase): .timedOut(limit, phase: phase)
      case .truncated: .truncated
      case .bodyTooLarge: .bodyTooLarge
      case .cancelled: .cancelled
      default: .unreachable(fault)
      }
    self.init(cause, inputCount: inputCount)
  }
}
