import Core
import HTTP
import ScriptedServer
import Supabase
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ExposureProbeTests {
  private let http = HTTPClient()

  private func probe(
    _ server: ScriptedServer, _ arguments: [String] = ["job_id", "höhe"]
  ) -> ExposureProbe {
    ExposureProbe(
      "count up", in: "public", taking: arguments,
      at: RestAPI(address: server.url + "/", key: Secret("sb_secret_x"), http: http))
  }

  private static let missing =
    #"{"code":"PGRST202","message":"Could not find it","details":null,"hint":"Perhaps another"}"#

  /// Answers the question with one step, and the control question with another.
  private func answer(
    _ question: ScriptedServer.Step,
    control: ScriptedServer.Step = .answer(missing, status: 404)
  ) async throws -> (FunctionExposure, [ScriptedServer.Request]) {
    let server = ScriptedServer { request in
      [request.head.contains("preflight_no_such_argument") ? control : question]
    }
    let exposure = try await probe(server).ask(timeout: .seconds(20))
    return (exposure, server.requests)
  }

  private static let allowed = ScriptedServer.Step.answer(
    "", status: 200, headers: ["Allow: OPTIONS,POST"])

  @Test("A function is asked for by OPTIONS alone, with its arguments' names and the key")
  func asked() async throws {
    let (exposure, requests) = try await answer(Self.allowed)
    #expect(exposure == .exposed)
    #expect(
      requests.map { $0.head.prefix { $0 != "\r\n" } } == [
        "OPTIONS /rest/v1/rpc/count%20up?job_id=&h%C3%B6he= HTTP/1.1",
        """
        OPTIONS /rest/v1/rpc/count%20up?job_id=&h%C3%B6he=&preflight_no_such_argument= HTTP/1.1
        """,
      ])
    #expect(requests.allSatisfy { $0.head.contains("\r\napikey: sb_secret_x") })
    #expect(requests.allSatisfy { $0.head.contains("\r\nAccept-Profile: public") })
    #expect(requests.allSatisfy { $0.body.isEmpty })
  }

  @Test("Each of PostgREST's refusals is told apart, and no control question follows")
  func refusals() async throws {
    for (step, exposure) in [
      (
        .answer(Self.missing, status: 404),
        .missing(message: "Could not find it", hint: "Perhaps another")
      ),
      (
        .answer(#"{"code":"PGRST203","message":"Could not choose"}"#, status: 300),
        .ambiguous(message: "Could not choose")
      ),
      (
        .answer(#"{"code":"PGRST106","message":"Invalid schema: x"}"#, status: 406),
        .schemaHidden(message: "Invalid schema: x")
      ),
      (
        .answer(#"{"message":"Invalid API key"}"#, status: 401),
        .keyRefused(status: 401, message: "Invalid API key")
      ),
      (.answer("", status: 403), .keyRefused(status: 403, message: "no reason was given")),
      (.answer("<html>", status: 404), .unproven(status: 404)),
    ] as [(ScriptedServer.Step, FunctionExposure)] {
      let (answer, requests) = try await answer(step)
      #expect(answer == exposure)
      #expect(requests.count == 1)
    }
  }

  @Test("An answer that a function which cannot exist gets too proves nothing")
  func unproven() async throws {
    #expect(try await answer(Self.allowed, control: Self.allowed).0 == .unproven(status: 200))
    #expect(
      try await answer(.answer("", status: 200, headers: ["Allow: GET"])).0
        == .unproven(status: 200))
    #expect(try await answer(.answer("", status: 204)).0 == .unproven(status: 204))
    #expect(
      try await answer(Self.allowed, control: .answer("", status: 404)).0
        == .unproven(status: 404))
  }

  @Test("An argument that a URL cannot name is not asked for")
  func unaskable() async throws {
    let server = ScriptedServer { _ in [Self.allowed] }
    #expect(
      try await probe(server, ["a", "limit"]).ask(timeout: .seconds(20))
        == .unaskable(argument: "limit"))
    #expect(server.requests.isEmpty)
  }

  @Test("No answer is a fault of the way there")
  func unreachable() async throws {
    await #expect(throws: HTTPFault.emptyReply) { _ = try await answer(.close) }
  }
}
