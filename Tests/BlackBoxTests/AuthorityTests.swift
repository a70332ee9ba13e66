import FoundationEssentials
import ScriptedServer
import Testing

/// Whom the program trusts on HTTPS connections.
@Suite(.timeLimit(.minutes(1))) struct AuthorityTests {
  @Test("SSL_CERT_FILE names whom to trust besides the system's authorities")
  func fromTheEnvironment() async throws {
    let authority = try Authority()
    let server = try SecureServer(
      authority.certificate(),
      answering: """
        {"object":"list","data":[{"object":"embedding","index":0,"embedding":[1,0]}],"model":"m"}
        """)
    let checklist = "/tmp/preflight-authority-\(UInt32.random(in: .min ... .max)).yaml"
    try Data(
      """
      version: 1
      services: {embedder: {embeddings: "https://localhost:\(server.port)/v1", model: m}}
      checks:
        - {id: key, api_key: embedder}
      """.utf8
    ).write(to: URL(filePath: checklist))
    defer { try? FileManager.default.removeItem(atPath: checklist) }
    let trusted = try await Program.run(
      ["check", checklist], environment: ["SSL_CERT_FILE": authority.file])
    #expect(trusted.status == 0, "\(trusted.output)\(trusted.error)")
    for environment in [[:], ["SSL_CERT_FILE": ""]] {
      let untrusted = try await Program.run(["check", checklist], environment: environment)
      #expect(untrusted.status == 2)
      #expect(untrusted.output.contains("this machine does not know who signed it"))
    }
  }
}
