import Core
import Embeddings
import HTTP
import Sandbox
import ScriptedServer
import Testing

/// What endpoints are known to do to vectors with status 200, over HTTP.
@Suite(.timeLimit(.minutes(1)))
struct ProviderFaultTests {
  private static let texts = ["one", "two", "three", "four", "five"]

  /// Embeds texts of an endpoint that misbehaves.
  private func embed(
    _ behaviours: Set<EndpointBehaviour>, _ texts: [String] = texts
  ) async throws -> Result<EmbeddingReply, EmbeddingFault> {
    let key = Secret("sk-test-0123456789abcdefghij")
    let endpoint = try await Endpoint.start(
      EndpointOptions(
        apiKey: key,
        project: HostedProject(reference: "none", accessToken: Secret("none"), secrets: [:]),
        behaviours: behaviours))
    let client = EmbeddingClient(
      EmbeddingModel(
        baseURL: endpoint.url + "/v1", apiKey: key, model: "text-embedding-3-small",
        dimensions: 384), http: HTTPClient())
    let result: Result<EmbeddingReply, EmbeddingFault>
    do throws(EmbeddingFault) {
      result = .success(try await client.embed(texts, expecting: 384, timeout: .seconds(20)))
    } catch {
      result = .failure(error)
    }
    await endpoint.stop()
    return result
  }

  private func cause(
    _ behaviours: Set<EndpointBehaviour>, _ texts: [String] = texts
  ) async throws -> EmbeddingFault.Cause? {
    if case .failure(let fault) = try await embed(behaviours, texts) { fault.cause } else { nil }
  }

  @Test(
    "What cannot be used is refused by its cause",
    arguments: [
      (EndpointBehaviour.wrongCount, EmbeddingFault.Cause.wrongCount(expected: 5, got: 4)),
      (.nullInVector, .badNumbers(positions: [4])),
      (.constantVectors, .sameVectors(texts: 5)),
      (.quarterWidth, .wrongDimension(expected: 384, got: 96)),
      (.ignoresDimensions, .wrongDimension(expected: 384, got: 1536)),
      (.swappedModel, .otherModel("text-embedding-ada-002")),
    ])
  func refused(_ behaviour: EndpointBehaviour, _ cause: EmbeddingFault.Cause) async throws {
    #expect(try await self.cause([behaviour]) == cause)
  }

  @Test("What only looks odd is put right: numbers for base64, and vectors out of order")
  func putRight() async throws {
    let right = try await embed([]).get().vectors
    for behaviour in [EndpointBehaviour.ignoresEncoding, .shuffledIndexes] {
      let vectors = try await embed([behaviour]).get().vectors
      #expect(vectors.count == 5)
      for (vector, expected) in zip(vectors, right) {
        #expect(zip(vector, expected).allSatisfy { abs($0 - $1) < 1e-6 })
      }
    }
  }

  @Test("A few texts, or ones that hardly differ, may have one vector")
  func alike() async throws {
    #expect(try await cause([.constantVectors], ["one", "two", "three"]) == nil)
    #expect(try await cause([.constantVectors], ["a b", "A  b", "a-b!", "a b", "ab"]) == nil)
    #expect(
      try await cause([.constantVectors], ["one", "two", "three", "four"])
        == .sameVectors(texts: 4))
  }

  @Test(
    "A model is another one only where both names are published and neither begins the other",
    arguments: [
      ("text-embedding-3-small", "text-embedding-3-large", true),
      ("openai/text-embedding-3-small", "text-embedding-ada-002", true),
      ("text-embedding-ada-002", "text-embedding-ada-002-v2", false),
      ("all-minilm", "sentence-transformers/all-MiniLM-L6-v2", false),
      ("our-deployment", "text-embedding-ada-002", false),
      ("text-embedding-3-small", "model.gguf", false),
    ])
  func names(_ asked: String, _ answered: String, _ isAnother: Bool) async throws {
    let server = ScriptedServer { _ in
      [.answer(#"{"model":"\#(answered)","data":[{"index":0,"embedding":[1]}]}"#)]
    }
    let client = EmbeddingClient(
      EmbeddingModel(baseURL: server.url, apiKey: nil, model: asked), http: HTTPClient())
    var cause: EmbeddingFault.Cause?
    do throws(EmbeddingFault) {
      _ = try await client.embed(["a"], timeout: .seconds(20))
    } catch {
      cause = error.cause
    }
    #expect(cause == (isAnother ? .otherModel(answered) : nil))
  }

  @Test("The words of the two say what to do")
  func words() {
    let same = EmbeddingFault(.sameVectors(texts: 20), status: 200)
    #expect(same.message == "20 different texts have all got the same vector (status 200)")
    #expect(
      same.fix == "have the endpoint's operator look at its model: it does not read the texts")
    #expect(same.disposition == .abort)
    let other = EmbeddingFault(.otherModel("text-embedding-ada-002"))
    #expect(other.message == "the answer is of another model, text-embedding-ada-002")
    #expect(
      other.fix
        == "have the endpoint serve the model that is asked for, or ask for text-embedding-ada-002")
    #expect(other.disposition == .abort)
  }
}
