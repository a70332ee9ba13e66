import Core
import Embeddings
import HTTP
import ScriptedServer
import Testing

/// What is found out of an endpoint by a few requests.
@Suite(.timeLimit(.minutes(1)))
struct CapabilityProbeTests {
  private typealias Ways = ImitatedProvider.Ways

  /// Learns from a provider and asks it once more, as a run would.
  private func learned(
    _ ways: Ways, dimensions: Int? = nil, batch: Int = 5, model: String = "m"
  ) async throws -> (profile: EndpointProfile, requests: [String]) {
    let provider = ImitatedProvider(ways)
    let client = EmbeddingClient(
      EmbeddingModel(
        baseURL: provider.server.url, apiKey: nil, model: model, dimensions: dimensions),
      http: HTTPClient())
    let alone = try? await client.embed(["known"], timeout: .seconds(20))
    try await client.learn(knowing: "known", alone, batch: batch, timeout: .seconds(20))
    _ = try await client.embed(["more"], timeout: .seconds(20))
    return (client.profile, provider.server.requests.map(\.bodyText))
  }

  private func fault(_ ways: Ways, dimensions: Int? = nil, model: String = "m") async
    -> CapabilityFault?
  {
    await #expect(throws: CapabilityFault.self) {
      try await learned(ways, dimensions: dimensions, model: model)
    }
  }

  @Test("A good endpoint is asked twice more: for a whole batch, and for three texts turned around")
  func good() async throws {
    let (profile, requests) = try await learned(Ways(), dimensions: 8)
    #expect(
      profile.lines == [
        "dimensions: honoured", "base64: ignored", "texts in one request: at least 5",
        "in order: yes", "normalised: yes", "deterministic: yes",
      ])
    let rest = #","dimensions":8,"encoding_format":"base64"}"#
    #expect(
      requests == [
        #"{"model":"m","input":["known"]"# + rest,
        #"{"model":"m","input":["bread and butter","a ship at sea","number 2","number 3","known"]"#
          + rest,
        #"{"model":"m","input":["known","a ship at sea","bread and butter"]"# + rest,
        #"{"model":"m","input":["more"]"# + rest,
      ])
  }

  @Test("The first requests are those that are announced")
  func announced() async throws {
    let (_, requests) = try await learned(Ways())
    let client = EmbeddingClient(
      EmbeddingModel(baseURL: "http://host/v1", apiKey: nil, model: "m"), http: HTTPClient())
    let announced = client.capabilityRequests(
      knowing: "known", batch: 5, timeout: .seconds(1))
    #expect(announced.map { String(decoding: $0.body, as: UTF8.self) } == Array(requests[1...2]))
  }

  @Test("Vectors that are not of length 1, or not the same to the last bit, are told of")
  func unlike() async throws {
    var ways = Ways()
    ways.vector = { text, width, number in
      ImitatedProvider.vector(text, width).map { $0 * 3 + 0.0001 * Float(number) }
    }
    let profile = try await learned(ways).profile
    #expect(profile.isOrdered == true)
    #expect(profile.isNormalised == false)
    #expect(profile.isDeterministic == false)
  }

  @Test(
    "A smaller batch is found by what the endpoint says, or by halves",
    arguments: [
      (#"{"detail":"batch size 20 > maximum allowed batch size 7"}"#, 7),
      (#"{"message":"Too many inputs in request"}"#, 5),
    ])
  func smallerBatch(body: String, most: Int) async throws {
    var ways = Ways()
    ways.refuse = { $0.input.count > 7 ? .answer(body, status: 422) : nil }
    let profile = try await learned(ways, batch: 20).profile
    #expect(profile.largestBatch == most)
    #expect(profile.lines.contains("texts in one request: at most \(most)"))
  }

  @Test("An endpoint without any batch is not asked for ever")
  func noBatch() async {
    var ways = Ways()
    ways.refuse = {
      $0.input.count > 1 ? .answer(#"{"message":"Too many inputs"}"#, status: 422) : nil
    }
    let provider = ImitatedProvider(ways)
    let client = EmbeddingClient(
      EmbeddingModel(baseURL: provider.server.url, apiKey: nil, model: "m"), http: HTTPClient())
    let fault = await #expect(throws: CapabilityFault.self) {
      let alone = try await client.embed(["known"], timeout: .seconds(20))
      try await client.learn(knowing: "known", alone, batch: 2048, timeout: .seconds(20))
    }
    guard case .refused(let refusal) = fault else {
      Issue.record("not refused: \(String(describing: fault))")
      return
    }
    #expect(refusal.cause == .tooManyInputs(limit: nil))
    #expect(provider.server.requests.count == 5)
  }

  @Test("A name other than `dimensions` is found, and used from then on")
  func otherName() async throws {
    var ways = Ways()
    ways.refuse = {
      $0.dimensions == nil
        ? nil
        : .answer(#"{"detail":"Argument 'dimensions' is not supported by our API."}"#, status: 400)
    }
    ways.width = { $0.output_dimension ?? 16 }
    let (profile, requests) = try await learned(ways, dimensions: 8)
    #expect(profile.dimensions == .named("output_dimension"))
    #expect(profile.lines.first == "dimensions: honoured as output_dimension")
    #expect(requests.last?.contains(#""output_dimension":8"#) == true)
    #expect(requests.last?.contains(#""dimensions""#) == false)
  }

  @Test("A wish for dimensions that is ignored or refused, and a quarter of the width, are faults")
  func dimensions() async {
    var ignored = Ways()
    ignored.width = { _ in 16 }
    await #expect(
      fault(ignored, dimensions: 8)
        == .refused(EmbeddingFault(.wrongDimension(expected: 8, got: 16))))
    var refused = Ways()
    refused.refuse = {
      ($0.dimensions ?? $0.output_dimension) == nil
        ? nil : .answer(#"{"message":"no dimensions"}"#, status: 400)
    }
    await #expect(
      fault(refused, dimensions: 8) == .refused(EmbeddingFault(.dimensionsRefused)))
    var quarter = Ways()
    quarter.width = { _ in 96 }
    let found = await fault(quarter, model: "all-minilm")
    #expect(found == .refused(EmbeddingFault(.wrongDimension(expected: 384, got: 96))))
    #expect(
      found?.message == "the vectors have 96 dimensions, not 384 but a quarter of it: "
        + "numbers were taken for base64 on the way")
  }

  @Test("Vectors in another order than their texts are a fault, whichever the order")
  func shuffled() async {
    var reversed = Ways()
    reversed.order = { $0.reversed() }
    await #expect(fault(reversed) == .shuffled)
    var swapped = Ways()
    swapped.order = { items in
      items.count < 3 ? items : [items[1], items[0]] + items.dropFirst(2)
    }
    await #expect(fault(swapped) == .shuffled)
  }

  @Test("The same vector for each text, and another one each time, are faults")
  func vectors() async {
    var constant = Ways()
    constant.vector = { _, width, _ in ImitatedProvider.vector("all", width) }
    await #expect(fault(constant) == .constant)
    var unsteady = Ways()
    unsteady.vector = { text, width, number in ImitatedProvider.vector("\(text)\(number)", width) }
    await #expect(fault(unsteady) == .unsteady)
  }

  @Test("A batch is judged as strictly as a single text")
  func batch() async {
    var short = Ways()
    short.order = { $0.count > 1 ? Array($0.dropLast()) : $0 }
    await #expect(
      fault(short)
        == .refused(EmbeddingFault(.wrongCount(expected: 5, got: 4), status: 200, inputCount: 5)))
    var broken = Ways()
    broken.vector = { text, width, _ in
      text == "number 2" ? [.nan] : ImitatedProvider.vector(text, width)
    }
    await #expect(
      fault(broken)
        == .refused(EmbeddingFault(.badNumbers(positions: [2]), status: 200, inputCount: 5)))
  }

  @Test("What becomes of base64 is learned from any answer")
  func base64() async throws {
    var refuses = Ways()
    refuses.refuse = {
      $0.encoding_format == nil
        ? nil : .answer(#"{"message":"encoding_format is not supported"}"#, status: 400)
    }
    let (profile, requests) = try await learned(refuses)
    #expect(profile.base64 == .refused)
    #expect(requests.count { $0.contains("base64") } == 1)
    let server = ScriptedServer { _ in [.answer(#"{"data":[{"embedding":"AACAPw=="}]}"#)] }
    let client = EmbeddingClient(
      EmbeddingModel(baseURL: server.url, apiKey: nil, model: "m"), http: HTTPClient())
    _ = try await client.embed(["a"], timeout: .seconds(20))
    #expect(client.profile.base64 == .honoured)
  }
}
