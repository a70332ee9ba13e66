import Embeddings
import HTTP
import Testing

/// The limits that endpoints tell in their headers, as each was seen to write them.
struct RateLimitTests {
  static let samples: [(String, [HTTPReply.Header], RateLimits)] = [
    (
      "OpenAI",
      [
        ("x-ratelimit-limit-requests", "3000"), ("x-ratelimit-limit-tokens", "1000000"),
        ("x-ratelimit-remaining-requests", "2999"), ("x-ratelimit-remaining-tokens", "999991"),
        ("x-ratelimit-reset-requests", "20ms"), ("x-ratelimit-reset-tokens", "0s"),
      ],
      RateLimits(
        requests: .init(limit: 3000, remaining: 2999, reset: .milliseconds(20)),
        tokens: .init(limit: 1_000_000, remaining: 999_991, reset: .zero))
    ),
    (
      "OpenAI, for an account that has not paid: requests by the day",
      [
        ("x-ratelimit-limit-requests", "200"), ("x-ratelimit-remaining-requests", "199"),
        ("x-ratelimit-reset-requests", "7m12s"), ("x-ratelimit-limit-tokens", "40000"),
        ("x-ratelimit-remaining-tokens", "39990"), ("x-ratelimit-reset-tokens", "15ms"),
      ],
      RateLimits(
        requests: .init(
          limit: 200, remaining: 199, reset: .seconds(432), window: .seconds(86_400)),
        tokens: .init(limit: 40_000, remaining: 39_990, reset: .milliseconds(15)))
    ),
    (
      "OpenAI with an empty bucket",
      [
        ("x-ratelimit-limit-tokens", "40000"), ("x-ratelimit-remaining-tokens", "0"),
        ("x-ratelimit-reset-tokens", "1m0s"),
      ],
      RateLimits(tokens: .init(limit: 40_000, remaining: 0, reset: .seconds(60)))
    ),
    (
      "Azure and GitHub, which name the window",
      [
        ("x-ratelimit-limit-requests", "2500"), ("x-ratelimit-remaining-requests", "2499"),
        ("x-ratelimit-reset-requests", "24"), ("x-ratelimit-renewalperiod-requests", "10"),
        ("x-ratelimit-limit-tokens", "250000"), ("x-ratelimit-remaining-tokens", "249993"),
        ("x-ratelimit-reset-tokens", "1"), ("x-ratelimit-renewalperiod-tokens", "60"),
      ],
      RateLimits(
        requests: .init(
          limit: 2500, remaining: 2499, reset: .seconds(24), window: .seconds(10)),
        tokens: .init(limit: 250_000, remaining: 249_993, reset: .seconds(1)))
    ),
    (
      "Azure before it named the window",
      [
        ("x-ratelimit-limit-requests", "2500"), ("x-ratelimit-remaining-requests", "2499"),
        ("x-ratelimit-reset-requests", "24"), ("x-ratelimit-remaining-tokens", "-1"),
      ],
      RateLimits(requests: .init(limit: 2500, remaining: 2499, reset: .seconds(24)))
    ),
    (
      "Mistral",
      [
        ("x-ratelimit-limit-tokens-minute", "5000000"),
        ("x-ratelimit-remaining-tokens-minute", "4999911"),
        ("x-ratelimit-tokens-query-cost", "52"), ("x-ratelimit-limit-req-minute", "720"),
        ("x-ratelimit-remaining-req-minute", "717"),
      ],
      RateLimits(
        requests: .init(limit: 720, remaining: 717),
        tokens: .init(limit: 5_000_000, remaining: 4_999_911))
    ),
    (
      "Cerebras",
      [
        ("x-ratelimit-limit-requests-day", "1000"), ("x-ratelimit-remaining-requests-day", "750"),
        ("x-ratelimit-reset-requests-day", "3600"), ("x-ratelimit-limit-tokens-minute", "60000"),
        ("x-ratelimit-remaining-tokens-minute", "50"), ("x-ratelimit-reset-tokens-minute", "26.5"),
      ],
      RateLimits(
        requests: .init(
          limit: 1000, remaining: 750, reset: .seconds(3600), window: .seconds(86_400)),
        tokens: .init(limit: 60_000, remaining: 50, reset: .milliseconds(26_500)))
    ),
    (
      "one that writes nonsense",
      [("x-ratelimit-limit-requests", "many"), ("x-ratelimit-reset-requests", "soon")],
      RateLimits()
    ),
    ("one that writes nothing", [], RateLimits()),
  ]

  @Test("The limits are read, with the time for which they count", arguments: samples.indices)
  func read(row: Int) {
    let (endpoint, headers, limits) = Self.samples[row]
    let fault = EmbeddingFault(
      refusal: HTTPReply(status: 429, headers: headers),
      of: EmbeddingModel(baseURL: "https://host/v1", apiKey: nil, model: "m"), inputCount: 1)
    #expect(fault.rateLimits == limits, "\(endpoint)")
  }

  @Test("A limit of another window has its share for a minute")
  func perMinute() {
    #expect(RateLimits.Bucket(limit: 3000).perMinute == 3000)
    #expect(RateLimits.Bucket(limit: 1440, window: .seconds(86_400)).perMinute == 1)
    #expect(RateLimits.Bucket(limit: 10, window: .seconds(10)).perMinute == 60)
    #expect(RateLimits.Bucket().perMinute == nil)
  }
}
