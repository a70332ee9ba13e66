internal import Core
internal import HTTP

extension EmbeddingFault {
  /// What happened, for a person, with the endpoint's status and words where it gave any.
  package var message: String {
    let context = [status.map { "status \($0)" }, code].compactMap { $0 }.joined(separator: ", ")
    return summary + (context.isEmpty ? "" : " (\(context))")
      + (serverMessage.map { ": \($0)" } ?? "")
  }

  private var summary: String {
    switch cause {
    case .keyMissing: "the endpoint asks for an API key and got none"
    case .wrongKey: "the endpoint does not accept the API key"
    case .forbidden: "the API key may not do this"
    case .noQuota: "the account has no quota or credit left"
    case .regionBlocked: "the endpoint does not serve this region"
    case .proxyRefused: "a proxy between here and the endpoint asks for a login"
    case .rateLimited:
      "the rate limit is reached" + (retryAfter.map { ", to be tried again in \($0.text)" } ?? "")
    case .overRateLimit(let requested, let limit):
      "one request asks for \(requested) tokens, and the rate limit grants \(limit) in all"
    case .modelMissing: "the model does not exist, or the API key may not use it"
    case .wrongURL: "no embeddings are served under this URL"
    case .redirected(let target):
      "the endpoint redirects" + (target.map { " to \($0)" } ?? "")
        + ", which is not followed so that the API key goes nowhere else"
    case .dimensionsRefused: "the model does not let its dimensions be chosen like this"
    case .encodingRefused: "the endpoint does not accept this encoding format"
    case .inputTooLong: "a text is longer than the model accepts"
    case .tooManyInputs(let limit):
      "\(inputCount) texts are too many for one request" + EmbeddingFault.note(ofLimit: limit)
    case .tooManyTokens(let limit):
      "the texts have too many tokens for one request" + EmbeddingFault.note(ofLimit: limit)
    case .bodyTooLarge: "the request, or the answer to it, is too large"
    case .invalidInput: "the endpoint does not accept one of the texts"
    case .refused: "the endpoint refuses the request"
    case .serverError: "the endpoint failed"
    case .unreachable(let fault): fault.message
    case .timedOut(let limit, let phase): HTTPFault.timedOut(limit, phase: phase).message
    case .truncated: "the answer broke off in the middle"
    case .cancelled: "the request was cancelled"
    case .notJSON: "the answer is not JSON"
    case .html: "the answer is a web page, not JSON"
    case .noData: "the answer holds no list of embeddings"
    case .wrongCount(let expected, let got):
      "\(got.counted("vector")) came back for \(expected.counted("text"))"
        + (got == 1 ? ": the endpoint seems to embed all texts of a request as one" : "")
    case .badIndexes: "the indexes of the vectors are not those of the texts, each once"
    case .badNumbers(let positions):
      positions.isEmpty
        ? "the model computed something that is no number"
        : "the vector of \(EmbeddingFault.names(of: positions)) holds something that is no number"
    case .zeroVector(let positions):
      "the vector of \(EmbeddingFault.names(of: positions)) is zero in every dimension"
    case .wrongDimension(let expected, let got):
      "the vectors have \(got) dimensions, not \(expected)"
        + (got * 4 == expected
          ? " but a quarter of it: numbers were taken for base64 on the way" : "")
    case .mixedDimensions(let widths):
      "the vectors of one answer differ in their dimensions: "
        + widths.map { String($0) }.joined(last: "and")
    case .sameVectors(let texts): "\(texts) different texts have all got the same vector"
    case .otherModel(let name): "the answer is of another model, \(name)"
    case .otherLength(let positions):
      "the vector of \(EmbeddingFault.names(of: positions)) has not the length 1, which all vectors of "
        + "this endpoint had when it was last probed"
    case .otherVector:
      "a known text has another vector than this endpoint gave it when it was last probed"
    }
  }

  /// What would mend it, or nil where only waiting or the runner's own next step does.
  package var fix: String? {
    switch cause {
    case .keyMissing: "set the API key of this service"
    case .wrongKey: "set a valid API key; a key of another provider or project is refused like this"
    case .forbidden: "give the key the permission to create embeddings, or use another key"
    case .noQuota: "add credit or raise the budget of the account that owns the key"
    case .regionBlocked: "run from a region that the endpoint serves, or use another endpoint"
    case .proxyRefused: "let this machine reach the endpoint without that proxy"
    case .modelMissing: "check the model's name and that the key's project may use it"
    case .wrongURL(let suggestion):
      suggestion.map { "use \($0)" } ?? "check the base URL: it ends before /embeddings"
    case .redirected: "use the URL that the endpoint redirects to"
    case .dimensionsRefused:
      "leave dimensions out, and give the column the width that the model has by itself"
    case .encodingRefused: "use an endpoint that answers JSON numbers or base64"
    case .html: "check the base URL: a website or a login page answers there"
    case .overRateLimit, .tooManyInputs, .tooManyTokens, .bodyTooLarge:
      "send fewer texts in one request"
    case .inputTooLong: "shorten the texts"
    case .unreachable(.nameNotResolved): "check the host name in the base URL"
    case .unreachable(.connectionRefused): "start the endpoint, or check the port in the base URL"
    case .unreachable(.invalidHeader): "set the API key again, without a line break"
    case .unreachable(.noRoute): "run where the host's addresses can be reached"
    case .unreachable(.notHTTP), .unreachable(.tls), .unreachable(.invalidURL):
      "check the scheme, the host and the port of the base URL"
    case .wrongDimension(let expected, let got):
      got * 4 == expected
        ? "ask the endpoint's operator about encoding_format, or use another endpoint"
        : "set `dimensions: \(expected)` and take an endpoint that heeds it, or change the column to "
          + "vector(\(got))"
    case .sameVectors: "have the endpoint's operator look at its model: it does not read the texts"
    case .otherModel(let name):
      "have the endpoint serve the model that is asked for, or ask for \(name)"
    case .otherLength, .otherVector:
      "see what was changed at the endpoint; if the change is meant, embed all rows anew, and have "
        + "`preflight launch` probe it again"
    case .rateLimited, .invalidInput, .refused, .serverError, .unreachable, .timedOut, .truncated,
      .cancelled, .notJSON, .noData, .wrongCount, .badIndexes, .badNumbers, .zeroVector,
      .mixedDimensions:
      nil
    }
  }

  private static func note(ofLimit limit: Int?) -> String {
    limit.map { ": at most \($0)" } ?? ""
  }

  /// The texts by their number in the request, counted from 1; a few of many.
  private static func names(of positions: [Int]) -> String {
    let shown = positions.prefix(3).map { String($0 + 1) }
    let rest = positions.count - shown.count
    return positions.count == 1
      ? "text \(shown.joined())"
      : "texts " + (rest > 0 ? shown + ["\(rest) more"] : shown).joined(last: "and")
  }
}
