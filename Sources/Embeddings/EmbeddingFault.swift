package import HTTP

/// Why a request gave no usable vectors: the cause, and what the endpoint said.
package struct EmbeddingFault: Error, Sendable, Equatable {
  /// What kept the vectors from being had.
  package enum Cause: Sendable, Equatable {
    // The endpoint refuses us.
    case keyMissing
    case wrongKey
    /// The key is good but not allowed to do this.
    case forbidden
    case noQuota
    case regionBlocked
    /// A proxy on the way wants to know who we are.
    case proxyRefused
    case rateLimited
    /// The batch alone asks for more tokens than the rate limit grants in a minute: waiting is vain.
    case overRateLimit(requested: Int, limit: Int)

    // The endpoint refuses what is asked for.
    case modelMissing
    case wrongURL(suggestion: String?)
    case redirected(to: String?)
    case dimensionsRefused
    case encodingRefused
    case inputTooLong
    case tooManyInputs(limit: Int?)
    case tooManyTokens(limit: Int?)
    /// The request, or the answer that it led to, is too large.
    case bodyTooLarge
    case invalidInput
    /// Refused for a reason that nobody has met yet.
    case refused

    // No answer.
    case serverError
    case unreachable(HTTPFault)
    case timedOut(Duration, phase: HTTPFault.Phase)
    case truncated
    case cancelled

    // An answer that cannot be used.
    case notJSON
    case html
    /// JSON, but no list of embeddings.
    case noData
    case wrongCount(expected: Int, got: Int)
    /// The indexes are not those of the texts, each once.
    case badIndexes
    /// Null, NaN, an infinity, or no numbers at all, for the texts at these positions.
    case badNumbers(positions: [Int])
    case zeroVector(positions: [Int])
    case wrongDimension(expected: Int, got: Int)
    /// Vectors of different widths in one answer.
    case mixedDimensions([Int])
    /// One vector for so many texts that differ.
    case sameVectors(texts: Int)
    /// The answer names another published model than the one that was asked.
    case otherModel(String)
    /// Vectors that have not the length 1, of an endpoint whose vectors had.
    case otherLength(positions: [Int])
    /// The known text has another vector than the endpoint gave it before.
    case otherVector
  }

  /// What to do about a fault.
  package enum Disposition: Sendable, Equatable {
    /// Each request would fail in this way.
    case abort
    case retry
    /// Nobody should send anything for this long; nil where the endpoint does not say how long.
    case pause(Duration?)
    /// One of the texts, or their number, is at fault: send them in parts.
    case split
    /// The one text of this request cannot be embedded.
    case reject
  }

  package let cause: Cause
  package let status: Int?
  /// The endpoint's own word for the cause.
  package let code: String?
  /// The endpoint's own words, in one line, without anything that looks like a key.
  package let serverMessage: String?
  package let requestID: String?
  /// How long the endpoint asks to wait.
  package let retryAfter: Duration?
  package let rateLimits: RateLimits
  /// How many texts the request held.
  package let inputCount: Int

  package init(
    _ cause: Cause, status: Int? = nil, code: String? = nil, serverMessage: String? = nil,
    requestID: String? = nil, retryAfter: Duration? = nil, rateLimits: RateLimits = RateLimits(),
    inputCount: Int = 1
  ) {
    self.cause = cause
    self.status = status
    self.code = code
    self.serverMessage = serverMessage
    self.requestID = requestID
    self.retryAfter = retryAfter
    self.rateLimits = rateLimits
    self.inputCount = inputCount
  }

  package var disposition: Disposition {
    switch cause {
    case .keyMissing, .wrongKey, .forbidden, .noQuota, .regionBlocked, .proxyRefused, .modelMissing,
      .wrongURL, .redirected, .dimensionsRefused, .encodingRefused, .html, .wrongDimension,
      .sameVectors, .otherModel, .otherLength, .otherVector, .cancelled:
      .abort
    case .rateLimited:
      .pause(retryAfter)
    case .overRateLimit, .inputTooLong, .tooManyInputs, .tooManyTokens, .bodyTooLarge,
      .invalidInput, .refused, .badNumbers, .zeroVector, .mixedDimensions:
      inputCount > 1 ? .split : .reject
    case .serverError, .timedOut, .truncated, .notJSON, .noData, .wrongCount, .badIndexes:
      .retry
    case .unreachable(let fault):
      switch fault {
      // These do not pass by themselves.
      case .invalidURL, .invalidHeader, .tls, .notHTTP: .abort
      default: .retry
      }
    }
  }
}
