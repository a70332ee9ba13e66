internal import Core
internal import FlyingFox
internal import FoundationEssentials
internal import Synchronization

/// Sends each request to the service that it is for.
struct EndpointHandler: HTTPHandler {
  /// The largest request body, in bytes: 300,000 tokens of text with room for escapes.
  static let requestBytes = 16 * 1_048_576

  let state: EndpointState

  @concurrent
  func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    let number = state.counts.withLock { counts in
      counts.requests += 1
      return counts.requests
    }
    let parts = request.path.split(separator: "/").map(String.init)
    switch (request.method, parts) {
    case (.POST, ["v1", "embeddings"]):
      return try await EmbeddingsService(state: state).answer(request, number: number)
    case (_, ["v1", "embeddings"]):
      return EndpointReply(
        .methodNotAllowed(method: request.method.rawValue, path: request.path)
      ).response
    case (.GET, ["v1", "models"]):
      return models(request).response
    case (_, let parts) where parts.starts(with: ["v1", "projects"]):
      return ManagementService(project: state.options.project)
        .answer(request, parts: parts).response
    case (_, let parts) where parts.starts(with: ["rest", "v1"]) && state.rest != nil:
      let reply = await state.rest?.answer(request, parts: Array(parts.dropFirst(2)))
      return reply?.response ?? EndpointReply.nothing
    default:
      return EndpointReply(
        .unknownURL(method: request.method.rawValue, path: request.target.rawValue)
      ).response
    }
  }

  private func models(_ request: HTTPRequest) -> EndpointReply {
    do throws(OpenAIError) {
      let refusesAll = state.misbehaviour.withLock { $0.behaviours.contains(.refusesKey) }
      try KeyCheck(apiKey: state.options.apiKey, refusesAll: refusesAll)
        .check(request.headers[.authorization])
      return EndpointReply(status: 200, body: HostedModel.list)
    } catch {
      return EndpointReply(error)
    }
  }
}

/// The bearer key of OpenAI's API.
struct KeyCheck {
  let apiKey: Secret
  let refusesAll: Bool

  func check(_ authorization: String?) throws(OpenAIError) {
    guard let given = authorization?.bearerToken, !given.isEmpty else { throw .keyMissing }
    guard !refusesAll, Secret(given) == apiKey else {
      throw .keyWrong(shown: KeyCheck.masked(given))
    }
  }

  /// A key as the service repeats it: its first and last characters around asterisks.
  static func masked(_ key: String) -> String {
    guard key.count > 12 else { return String(repeating: "*", count: key.count) }
    let hidden = String(repeating: "*", count: key.count - 12)
    return key.prefix(8) + hidden + key.suffix(4)
  }
}

extension String {
  /// What follows `Bearer ` in a header, or nil where it is no bearer authorization.
  var bearerToken: String? {
    let scheme = "bearer "
    guard lowercased().hasPrefix(scheme) else { return nil }
    return String(dropFirst(scheme.count))
  }
}
