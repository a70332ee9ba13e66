internal import Core
internal import FlyingFox
internal import FoundationEssentials
internal import Synchronization

/// `POST /v1/embeddings`.
struct EmbeddingsService {
  let state: EndpointState

  func answer(_ request: HTTPRequest, number: Int) async throws -> HTTPResponse {
    let started = ContinuousClock.now
    state.counts.withLock { $0.begin() }
    defer { state.counts.withLock { $0.underWay -= 1 } }
    let behaviours = state.misbehaviour.withLock { $0.next() }
    if behaviours.contains(.hangs) { try await state.held.wait() }
    for case .late(let time) in behaviours { try await Task.sleep(for: time) }
    if state.options.latency > .zero { try await Task.sleep(for: state.options.latency) }
    if behaviours.contains(.emptyReply) { return EndpointReply.nothing }
    if behaviours.contains(.html) { return EmbeddingsService.gatewayPage.response }
    for case .refuses(let refusal) in behaviours { return EndpointReply(refusal).response }

    let outcome: Result<[UInt8], OpenAIError>
    do throws(OpenAIError) {
      let json = try await json(of: request)
      try checkKey(of: request, json, behaviours)
      outcome = .success(try body(for: json, behaviours))
    } catch {
      outcome = .failure(error)
    }
    return reply(outcome, number: number, took: ContinuousClock.now - started)
      .response(behaviours)
  }

  /// Refuses a wrong key, and a missing one unless the model asks for none.
  private func checkKey(
    of request: HTTPRequest, _ json: Data, _ behaviours: Set<EndpointBehaviour>
  ) throws(OpenAIError) {
    do throws(OpenAIError) {
      try KeyCheck(
        apiKey: state.options.apiKey, refusesAll: behaviours.contains(.refusesKey)
      ).check(request.headers[.authorization])
    } catch {
      guard error == .keyMissing, let asked = try? EmbeddingsRequest(json: json),
        !asked.model.asksForKey
      else { throw error }
    }
  }

  private func json(of request: HTTPRequest) async throws(OpenAIError) -> Data {
    do {
      return try await request.bodyData
    } catch {
      throw .unparsable
    }
  }

  private func body(
    for json: Data, _ behaviours: Set<EndpointBehaviour>
  ) throws(OpenAIError) -> [UInt8] {
    let request = try EmbeddingsRequest(json: json)
    if behaviours.contains(.quotaExhausted) { throw .quotaExhausted }
    if behaviours.contains(.modelMissing) { throw .modelMissing(request.model.name) }
    if behaviours.contains(.regionRefused) { throw .regionRefused }
    if behaviours.contains(.rateLimited) { throw .rateLimited(model: request.model.name) }
    if behaviours.contains(.serverError) { throw .serverError }
    try behaviours.judge(request, bytes: json.count)
    var indexes = Array(request.inputs.indices)
    if behaviours.contains(.wrongCount) { indexes.removeLast() }
    let isMisplaced = behaviours.contains(.misplacedVectors)
    if isMisplaced || behaviours.contains(.shuffledIndexes) { indexes.reverse() }
    if behaviours.contains(.extraVector) { indexes.append(0) }

    let dimensions = dimensions(of: request, behaviours)
    let model = FeatureHashing(dimensions: dimensions)
    var body = EmbeddingsBody(
      encoding: behaviours.contains(.ignoresEncoding) ? .float : request.encoding,
      vectors: indexes.count, dimensions: dimensions)
    for (place, index) in indexes.enumerated() {
      let isLast = place == indexes.count - 1
      let text = request.inputs[behaviours.contains(.constantVectors) ? 0 : index]
      let vector = model.vector(of: text)
      body.add(
        behaviours.altered(vector, isLast: isLast),
        index: behaviours.index(isMisplaced ? place : index, isLast: isLast),
        firstNumber: behaviours.firstNumber(isLast: isLast))
    }
    let isSwapped = behaviours.contains(.swappedModel)
    body.end(
      model: isSwapped ? request.model.another.name : request.model.name, tokens: request.tokens)
    state.counts.withLock { $0.embeddedTexts += indexes.count }
    return body.bytes
  }

  /// How many numbers each vector has.
  private func dimensions(
    of request: EmbeddingsRequest, _ behaviours: Set<EndpointBehaviour>
  ) -> Int {
    if behaviours.contains(.ignoresDimensions) { return request.model.width }
    return behaviours.contains(.quarterWidth) ? max(1, request.dimensions / 4) : request.dimensions
  }

  private func reply(
    _ outcome: Result<[UInt8], OpenAIError>, number: Int, took: Duration
  ) -> EndpointReply {
    let digits = String(number, radix: 16)
    let identifier = "req_" + String(repeating: "0", count: max(0, 32 - digits.count)) + digits
    var headers = [
      (name: "x-request-id", value: identifier),
      (name: "openai-organization", value: "org-sandbox"),
      (name: "openai-processing-ms", value: String(took.milliseconds)),
      (name: "openai-version", value: "2020-10-01"),
    ]
    switch outcome {
    case .success(let body):
      headers += EmbeddingsService.rateLimits(remaining: 2_999)
      return EndpointReply(status: 200, body: body, headers: headers)
    case .failure(let error):
      let plain = EndpointReply(error)
      if error.status == 429 { headers += EmbeddingsService.rateLimits(remaining: 0) }
      return EndpointReply(
        status: plain.status, body: plain.body, headers: headers + plain.headers)
    }
  }

  /// The limits of a paid account of the first tier; the endpoint itself limits nobody.
  private static func rateLimits(remaining: Int) -> [(name: String, value: String)] {
    [
      ("x-ratelimit-limit-requests", "3000"),
      ("x-ratelimit-limit-tokens", "1000000"),
      ("x-ratelimit-remaining-requests", String(remaining)),
      ("x-ratelimit-remaining-tokens", "999000"),
      ("x-ratelimit-reset-requests", remaining > 0 ? "20ms" : "1s"),
      ("x-ratelimit-reset-tokens", "60ms"),
    ]
  }

  private static let gatewayPage = EndpointReply(
    status: 200,
    body: Array(
      """
      <!DOCTYPE html>
      <html><head><title>Sign in</title></head>
      <body><h1>Sign in</h1><p>You must sign in to use this network.</p></body></html>

      """.utf8), contentType: "text/html; charset=utf-8")
}
