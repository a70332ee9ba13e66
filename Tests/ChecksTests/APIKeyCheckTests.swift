import Core
import Gate
import Sandbox
import ScriptedServer
import Testing

@Suite(.timeLimit(.minutes(2))) struct APIKeyCheckTests {
  @Test("A key that the endpoint takes passes")
  func taken() async throws {
    let go = try await EmbedderGo.run([])
    #expect(go.ids(.pass) == ["service.embedder", "a"])
    var evidence = try #require(go["a"]?.evidence)
    #expect(evidence.removeValue(forKey: "request_id") != nil)
    #expect(
      evidence == [
        "dimensions": .number(1536), "tokens": .number(3), "requests_per_minute": .number(3000),
        "requests_left": .number(2999), "tokens_per_minute": .number(1_000_000),
        "tokens_left": .number(999_000),
      ])
  }

  @Test("A refused key, a missing model and a wrong URL fail at the key's check alone")
  func refusals() async throws {
    let key = try await EmbedderGo.run([], key: "sk-another-key-that-is-wrong")
    #expect(key.ids(.fail) == ["a"])
    #expect(key["a"]?.observed == "status 401, invalid_api_key")
    #expect(key["service.embedder"]?.status == .pass)
    let model = try await EmbedderGo.run([], model: "text-embedding-9")
    #expect(model.ids(.fail) == ["a"])
    #expect(model["a"]?.observed == "status 404, model_not_found")
    let url = try await EmbedderGo.run([], path: "/v1/v1")
    #expect(url.ids(.fail) == ["a"])
    #expect(url["a"]?.fix?.hasPrefix("export BASE='http://127.0.0.1:") == true)
    #expect(url["a"]?.fix?.hasSuffix("/v1'") == true)
  }

  @Test("A rate limit is waited out once, as the endpoint asks for")
  func rateLimit() async throws {
    let answers = ScriptedServer { _ in
      [.send("HTTP/1.1 429 x\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n")]
    }
    let go = try await Go(
      """
      version: 1
      services: {embedder: {embeddings: "\(answers.url)/v1", model: m}}
      checks:
        - {id: a, api_key: embedder}
      """, [:])
    #expect(go.ids(.error) == ["a"])
    #expect(answers.requests.count == 2)
  }

  @Test("A refusal for the rate limit has the limit in its evidence")
  func rateLimitEvidence() async throws {
    let answers = ScriptedServer { _ in
      [
        .answer(
          "", status: 429,
          headers: [
            "Retry-After: 20", "x-ratelimit-limit-requests: 3", "x-ratelimit-remaining-requests: 0",
            "x-ratelimit-limit-tokens: 5000", "x-ratelimit-renewalperiod-tokens: 10",
          ])
      ]
    }
    let go = try await Go(
      """
      version: 1
      services: {embedder: {embeddings: "\(answers.url)/v1", model: m}}
      checks:
        - {id: a, api_key: embedder}
      """, [:])
    #expect(
      go["a"]?.evidence == [
        "status": .number(429), "requests_per_minute": .number(3), "requests_left": .number(0),
        "tokens_per_10s": .number(5000),
      ])
  }
}
