import Core
import FoundationEssentials
import Sandbox
import Testing

@Suite("The endpoint, asked as it should be", .timeLimit(.minutes(1)))
struct EndpointTests {
  @Test("It answers one vector of 384 numbers for each text, in order")
  func vectors() async throws {
    try await EndpointFixture.with { fixture in
      let reply = try await fixture.embed(#"["one text", "and another"]"#, extra: dimensions(384))
      #expect(reply.status == 200)
      #expect(reply.isWhole)
      #expect(reply.headers["content-type"] == "application/json")
      let answer = try reply.json(EmbeddingsAnswer.self)
      #expect(answer.object == "list")
      #expect(answer.model == "text-embedding-3-small")
      #expect(answer.data.map(\.index) == [0, 1])
      #expect(answer.data.map(\.embedding.floats.count) == [384, 384])
      #expect(answer.usage == EmbeddingsAnswer.Usage(prompt_tokens: 5, total_tokens: 5))
      let counts = fixture.endpoint.counts
      #expect(counts.requests == 1)
      #expect(counts.embeddingsRequests == 1)
      #expect(counts.embeddedTexts == 2)
    }
  }

  @Test(
    "Without dimensions the vector is as wide as the model's",
    arguments: [
      ("text-embedding-3-small", 1536), ("text-embedding-3-large", 3072),
      ("text-embedding-ada-002", 1536), ("all-minilm", 384),
    ])
  func nativeWidth(model: String, width: Int) async throws {
    try await EndpointFixture.with { fixture in
      let answer = try await fixture.embed(#""a text""#, model: model).json(EmbeddingsAnswer.self)
      #expect(answer.data.map(\.embedding.floats.count) == [width])
    }
  }

  @Test("Base64 and numbers say the same", arguments: [1, 2, 3, 384, 1536])
  func encodings(count: Int) async throws {
    try await EndpointFixture.with { fixture in
      let text = #""the same text, twice""#
      let numbers = try await fixture.embed(text, extra: dimensions(count))
        .json(EmbeddingsAnswer.self)
      let base64 = try await fixture.embed(
        text, extra: dimensions(count) + #", "encoding_format": "base64""#
      ).json(EmbeddingsAnswer.self)
      guard case .base64 = try #require(base64.data.first).embedding else {
        Issue.record("base64 was asked for, numbers came")
        return
      }
      let expected = FeatureHashing(dimensions: count).vector(of: "the same text, twice")
      #expect(base64.data.first?.embedding.floats == expected)
      let written = try #require(numbers.data.first).embedding.floats.compactMap { $0 }
      #expect(written.count == count)
      #expect(zip(written, expected).allSatisfy { abs($0 - $1) < 1e-7 })
    }
  }

  @Test("It takes tokens in place of texts, one row or several")
  func tokens() async throws {
    try await EndpointFixture.with { fixture in
      let one = try await fixture.embed("[1, 2, 3]").json(EmbeddingsAnswer.self)
      #expect(one.data.count == 1)
      #expect(one.usage.total_tokens == 3)
      let two = try await fixture.embed("[[1, 2, 3], [4]]").json(EmbeddingsAnswer.self)
      #expect(two.data.count == 2)
      #expect(two.usage.total_tokens == 4)
    }
  }

  @Test("It sends the headers that a client keeps: request id and rate limits")
  func headers() async throws {
    try await EndpointFixture.with { fixture in
      let first = try await fixture.embed(#""a text""#)
      let second = try await fixture.embed(#""a text""#)
      #expect(first.headers["x-request-id"] == "req_00000000000000000000000000000001")
      #expect(second.headers["x-request-id"] == "req_00000000000000000000000000000002")
      #expect(first.headers["x-ratelimit-limit-requests"] == "3000")
      #expect(first.headers["x-ratelimit-remaining-requests"] == "2999")
      #expect(first.headers["x-ratelimit-reset-requests"] == "20ms")
      #expect(first.headers["x-ratelimit-limit-tokens"] == "1000000")
    }
  }

  @Test("It takes 2048 inputs at once")
  func manyInputs() async throws {
    try await EndpointFixture.with { fixture in
      let texts = (0..<2048).map { "\"t\($0)\"" }.joined(separator: ",")
      let answer = try await fixture.embed("[\(texts)]", extra: dimensions(4))
        .json(EmbeddingsAnswer.self)
      #expect(answer.data.map(\.index) == Array(0..<2048))
    }
  }

  @Test("A model that people run themselves asks for no key, and takes no wrong one")
  func keyless() async throws {
    try await EndpointFixture.with { fixture async throws in
      #expect(try await fixture.embed(#""a""#, model: "all-minilm", key: nil).status == 200)
      #expect(try await fixture.embed(#""a""#, model: "all-minilm", key: "sk-wrong").status == 401)
      #expect(try await fixture.embed(#""a""#, key: nil).status == 401)
      #expect(try await fixture.embed("[]", model: "all-minilm", key: nil).status == 401)
    }
  }

  @Test("It lists the models, for the right key only")
  func models() async throws {
    try await EndpointFixture.with { fixture in
      let port = fixture.endpoint.port
      let reply = try await RawHTTP.send(
        "GET", "/v1/models", port: port, bearer: EndpointFixture.apiKey)
      #expect(reply.status == 200)
      let listed = try reply.json(ModelList.self).data.map(\.id)
      #expect(
        listed == [
          "text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002",
          "all-minilm",
        ])
      #expect(try await RawHTTP.send("GET", "/v1/models", port: port).status == 401)
    }
  }

  @Test("It lists a project's secrets by name and digest, in the order of the names")
  func secrets() async throws {
    try await EndpointFixture.with { fixture in
      let reply = try await RawHTTP.send(
        "GET", "/v1/projects/\(EndpointFixture.reference)/secrets", port: fixture.endpoint.port,
        bearer: EndpointFixture.accessToken)
      #expect(reply.status == 200)
      #expect(
        try reply.json([ListedSecret].self) == [
          // The digests of "abc", from FIPS 180-2, and of the empty text.
          ListedSecret(
            name: "OPENAI_API_KEY",
            value: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
          ListedSecret(
            name: "OTHER",
            value: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ])
    }
  }

  @Test("After it has stopped it answers no more")
  func stopped() async throws {
    let key = "sk-\(UUID().uuidString)"
    let project = HostedProject(reference: "r", accessToken: Secret("t"), secrets: [:])
    let endpoint = try await Endpoint.start(EndpointOptions(apiKey: Secret(key), project: project))
    let before = try await RawHTTP.send("GET", "/v1/models", port: endpoint.port, bearer: key)
    #expect(before.status == 200)
    await endpoint.stop()
    // Another test's endpoint may have the port by now; that one does not know the key.
    let after = try? await RawHTTP.send("GET", "/v1/models", port: endpoint.port, bearer: key)
    #expect(after?.status != 200)
  }
}

private struct ModelList: Decodable {
  struct Model: Decodable {
    let id: String
  }

  let data: [Model]
}

private struct ListedSecret: Decodable, Equatable {
  let name: String
  let value: String
}

private func dimensions(_ count: Int) -> String { ", \"dimensions\": \(count)" }
