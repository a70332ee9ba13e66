import Checklist
import Checks
import Core
import Embeddings
import Gate
import HTTP
import ScriptedServer
import Testing

/// What `api_key` says with `capabilities`, and what a run takes over from it.
@Suite(.timeLimit(.minutes(2))) struct CapabilitiesTests {
  private typealias Ways = ImitatedProvider.Ways

  private static func checklist(_ url: String, dimensions: Int) -> String {
    """
    version: 1
    services:
      database: {postgres: "postgres://u@127.0.0.1:1/d"}
      embedder: {embeddings: "\(url)", model: m, dimensions: \(dimensions)}
    checks:
      - {id: a, api_key: embedder, capabilities: true}
    pipelines:
      - name: issues
        database: database
        model: embedder
        from: {table: issues, key: id, text: title}
        to: [{update: issues, set: {embedding: $embedding}}]
        batch: 6
    """
  }

  private func go(_ ways: Ways, dimensions: Int = 8) async throws -> (Finding, ScriptedServer) {
    let provider = ImitatedProvider(ways)
    let go = try await Go(Self.checklist(provider.server.url, dimensions: dimensions), [:])
      .naming(["BASE": provider.server.url])
    return (try #require(go["a"]), provider.server)
  }

  @Test("A good endpoint passes, with what was learned in the evidence")
  func good() async throws {
    let (finding, server) = try await go(Ways())
    #expect(
      finding
        == .pass(
          "m at \(server.url) answers a run's requests as it should",
          evidence: [
            "dimensions": .number(8),
            "capabilities": .list([
              "dimensions: honoured", "base64: ignored", "texts in one request: at least 6",
              "in order: yes", "normalised: yes", "deterministic: yes",
            ]),
          ]))
  }

  @Test("Vectors in another order fail, with what to do")
  func shuffled() async throws {
    var ways = Ways()
    ways.order = { $0.reversed() }
    #expect(
      try await go(ways).0
        == .fail(
          "m at $BASE: the vectors of one request are not in the order of its texts",
          expected: "for each text its own vector, the same each time and in the texts' order",
          observed: "the vectors of one request are not in the order of its texts",
          fix: "model: m   # take another endpoint for it, or mend the gateway in between"))
  }

  @Test("Too few vectors for a batch, and a wish for dimensions that is ignored, fail too")
  func vectors() async throws {
    var short = Ways()
    short.order = { $0.count > 1 ? Array($0.dropLast()) : $0 }
    let few = try await go(short).0
    #expect(few.status == .fail)
    #expect(few.message == "5 vectors came back for 6 texts (status 200)")
    #expect(few.expected == "vectors of one length, one of its own for each text, all of numbers")
    var ignored = Ways()
    ignored.width = { _ in 32 }
    let quarter = try await go(ignored, dimensions: 128).0
    #expect(quarter.status == .fail)
    #expect(
      quarter.message == "the vectors have 32 dimensions, not 128 but a quarter of it: "
        + "numbers were taken for base64 on the way")
  }

  @Test("An endpoint that fails at a batch cannot be told, and a wrong key is no matter of it")
  func others() async throws {
    var failing = Ways()
    failing.refuse = { $0.input.count > 1 ? .answer("", status: 503) : nil }
    #expect(try await go(failing).0.status == .error)
    var keyless = Ways()
    keyless.refuse = { _ in .answer("", status: 401) }
    let (finding, server) = try await go(keyless)
    #expect(finding.status == .fail)
    #expect(server.requests.count == 1)
  }

  @Test(
    "A number of dimensions that goes by another name is found though the first wish is refused")
  func otherName() async throws {
    var ways = Ways()
    ways.refuse = {
      $0.dimensions == nil ? nil : .answer(#"{"detail":"no 'dimensions'"}"#, status: 400)
    }
    ways.width = { $0.output_dimension ?? 16 }
    let finding = try await go(ways).0
    #expect(finding.status == .pass)
    #expect(
      finding.evidence == [
        "capabilities": .list([
          "dimensions: honoured as output_dimension", "base64: ignored",
          "texts in one request: at least 6", "in order: yes", "normalised: yes",
          "deterministic: yes",
        ])
      ])
  }

  @Test("A run takes over what the checks have learned, and the questions are those that are asked")
  func handedOver() async throws {
    var ways = Ways()
    ways.refuse = {
      if $0.encoding_format != nil {
        return .answer(#"{"message":"encoding_format is not supported"}"#, status: 400)
      }
      return $0.input.count > 4
        ? .answer(#"{"error":"batch size 6 > maximum allowed batch size 4"}"#, status: 422) : nil
    }
    let provider = ImitatedProvider(ways)
    let text = Self.checklist(provider.server.url, dimensions: 8)
    let read = Checklist.read(
      path: "test.yaml", bytes: Array(text.utf8), kinds: allKindDeclarations)
    let checklist = try #require(read.checklist)
    let services = Services(
      of: checklist, variables: Variables([:]), directory: "/", http: HTTPClient())
    let plan = try plan(for: checklist, in: .preDeploy, with: services)
    #expect(plan.checks.last?.questions()?.count == 4)
    _ = await Gate().carryOut(plan)
    let profile = try services.services(for: checklist.pipelines[0]).client.profile
    #expect(profile.base64 == .refused)
    #expect(profile.largestBatch == 4)
    await services.close()
  }
}
