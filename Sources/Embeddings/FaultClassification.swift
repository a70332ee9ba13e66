package import Core
package import HTTP

extension EmbeddingFault {
  /// The fault of an answer that is no success, by its status, the endpoint's codes, then its words.
  ///
  /// The words are those that the providers were seen to use; what nobody has met is `refused` below
  /// status 500 and `serverError` from there on.
  package init(
    refusal reply: HTTPReply, of model: EmbeddingModel, inputCount: Int, now: Timestamp = .now
  ) {
    let body = ErrorBody(reply.body)
    // Some gateways answer 200 and put the status into the body.
    let status =
      reply.status == 200 ? body.status.flatMap { 400..<600 ~= $0 ? $0 : nil } ?? 500 : reply.status
    let evidence = Evidence(
      status: status, body: body, location: reply.header("location"), model: model)
    self.init(
      evidence.cause, status: reply.status, code: body.code ?? body.type,
      serverMessage: body.message.map { model.withoutKey($0) },
      requestID: reply.header("x-request-id"),
      retryAfter: RetryWait.wait(in: reply, message: body.message, now: now),
      rateLimits: RateLimits(of: reply),
      inputCount: inputCount)
  }
}

/// What the cause is judged by.
private struct Evidence {
  let status: Int
  let body: ErrorBody
  let location: String?
  let model: EmbeddingModel

  var cause: EmbeddingFault.Cause {
    switch status {
    case 300..<400: .redirected(to: location.map { model.withoutKey($0) })
    case 401: keyCause
    case 402: .noQuota
    case 403: permissionCause
    case 404, 405: namesModel ? .modelMissing : .wrongURL(suggestion: model.correctedBaseURL)
    case 407: .proxyRefused
    // 424 is how text-embeddings-inference reports a failure of its backend.
    case 408, 409, 424, 425: .serverError
    case 429: rateCause
    case 400..<500: contentCause ?? .refused
    default: contentCause ?? .serverError
    }
  }

  private var keyCause: EmbeddingFault.Cause {
    if model.apiKey == nil || says("you didn't provide an api key", "no api key") {
      return .keyMissing
    }
    return says("missing scopes", "insufficient permissions") ? .forbidden : .wrongKey
  }

  private var permissionCause: EmbeddingFault.Cause {
    if isCoded("unsupported_country_region_territory") { return .regionBlocked }
    if isCoded("insufficient_quota", "billing_hard_limit_reached") { return .noQuota }
    if isCoded("invalid_api_key") || says("reported as leaked") { return .wrongKey }
    if says("unregistered callers") { return .keyMissing }
    return namesModel ? .modelMissing : .forbidden
  }

  private var rateCause: EmbeddingFault.Cause {
    // By the code alone: Gemini's words for its limit per minute speak of a quota, too.
    if isCoded("insufficient_quota", "billing_hard_limit_reached") { return .noQuota }
    if let requested = number(after: "requested "), let limit = number(after: "limit "),
      requested > limit
    {
      return .overRateLimit(requested: requested, limit: limit)
    }
    return .rateLimited
  }

  /// The cause by what is said of the request; nil where nothing known is said.
  private var contentCause: EmbeddingFault.Cause? {
    if isCoded("invalid_api_key", "API_KEY_INVALID")
      || says("api key not valid", "api key expired")
    {
      return .wrongKey
    }
    if says("user location is not supported") { return .regionBlocked }
    // LM Studio says so with the status 200.
    if says("unexpected endpoint or method") {
      return .wrongURL(suggestion: model.correctedBaseURL)
    }
    if isCoded("insufficient_quota", "billing_hard_limit_reached") { return .noQuota }
    if body.parameter == "dimensions" || says("dimension", "matryoshka") {
      return .dimensionsRefused
    }
    if says("encoding_format", "encoding format", "base64") { return .encodingRefused }
    if let cause = sizeCause { return cause }
    if namesModel { return .modelMissing }
    if status >= 500 { return words.contains("nan") ? .badNumbers(positions: []) : nil }
    if status == 413 { return .bodyTooLarge }
    return body.parameter == "input" || says("input") ? .invalidInput : nil
  }

  private var sizeCause: EmbeddingFault.Cause? {
    if isCoded("max_tokens_per_request")
      || says("tokens per request", "tokens per submitted batch", "tokens in batch")
    {
      let phrases = ["submitted batch is ", "max is ", "max ", "maximum "]
      return .tooManyTokens(limit: phrases.lazy.compactMap { number(after: $0) }.first)
    }
    // Before the count of texts: llama.cpp's advice on one long text speaks of a batch size, too.
    let isTooLong = says(
      "maximum context length", "context length", "input tokens", "too large to process",
      "maximum sequence length", "must have less than", "too many tokens", "input is too long")
    if isTooLong || isCoded("exceed_context_size_error", "context_length_exceeded") {
      return .inputTooLong
    }
    if says(
      "too many inputs", "batch size", "array too long", "should not be larger than",
      "can be in one batch", "number of texts")
    {
      let phrases = [
        "maximum allowed batch size ", "not be larger than ", "maximum length ", "at most ", "max ",
      ]
      return .tooManyInputs(limit: phrases.lazy.compactMap { number(after: $0) }.first)
    }
    return nil
  }

  private var namesModel: Bool {
    isCoded("model_not_found", "DeploymentNotFound")
      || says("model")
        && says(
          "not found", "does not exist", "not exist", "does not have access", "unknown model",
          "invalid model")
  }

  private func isCoded(_ codes: String...) -> Bool {
    codes.contains { $0 == body.code || $0 == body.type }
  }

  private func says(_ phrases: String...) -> Bool {
    let message = (body.message ?? "").lowercased()
    return phrases.contains { message.contains($0) }
  }

  private var words: Set<Substring> {
    Set((body.message ?? "").lowercased().split { !$0.isLetter })
  }

  /// The first whole number that stands right after a phrase; commas inside it are skipped.
  private func number(after phrase: String) -> Int? {
    let message = (body.message ?? "").lowercased()
    return message.ranges(of: phrase).lazy.compactMap { range in
      let digits = message[range.upperBound...].prefix { $0.isNumber || $0 == "," }
      return Int(digits.filter { $0 != "," })
    }.first
  }
}

extension EmbeddingModel {
  /// A text of the endpoint without the key, and without what providers leave of a key when they
  /// mask it themselves: its beginning and its end.
  func withoutKey(_ text: String) -> String {
    let redactor = Redactor(apiKey.map { [$0] } ?? [])
    return redactor.redact(text).split(separator: " ", omittingEmptySubsequences: false).map {
      word in
      word.contains("***") || word.hasPrefix("sk-") ? Redactor.mark : String(word)
    }.joined(separator: " ")
  }
}
