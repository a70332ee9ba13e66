import Core
import Embeddings
import HTTP
import Testing

/// The bodies that providers were seen to send, each with the cause that it stands for.
struct FaultClassificationTests {
  @Test(
    "A refusal has the cause that its status, code and words stand for",
    arguments: Refusal.keys + Refusal.models + Refusal.contents + Refusal.rates)
  func cause(of sample: Refusal) {
    #expect(fault(sample).cause == sample.cause)
  }

  private func fault(_ sample: Refusal, headers: [HTTPReply.Header] = []) -> EmbeddingFault {
    EmbeddingFault(
      refusal: HTTPReply(status: sample.status, headers: headers, body: Array(sample.body.utf8)),
      of: EmbeddingModel(
        baseURL: sample.baseURL, apiKey: sample.hasKey ? Secret("sk-proj-secret99") : nil,
        model: "m"),
      inputCount: sample.inputs, now: Timestamp(milliseconds: 784_111_777_000))
  }

  @Test("A message has the cause, the status, the code and the endpoint's words without the key")
  func message() throws {
    let fault = fault(
      Refusal(
        status: 401,
        body:
          #"{"error":{"message":"Incorrect API key provided:\n sk-pr**** and (sk-proj-secret99).","type":"t","code":"invalid_api_key"}}"#,
        cause: .wrongKey),
      headers: [("X-Request-Id", "req_1")])
    #expect(
      fault.message
        == "the endpoint does not accept the API key (status 401, invalid_api_key): "
        + "Incorrect API key provided: ‹secret› and (‹secret›).")
    #expect(fault.requestID == "req_1")
    #expect(
      fault.fix == "set a valid API key; a key of another provider or project is refused like this")
  }

  @Test("An endpoint's long page is quoted by its title, and a long text shortened to one line")
  func quoting() {
    let page = Refusal(
      status: 502, body: "<!doctype html>\n<head><title>502 Bad Gateway</title></head>",
      cause: .serverError)
    #expect(fault(page).message == "the endpoint failed (status 502): 502 Bad Gateway")
    let long = Refusal(
      status: 500, body: String(repeating: "a b\n", count: 10_000), cause: .serverError)
    #expect(fault(long).serverMessage?.count == 401)
    #expect(fault(long).serverMessage?.hasSuffix("…") == true)
    #expect(fault(long).serverMessage?.contains("\n") == false)
  }

  static let waits: [([HTTPReply.Header], String, Duration?)] = [
    ([("retry-after-ms", "510"), ("retry-after", "9")], "", .milliseconds(510)),
    ([("retry-after", "1.5")], "", .milliseconds(1500)),
    ([("retry-after", "3600")], "", .seconds(3600)),
    ([("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT")], "", .seconds(10)),
    (
      [
        ("retry-after", "Mon, 29 Feb 2016 00:00:05 GMT"), ("date", "Sun, 28 Feb 2016 23:59:55 GMT"),
      ],
      "", .seconds(10)
    ),
    ([("retry-after", "Sun, 06 Nov 1994 08:49:30 GMT")], "", .zero),
    ([("retry-after", "soon")], "", nil),
    ([("retry-after", "-5")], "", nil),
    ([("retry-after", "99999999999999999999")], "", nil),
    ([], "Please try again in 2.812s.", .milliseconds(2812)),
    ([], "Please try again in 20s", .seconds(20)),
    ([], "Please try again in 510ms. Visit", .milliseconds(510)),
    ([], "Please try again in 1m30s.", .seconds(90)),
    ([], "try again in 20 seconds.", .seconds(20)),
    ([], "try again in 20 milliseconds", .milliseconds(20)),
    ([], "try again in 5 minutes", .seconds(300)),
    ([], "try again in a while", nil),
    ([], "Please retry after 23 seconds.", .seconds(23)),
    ([], "Please retry in 27.5s.", .milliseconds(27_500)),
    ([("retry-after", "604801")], "", nil),
    ([("retry-after-ms", "604800000")], "", .seconds(604_800)),
    (
      [
        ("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "6m0s"),
        ("x-ratelimit-remaining-requests", "3"), ("x-ratelimit-reset-requests", "9m"),
      ],
      "", .seconds(360)
    ),
    ([], "", nil),
  ]

  @Test(
    "The wait is what the endpoint asks for, by the first of its ways of saying so",
    arguments: waits.indices)
  func wait(row: Int) throws {
    let (headers, words, wait) = Self.waits[row]
    let sample = Refusal(
      status: 429, body: #"{"error":{"message":"\#(words)"}}"#, cause: .rateLimited)
    let fault = fault(sample, headers: headers)
    #expect(fault.retryAfter == wait)
    #expect(fault.disposition == .pause(wait))
  }

  @Test("A fault of the texts splits a batch and rejects a single text")
  func dispositions() {
    let causes: [EmbeddingFault.Cause] = [
      .inputTooLong, .invalidInput, .refused, .zeroVector(positions: [0]),
      .badNumbers(positions: []),
      .tooManyTokens(limit: nil), .overRateLimit(requested: 2, limit: 1), .bodyTooLarge,
    ]
    for cause in causes {
      #expect(EmbeddingFault(cause, inputCount: 2).disposition == .split)
      #expect(EmbeddingFault(cause, inputCount: 1).disposition == .reject)
    }
    #expect(EmbeddingFault(.noQuota).disposition == .abort)
    #expect(EmbeddingFault(.serverError).disposition == .retry)
    #expect(EmbeddingFault(.unreachable(.emptyReply)).disposition == .retry)
    #expect(
      EmbeddingFault(.unreachable(.tls(host: "h", port: 1, reason: "x"))).disposition == .abort)
  }

  @Test("A quarter of the expected width is named for what it is")
  func quarterWidth() {
    let fault = EmbeddingFault(.wrongDimension(expected: 1024, got: 256))
    #expect(
      fault.message
        == "the vectors have 256 dimensions, not 1024 but a quarter of it: "
        + "numbers were taken for base64 on the way")
    #expect(
      EmbeddingFault(.wrongDimension(expected: 384, got: 1536)).message
        == "the vectors have 1536 dimensions, not 384")
    #expect(
      EmbeddingFault(.wrongDimension(expected: 384, got: 1536)).fix
        == "set `dimensions: 384` and take an endpoint that heeds it, or change the column to "
        + "vector(1536)")
  }
}
