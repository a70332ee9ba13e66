import Core
import Digest
import HTTP
import ScriptedServer
import Supabase
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SupabaseClientTests {
  static let token = "sbp_" + String(repeating: "a1", count: 20)
  let http = HTTPClient()

  private func client(
    _ server: ScriptedServer, ref: String = "abcdefghijklmnopqrst", token: String = token
  ) -> SupabaseClient {
    SupabaseClient(
      SupabaseProject(ref: ref, accessToken: Secret(token), api: server.url + "/"), http: http)
  }

  private func fault(
    _ step: ScriptedServer.Step, ref: String = "abcdefghijklmnopqrst", token: String = token
  ) async -> SupabaseFault? {
    let server = ScriptedServer { _ in [step] }
    return await #expect(throws: SupabaseFault.self) {
      try await client(server, ref: ref, token: token).secrets(timeout: .seconds(20))
    }
  }

  @Test("The secrets of a project are read with the token, and only digests are kept")
  func secrets() async throws {
    let digest = SHA256Text.hex(of: Array("value".utf8))
    let server = ScriptedServer { _ in
      [
        .answer(
          #"[{"name":"A","value":"\#(digest)","updated_at":"2026-01-01T00:00:00Z"},{"name":"B","value":"plain"},{"name":"C","value":"\#(digest.uppercased())"}]"#
        )
      ]
    }
    let secrets = try await client(server).secrets(timeout: .seconds(20))
    #expect(
      secrets == [
        StoredSecret(name: "A", digest: digest), StoredSecret(name: "B", digest: nil),
        StoredSecret(name: "C", digest: nil),
      ])
    let request = try #require(server.requests.first)
    #expect(request.head.hasPrefix("GET /v1/projects/abcdefghijklmnopqrst/secrets HTTP/1.1\r\n"))
    #expect(request.head.contains("\r\nAuthorization: Bearer \(Self.token)"))
  }

  @Test("Each refusal of the API has its own fault and words")
  func refusals() async {
    let unauthorized = await fault(.answer(#"{"message":"Unauthorized"}"#, status: 401))
    #expect(unauthorized == .unauthorized(looksLikeToken: true))
    #expect(unauthorized?.message == "Supabase does not accept the access token (status 401)")
    #expect(
      await fault(.answer("{}", status: 401), token: "sb_secret_x")
        == .unauthorized(looksLikeToken: false))
    #expect(await fault(.answer("{}", status: 403)) == .forbidden)
    #expect(
      await fault(.answer("{}", status: 404)) == .projectNotFound(ref: "abcdefghijklmnopqrst"))
    #expect(
      await fault(.answer("{}", status: 429, headers: ["Retry-After: 60"]))
        == .rateLimited(retryAfter: .seconds(60)))
    #expect(await fault(.answer("{}", status: 429)) == .rateLimited(retryAfter: nil))
    #expect(await fault(.answer("{}", status: 503)) == .server(status: 503))
    #expect(
      await fault(.answer("", status: 302)) == .badReply(status: 302, reason: "an unknown status"))
    #expect(await fault(.close) == .unreachable(.emptyReply))
  }

  @Test(
    "An answer that is no list of names and digests is refused without being quoted",
    arguments: [
      "", "<html></html>", "{}", #"[{"name":"A"}]"#, #"[{"name":"A","value":7}]"#, "[null]",
    ])
  func malformed(body: String) async {
    #expect(
      await fault(.answer(body))
        == .badReply(status: 200, reason: "not a list of names and digests"))
  }

  @Test(
    "A reference that would change the URL is refused before anything is sent",
    arguments: [
      "", "../v1/other", "a b", "x?y", "ref/secrets#",
    ])
  func malformedRef(ref: String) async {
    #expect(await fault(.answer("[]"), ref: ref) == .malformedRef)
  }
}
