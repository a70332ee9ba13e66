import Sandbox
import Testing

@Suite("The endpoint, told to misbehave", .timeLimit(.minutes(1)))
struct EndpointBehaviourTests {
  @Test(
    "A refusal has the status, type and code of the service",
    arguments: [
      (EndpointBehaviour.refusesKey, 401, "invalid_request_error", "invalid_api_key"),
      (.quotaExhausted, 429, "insufficient_quota", "insufficient_quota"),
      (.rateLimited, 429, "requests", "rate_limit_exceeded"),
      (.modelMissing, 404, "invalid_request_error", "model_not_found"),
      (.regionRefused, 403, "request_forbidden", "unsupported_country_region_territory"),
      (.serverError, 500, "server_error", nil),
    ] as [(EndpointBehaviour, Int, String, String?)])
  func refusals(
    behaviour: EndpointBehaviour, status: Int, type: String, code: String?
  ) async throws {
    try await EndpointFixture.with([behaviour]) { fixture in
      let reply = try await fixture.embed(#""a text""#)
      #expect(reply.status == status)
      let error = try reply.json(OpenAIErrorBody.self).error
      #expect(error.type == type)
      #expect(error.code == code)
      #expect(reply.headers["retry-after"] == (behaviour == .rateLimited ? "1" : nil))
      #expect(reply.headers["x-ratelimit-remaining-requests"] == (status == 429 ? "0" : nil))
      #expect(fixture.endpoint.counts.embeddedTexts == 0)
    }
  }

  @Test("A refused key is refused by the list of models too")
  func refusedKey() async throws {
    try await EndpointFixture.with([.refusesKey]) { fixture in
      let reply = try await RawHTTP.send(
        "GET", "/v1/models", port: fixture.endpoint.port, bearer: EndpointFixture.apiKey)
      #expect(reply.status == 401)
    }
  }

  @Test("Dimensions are ignored")
  func dimensionsIgnored() async throws {
    try await EndpointFixture.with([.ignoresDimensions]) { fixture in
      let answer = try await fixture.embed(#""a text""#, extra: #", "dimensions": 384"#)
        .json(EmbeddingsAnswer.self)
      #expect(answer.data.map(\.embedding.floats.count) == [1536])
    }
  }

  @Test("One vector is missing")
  func wrongCount() async throws {
    try await EndpointFixture.with([.wrongCount]) { fixture in
      let answer = try await fixture.embed(#"["a", "b", "c"]"#).json(EmbeddingsAnswer.self)
      #expect(answer.data.map(\.index) == [0, 1])
    }
  }

  @Test("The vectors come in reverse, each with the index of its place")
  func misplaced() async throws {
    try await EndpointFixture.with([.misplacedVectors]) { fixture in
      let answer = try await fixture.embed(#"["a", "b"]"#, extra: #", "dimensions": 16"#)
        .json(EmbeddingsAnswer.self)
      #expect(answer.data.map(\.index) == [0, 1])
      let model = FeatureHashing(dimensions: 16)
      let last = try #require(answer.data.last).embedding.floats.compactMap { $0 }
      #expect(zip(last, model.vector(of: "a")).allSatisfy { abs($0 - $1) < 1e-7 })
    }
  }

  @Test("The vectors come in reverse, each with its own index")
  func shuffled() async throws {
    try await EndpointFixture.with([.shuffledIndexes]) { fixture in
      let answer = try await fixture.embed(#"["a", "b"]"#, extra: #", "dimensions": 16"#)
        .json(EmbeddingsAnswer.self)
      #expect(answer.data.map(\.index) == [1, 0])
      let model = FeatureHashing(dimensions: 16)
      let first = try #require(answer.data.last).embedding.floats.compactMap { $0 }
      #expect(zip(first, model.vector(of: "a")).allSatisfy { abs($0 - $1) < 1e-7 })
    }
  }

  @Test("The last vector holds a null, also where base64 was asked for", arguments: [true, false])
  func null(base64: Bool) async throws {
    try await EndpointFixture.with([.nullInVector]) { fixture in
      let extra = base64 ? #", "encoding_format": "base64""# : ""
      let answer = try await fixture.embed(#"["a", "b"]"#, extra: extra)
        .json(EmbeddingsAnswer.self)
      #expect(answer.data.map { $0.embedding.floats.filter { $0 == nil }.count } == [0, 1])
      #expect(answer.data.last?.embedding.floats.first == .some(.none))
    }
  }

  @Test("Numbers come where base64 was asked for")
  func encodingIgnored() async throws {
    try await EndpointFixture.with([.ignoresEncoding]) { fixture in
      let answer = try await fixture.embed(#""a""#, extra: #", "encoding_format": "base64""#)
        .json(EmbeddingsAnswer.self)
      guard case .array(let numbers)? = answer.data.first?.embedding else {
        Issue.record("numbers were to come")
        return
      }
      #expect(numbers.count == 1536)
    }
  }

  @Test("Each text gets the first one's vector, a quarter of it, or another model's")
  func otherVectors() async throws {
    try await EndpointFixture.with { fixture in
      func answer(_ behaviour: EndpointBehaviour?) async throws -> EmbeddingsAnswer {
        fixture.endpoint.misbehave(behaviour.map { [$0] } ?? [])
        return try await fixture.embed(#"["a", "b"]"#, extra: #", "dimensions": 16"#)
          .json(EmbeddingsAnswer.self)
      }
      let right = try await answer(nil)
      let constant = try await answer(.constantVectors)
      #expect(constant.data.map(\.index) == [0, 1])
      #expect(
        constant.data.map(\.embedding.floats)
          == [right.data[0].embedding.floats, right.data[0].embedding.floats])
      #expect(
        try await answer(.quarterWidth).data.map(\.embedding.floats.count) == [4, 4])
      let swapped = try await answer(.swappedModel)
      #expect(swapped.model == "text-embedding-ada-002")
      #expect(swapped.data.map(\.embedding.floats.count) == [16, 16])
      #expect(swapped.data[0].embedding.floats != right.data[0].embedding.floats)
    }
  }

  @Test("HTML comes with status 200")
  func html() async throws {
    try await EndpointFixture.with([.html]) { fixture in
      let reply = try await fixture.embed(#""a text""#)
      #expect(reply.status == 200)
      #expect(reply.headers["content-type"] == "text/html; charset=utf-8")
      #expect(reply.text.hasPrefix("<!DOCTYPE html>"))
    }
  }

  @Test("Half a body breaks off in the middle")
  func halfBody() async throws {
    try await EndpointFixture.with { fixture in
      let whole = try await fixture.embed(#""a text""#)
      fixture.endpoint.misbehave([.halfBody])
      let half = try await fixture.embed(#""a text""#)
      #expect(half.status == 200)
      #expect(!half.isWhole)
      #expect(half.body == Array(whole.body[..<(whole.body.count / 2)]))
    }
  }

  @Test("An empty reply is no byte at all")
  func emptyReply() async throws {
    try await EndpointFixture.with([.emptyReply]) { fixture in
      await #expect(throws: RawHTTP.Fault.closedWithoutAnswer) {
        try await fixture.embed(#""a text""#)
      }
    }
  }

  @Test("A hanging endpoint takes the request, says nothing, and can still be stopped")
  func hangs() async throws {
    try await EndpointFixture.with([.hangs]) { fixture in
      await #expect(throws: RawHTTP.Fault.silent) {
        try await fixture.embed(#""a text""#, patience: .milliseconds(200))
      }
      let models = try await RawHTTP.send(
        "GET", "/v1/models", port: fixture.endpoint.port, bearer: EndpointFixture.apiKey)
      #expect(models.status == 200)
    }
  }

  @Test("It misbehaves when it is told to, for as many requests as it is told")
  func limited() async throws {
    try await EndpointFixture.with { fixture in
      fixture.endpoint.misbehave([.serverError], after: 1, forNext: 2)
      var statuses: [Int] = []
      for _ in 0..<4 { statuses.append(try await fixture.embed(#""a text""#).status) }
      #expect(statuses == [200, 500, 500, 200])
    }
  }
}
