import Core
import Monitor
import Sandbox
import TestWorld
import Testing

@testable import Runner

/// Row 7 of the matrix: what no repetition mends.
@Suite("Fault matrix: a refusal for good", .timeLimit(.minutes(3)))
struct RefusalMatrixTests {
  private static func refusal(
    _ name: String, _ status: Int, _ body: String, headers: [String: String] = [:],
    _ reason: AbortReason, _ words: String
  ) -> FaultCase {
    FaultCase(
      name: name, behaviours: [.refuses(Refusal(status, headers: headers, body: body))],
      end: .aborted(reason, words))
  }

  private static let keyWords = """
    the endpoint does not accept the API key (status 401, invalid_api_key): Incorrect API key \
    provided: ‹secret› You can find your API key at https://platform.openai.com/account/api-keys.; set a \
    valid API key; a key of another provider or project is refused like this
    """

  static let cases: [FaultCase] = [
    FaultCase(name: "401", behaviours: [.refusesKey], end: .aborted(.wrongKey, keyWords)),
    FaultCase(
      name: "insufficient_quota", behaviours: [.quotaExhausted],
      end: .aborted(
        .noQuota,
        """
        the account has no quota or credit left (status 429, insufficient_quota): You exceeded your \
        current quota, please check your plan and billing details. For more information on this \
        error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.; add \
        credit or raise the budget of the account that owns the key
        """)),
    refusal(
      "402", 402, #"{"error":{"message":"Insufficient Balance"}}"#, .noQuota,
      """
      the account has no quota or credit left (status 402): Insufficient Balance; add credit or \
      raise the budget of the account that owns the key
      """),
    refusal(
      "403 for the region", 403,
      #"{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported","type":"request_forbidden"}}"#,
      .wrongKey,
      """
      the endpoint does not serve this region (status 403, unsupported_country_region_territory): \
      Country, region, or territory not supported; run from a region that the endpoint serves, or \
      use another endpoint
      """),
    refusal(
      "403 for the model", 403,
      #"{"error":{"code":"model_not_found","message":"Project `proj_1` does not have access to model `m`"}}"#,
      .wrongModel,
      """
      the model does not exist, or the API key may not use it (status 403, model_not_found): \
      Project `proj_1` does not have access to model `m`; check the model's name and that the key's \
      project may use it
      """),
    refusal(
      "404 for the model", 404,
      #"{"error":{"code":"model_not_found","message":"The model `m` does not exist"}}"#,
      .wrongModel,
      """
      the model does not exist, or the API key may not use it (status 404, model_not_found): The \
      model `m` does not exist; check the model's name and that the key's project may use it
      """),
    refusal(
      "404 as a page", 404, "<html><head><title>404 Not Found</title></head></html>",
      .wrongEndpoint,
      """
      no embeddings are served under this URL (status 404): 404 Not Found; check the base URL: it \
      ends before /embeddings
      """),
    refusal(
      "a redirect", 308, "", headers: ["location": "https://elsewhere.test/v1/embeddings"],
      .wrongEndpoint,
      """
      the endpoint redirects to https://elsewhere.test/v1/embeddings, which is not followed so that \
      the API key goes nowhere else (status 308); use the URL that the endpoint redirects to
      """),
    refusal(
      "a proxy's login", 407, "", .wrongEndpoint,
      """
      a proxy between here and the endpoint asks for a login (status 407); let this machine reach \
      the endpoint without that proxy
      """),
    refusal(
      "dimensions refused with 400", 400,
      #"{"error":{"message":"This model does not support specifying dimensions."}}"#,
      .dimensionMismatch,
      """
      the model does not let its dimensions be chosen like this (status 400): This model does not \
      support specifying dimensions.; leave dimensions out, and give the column the width that the \
      model has by itself
      """),
    refusal(
      "dimensions refused with 500, as LiteLLM does", 500,
      #"{"error":{"message":"litellm.UnsupportedParamsError: Setting dimensions is not supported for m","code":"500"}}"#,
      .dimensionMismatch,
      """
      the model does not let its dimensions be chosen like this (status 500): \
      litellm.UnsupportedParamsError: Setting dimensions is not supported for m; leave dimensions \
      out, and give the column the width that the model has by itself
      """),
    FaultCase(
      name: "a sign-in page with 200", behaviours: [.html],
      end: .aborted(
        .wrongEndpoint,
        """
        the answer is a web page, not JSON (status 200); check the base URL: a website or a login \
        page answers there
        """)),
  ]

  @Test("ends the run before anything is stored", arguments: cases)
  func refused(fault: FaultCase) async throws {
    try await fault.check { world, _ in
      // Each of the two workers had at most the one request under way.
      #expect(world.endpoint.counts.embeddingsRequests <= 2)
    }
  }

  @Test(
    "ends the run in its middle, after at most one batch for each worker",
    arguments: [
      FaultCase(
        name: "a key that is rotated", behaviours: [.refusesKey], after: 1, ramp: [10],
        end: .aborted(.wrongKey, keyWords, stored: 10)),
      FaultCase(
        name: "a rate limit that turns out to be a spent quota", behaviours: [.quotaExhausted],
        after: 1, ramp: [10],
        end: .aborted(
          .noQuota,
          """
          the account has no quota or credit left (status 429, insufficient_quota): You exceeded \
          your current quota, please check your plan and billing details. For more information on \
          this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.; \
          add credit or raise the budget of the account that owns the key
          """, stored: 10)),
    ])
  func midRun(fault: FaultCase) async throws {
    try await fault.check { world, _ in
      #expect(world.endpoint.counts.embeddingsRequests <= 3)
    }
  }

  @Test("with the key in it leaves the key in no row of the database", arguments: [4_096, 40])
  func keyEchoed(length: Int) async throws {
    let key = "sk-" + String(repeating: "k3Y", count: length / 3)
    try await TestWorld.run { world in
      world.endpoint.misbehave([
        .refuses(
          Refusal(401, body: #"{"error":{"message":"Incorrect API key provided: \#(key)."}}"#))
      ])
      var fixture = RunFixture(world)
      fixture.apiKey = Secret(key)
      let report = try await fixture.run()
      #expect(report.ending.abortReason == .wrongKey)
      #expect(report.ending.abortDetail?.contains("k3Yk3Y") == false)
      let rows = """
        select concat_ws(' ', (select string_agg(run::text, ' ') from preflight.run),
          (select string_agg(batch::text, ' ') from preflight.batch),
          (select string_agg(dead::text, ' ') from preflight.dead),
          (select string_agg(job::text, ' ') from embedding_jobs as job))
        """
      let text = try #require(try await world.text(rows))
      #expect(text.contains("does not accept the API key"))
      #expect(!text.contains("k3Yk3Y"))
    }
  }

  @Test("for a key of 4 KB is not mistaken: the whole key is sent, and taken")
  func longKey() async throws {
    let model = Secret("sk-" + String(repeating: "Ab1", count: 1_365))
    let endpoint = try await Endpoint.start(
      EndpointOptions(
        apiKey: model,
        project: HostedProject(
          reference: TestWorld.projectReference, accessToken: TestWorld.accessToken, secrets: [:])))
    do {
      try await TestWorld.run { world in
        var fixture = RunFixture(world)
        fixture.apiKey = model
        fixture.baseURL = endpoint.url + "/v1"
        let report = try await fixture.run()
        #expect(report.ending == .verified)
      }
    } catch {
      await endpoint.stop()
      throw error
    }
    await endpoint.stop()
  }
}
