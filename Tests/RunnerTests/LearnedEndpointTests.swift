import Checks
import Core
import Embeddings
import Gate
import HTTP
import Monitor
import Postgres
import ScriptedServer
import Synchronization
import TestWorld
import Testing

@testable import Runner

/// Something that a test switches on while a server's threads read it.
private final class Flag: Sendable {
  private let value = Mutex(false)

  var isSet: Bool { value.withLock { $0 } }

  func set() { value.withLock { $0 = true } }
}

@Suite("What the checks have learned of an endpoint", .timeLimit(.minutes(2)))
struct LearnedEndpointTests {
  private func client(_ baseURL: String) -> EmbeddingClient {
    EmbeddingClient(
      EmbeddingModel(baseURL: baseURL, apiKey: nil, model: "m", dimensions: 384),
      http: HTTPClient())
  }

  /// A client that has found out what the endpoint does, as `api_key` with `capabilities` does.
  private func probed(_ baseURL: String) async throws -> EmbeddingClient {
    let client = client(baseURL)
    let alone = try await client.embed(["known"], timeout: .seconds(20))
    try await client.learn(knowing: "known", alone, batch: 20, timeout: .seconds(20))
    return client
  }

  private func run(
    _ client: EmbeddingClient, in world: TestWorld, items: Int = 40
  ) async throws -> RunReport {
    let fixture = RunFixture(world)
    let services = try fixture.services()
    let runner = Runner(
      pipeline: services.pipeline, database: services.database, client: client,
      conditions: fixture.conditions, options: Runner.Options(items: items),
      redactor: Redactor([])
    ) { _ in }
    return await runner.run(under: .ungated(), until: StopRequest())
  }

  private func waiting(_ world: TestWorld) async throws -> Int {
    try await world.number("select count(*) from issues where embedding is null")
  }

  @Test("another process keeps to what was found out, and sees first whether it still holds")
  func kept() async throws {
    try await TestWorld.run { world in
      var ways = ImitatedProvider.Ways()
      ways.refuse = {
        if $0.dimensions != nil {
          return .answer(#"{"error":"unknown field dimensions"}"#, status: 400)
        }
        return $0.input.count > 7
          ? .answer(#"{"error":"batch size 20 > maximum allowed batch size 7"}"#, status: 422) : nil
      }
      ways.width = { $0.output_dimension ?? 16 }
      let provider = ImitatedProvider(ways)
      let first = client(provider.server.url)
      try await first.learn(knowing: "known", nil, batch: 20, timeout: .seconds(20))
      #expect(try await run(first, in: world).ending == .verified)
      #expect(
        try await world.text(
          """
          select concat_ws(' ', model, dimensions, base64, largest_batch, is_normalised,
            is_deterministic, known_text, array_length(known_vector, 1)) from preflight.profile
          """) == "m output_dimension ignored 7 t t known 384")
      let asked = provider.server.requests.count
      let report = try await run(client(provider.server.url), in: world)
      #expect(report.ending == .verified)
      #expect(report.retries == 0)
      // The known text, and 40 rows in claims of 10, each in 7 + 3.
      #expect(provider.server.requests.count - asked == 1 + 8)
    }
  }

  @Test("an endpoint that gives a known text another vector is not asked for any other")
  func otherVector() async throws {
    try await TestWorld.run { world in
      let isChanged = Flag()
      var ways = ImitatedProvider.Ways()
      ways.vector = { text, width, _ in
        ImitatedProvider.vector(isChanged.isSet ? text + "!" : text, width)
      }
      let provider = ImitatedProvider(ways)
      #expect(try await run(try await probed(provider.server.url), in: world).ending == .verified)
      isChanged.set()
      let asked = provider.server.requests.count
      let report = try await run(client(provider.server.url), in: world)
      #expect(
        report.ending
          == .aborted(
            .endpointChanged,
            """
            a known text has another vector than this endpoint gave it when it was last probed \
            (status 200); see what was changed at the endpoint; if the change is meant, embed all \
            rows anew, and have `preflight launch` probe it again
            """))
      #expect(provider.server.requests.count - asked == 1)
      #expect(try await waiting(world) == 65)
    }
  }

  @Test("vectors whose length is another one than it was end the run, and are not stored")
  func otherLength() async throws {
    try await TestWorld.run { world in
      let isChanged = Flag()
      var ways = ImitatedProvider.Ways()
      ways.vector = { text, width, _ in
        ImitatedProvider.vector(text, width).map {
          isChanged.isSet && text != "known" ? $0 * 2 : $0
        }
      }
      let provider = ImitatedProvider(ways)
      #expect(try await run(try await probed(provider.server.url), in: world).ending == .verified)
      isChanged.set()
      let report = try await run(client(provider.server.url), in: world, items: 1)
      #expect(
        report.ending
          == .aborted(
            .endpointChanged,
            """
            the vector of text 1 has not the length 1, which all vectors of this endpoint had when it \
            was last probed (status 200); see what was changed at the endpoint; if the change is \
            meant, embed all rows anew, and have `preflight launch` probe it again
            """))
      #expect(try await waiting(world) == 65)
    }
  }

  @Test("an endpoint that is busy when the known text is asked for is asked again")
  func busy() async throws {
    try await TestWorld.run { world in
      let provider = ImitatedProvider()
      #expect(try await run(try await probed(provider.server.url), in: world).ending == .verified)
      let refusals = Mutex(2)
      var ways = ImitatedProvider.Ways()
      ways.refuse = { _ in
        refusals.withLock { left in
          left -= 1
          return left >= 0 ? .answer("{}", status: 429, headers: ["retry-after-ms: 20"]) : nil
        }
      }
      let same = ImitatedProvider(ways)
      _ = try await world.connection.query(
        "update preflight.profile set endpoint = encode(sha256(convert_to($1, 'UTF8')), 'hex')",
        [.text(client(same.server.url).model.identity)])
      let report = try await run(client(same.server.url), in: world)
      #expect(report.ending == .verified)
      #expect(report.retries == 0)
    }
  }

  @Test("a run keeps to the batch that the endpoint was found to take")
  func batch() async throws {
    try await TestWorld.run { world in
      var ways = ImitatedProvider.Ways()
      ways.refuse = {
        $0.input.count > 7
          ? .answer(#"{"error":"batch size 20 > maximum allowed batch size 7"}"#, status: 422) : nil
      }
      let provider = ImitatedProvider(ways)
      let client = try await probed(provider.server.url)
      let asked = provider.server.requests.count
      let report = try await run(client, in: world)
      #expect(report.ending == .verified)
      #expect(report.processed == 40)
      #expect(report.retries == 0)
      // 40 rows in claims of 10, each in 7 + 3.
      #expect(provider.server.requests.count - asked == 8)
    }
  }
}
