import Checks
import Core
import Embeddings
import Gate
import HTTP
import Monitor
import Runner
import ScriptedServer
import TestWorld
import Testing

@Suite("What the checks have learned of an endpoint", .timeLimit(.minutes(2)))
struct LearnedEndpointTests {
  @Test("a run keeps to the batch that the endpoint was found to take")
  func batch() async throws {
    try await TestWorld.run { world in
      var ways = ImitatedProvider.Ways()
      ways.refuse = {
        $0.input.count > 7
          ? .answer(#"{"error":"batch size 20 > maximum allowed batch size 7"}"#, status: 422) : nil
      }
      let provider = ImitatedProvider(ways)
      let client = EmbeddingClient(
        EmbeddingModel(baseURL: provider.server.url, apiKey: nil, model: "m", dimensions: 384),
        http: HTTPClient())
      let alone = try await client.embed(["known"], timeout: .seconds(20))
      try await client.learn(knowing: "known", alone, batch: 20, timeout: .seconds(20))
      let asked = provider.server.requests.count

      let fixture = RunFixture(world)
      let services = try fixture.services()
      let runner = Runner(
        pipeline: services.pipeline, database: services.database, client: client,
        conditions: fixture.conditions, options: Runner.Options(items: 40),
        redactor: Redactor([])
      ) { _ in }
      let report = await runner.run(under: .ungated(), until: StopRequest())
      #expect(report.ending == .verified)
      #expect(report.processed == 40)
      #expect(report.retries == 0)
      // 40 rows in claims of 10, each in 7 + 3.
      #expect(provider.server.requests.count - asked == 8)
    }
  }
}
