package import HTTP

/// The vectors of one request, checked: as many as texts, in their order, all of the same width,
/// each number finite, none of the vectors zero.
package struct EmbeddingReply: Sendable {
  package let vectors: [[Float]]
  /// Tokens that the endpoint counted; nil where it does not say.
  package let tokens: Int?
  package let requestID: String?
  package let rateLimits: RateLimits
  package let timings: PhaseTimings

  /// The width of the vectors.
  package var dimensions: Int { vectors.first?.count ?? 0 }
}

/// What an endpoint says of its limits in the `x-ratelimit-*` headers; nil for what it does not say.
package struct RateLimits: Sendable, Equatable {
  /// What is left of one limit, and when it is full again.
  package struct Bucket: Sendable, Equatable {
    package let limit: Int?
    package let remaining: Int?
    /// The time until the bucket is full again, which is not the wait until the next call.
    package let reset: Duration?

    package init(limit: Int? = nil, remaining: Int? = nil, reset: Duration? = nil) {
      self.limit = limit
      self.remaining = remaining
      self.reset = reset
    }
  }

  package let requests: Bucket
  package let tokens: Bucket

  package init(requests: Bucket = Bucket(), tokens: Bucket = Bucket()) {
    self.requests = requests
    self.tokens = tokens
  }

  init(of reply: HTTPReply) {
    requests = RateLimits.bucket("requests", of: reply)
    tokens = RateLimits.bucket("tokens", of: reply)
  }

  private static func bucket(_ kind: String, of reply: HTTPReply) -> Bucket {
    func header(_ part: String) -> String? { reply.header("x-ratelimit-\(part)-\(kind)") }
    // Azure writes -1 for what it does not know.
    func count(_ part: String) -> Int? {
      header(part).flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
    }
    return Bucket(
      limit: count("limit"), remaining: count("remaining"),
      reset: header("reset").flatMap { RetryWait.duration(beginning: $0[...]) })
  }
}
