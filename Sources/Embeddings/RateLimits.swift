internal import Core
internal import HTTP

/// What an endpoint says of its limits in the `x-ratelimit-*` headers; nil for what it does not say.
package struct RateLimits: Sendable, Equatable {
  /// What is left of one limit, and when it is full again.
  package struct Bucket: Sendable, Equatable {
    package let limit: Int?
    package let remaining: Int?
    /// The time until the bucket is full again, which is not the wait until the next call.
    package let reset: Duration?
    /// The time for which the limit counts.
    package let window: Duration

    package init(
      limit: Int? = nil, remaining: Int? = nil, reset: Duration? = nil,
      window: Duration = Bucket.minute
    ) {
      self.limit = limit
      self.remaining = remaining
      self.reset = reset
      self.window = window
    }

    package static let minute = Duration.seconds(60)
    package static let day = Duration.seconds(86_400)

    /// How much may be asked for in a minute, in the long run.
    package var perMinute: Double? { limit.map { Double($0) * (Bucket.minute / window) } }
  }

  package let requests: Bucket
  package let tokens: Bucket

  package init(requests: Bucket = Bucket(), tokens: Bucket = Bucket()) {
    self.requests = requests
    self.tokens = tokens
  }

  init(of reply: HTTPReply) {
    requests = RateLimits.bucket(RateLimits.requestNames, of: reply)
    tokens = RateLimits.bucket(RateLimits.tokenNames, of: reply)
  }

  /// How a header's name ends, and the time for which its limit counts where the name says so.
  private typealias Name = (ending: String, window: Duration?)

  /// OpenAI, Azure and their likes; Mistral; Cerebras, whose limit for a day is the one it tells.
  private static let requestNames: [Name] = [
    ("requests", nil), ("req-minute", Bucket.minute), ("requests-minute", Bucket.minute),
    ("requests-day", Bucket.day),
  ]
  private static let tokenNames: [Name] = [("tokens", nil), ("tokens-minute", Bucket.minute)]

  private static func bucket(_ names: [Name], of reply: HTTPReply) -> Bucket {
    for name in names {
      func header(_ part: String) -> String? {
        reply.header("x-ratelimit-\(part)-\(name.ending)")
      }
      // Azure writes -1 for what it does not know.
      func count(_ part: String) -> Int? {
        header(part).flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
      }
      let (limit, remaining, resetText) = (count("limit"), count("remaining"), header("reset"))
      guard limit != nil || remaining != nil || resetText != nil else { continue }
      let reset = resetText.flatMap { RetryWait.duration(beginning: $0[...]) }
      // Azure and GitHub tell the window in seconds.
      let renewal = count("renewalperiod").flatMap { $0 > 0 ? Duration.seconds($0) : nil }
      // What Azure writes as a bare number is the end of the window, not the time to refill.
      let refill = resetText?.contains(where: \.isLetter) == true ? reset : nil
      return Bucket(
        limit: limit, remaining: remaining, reset: reset,
        window: name.window ?? renewal ?? window(limit, remaining, refill: refill))
    }
    return Bucket()
  }

  /// The window that an endpoint does not name: OpenAI counts requests by the minute, and for accounts
  /// that have not paid by the day.
  ///
  /// The bucket fills evenly, so the time to refill what was used tells the rate: 7m12s for one of 200
  /// is a day.
  private static func window(_ limit: Int?, _ remaining: Int?, refill: Duration?) -> Duration {
    guard let limit, let remaining, let refill, remaining < limit else { return Bucket.minute }
    let whole = refill * limit / (limit - remaining)
    return whole > .seconds(3600) ? Bucket.day : Bucket.minute
  }
}
