import Core
import Gate
import HTTP
import Sandbox
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(1))) struct SecretCheckTests {
  private static let key = "sk-A1b2C3d4E5f6G7h8"

  private func local(_ settings: String, _ environment: [String: String]) async throws -> Finding {
    let go = try await Go("version: 1\nchecks:\n  - {id: a, secret: KEY\(settings)}\n", environment)
    return try #require(go["a"])
  }

  /// Asks for a secret that a project has under these names and values.
  private func stored(
    _ secrets: [String: String], _ environment: [String: String],
    token: Secret = TestWorld.accessToken,
    _ test: (Finding, Go) throws -> Void
  ) async throws {
    let endpoint = try await Endpoint.start(
      EndpointOptions(
        apiKey: TestWorld.apiKey,
        project: HostedProject(
          reference: TestWorld.projectReference, accessToken: TestWorld.accessToken,
          secrets: secrets.mapValues { Secret($0) })))
    var all = environment
    all["TOKEN"] = token.reveal { $0 }
    all["API"] = endpoint.url
    let result: Result<Go, any Error>
    do {
      result = .success(
        try await Go(
          """
          version: 1
          services:
            edge: {supabase: \(TestWorld.projectReference), access_token: "${TOKEN}", api: "${API}"}
          checks:
            - {id: a, secret: KEY, stored_in: edge}
          """, all))
    } catch {
      result = .failure(error)
    }
    await endpoint.stop()
    let go = try result.get()
    try test(try #require(go["a"]), go)
  }

  @Test("A good secret passes, and no finding holds its value")
  func passes() async throws {
    let finding = try await local(
      ", starts_with: sk-, min_length: 10, matches: 'sk-[A-Za-z0-9]+'", ["KEY": Self.key])
    #expect(finding == .pass("KEY is set and looks like a secret"))
  }

  @Test("A secret that is not set fails, and so does an empty one")
  func unset() async throws {
    #expect(
      try await local("", [:])
        == .fail(
          "KEY is not set", expected: "KEY set here", observed: "KEY is not set",
          fix: "export KEY='…'   # the secret"))
    #expect(try await local("", ["KEY": ""]).message == "KEY is set, but empty")
  }

  @Test("All rules that a value breaks are told at once, without the value")
  func rules() async throws {
    let finding = try await local(
      ", starts_with: sk-, min_length: 30, matches: 'sk-[0-9]+'", ["KEY": "\"pk-hunter2\"\n"])
    #expect(
      finding
        == .fail(
          """
          KEY stands between quotes, holds a line break, does not begin with "sk-", is shorter than 30 \
          characters and does not match /sk-[0-9]+/
          """,
          expected: """
            KEY set here, beginning with "sk-", of at least 30 characters and matching /sk-[0-9]+/
            """,
          observed: """
            KEY stands between quotes, holds a line break, does not begin with "sk-", is shorter than \
            30 characters and does not match /sk-[0-9]+/
            """,
          fix: "export KEY='…'   # the secret alone"))
  }

  @Test("The same value in the project passes")
  func same() async throws {
    try await stored(["KEY": Self.key], ["KEY": Self.key]) { finding, _ in
      #expect(
        finding
          == .pass(
            """
            KEY is set, looks like a secret, and the project abcdefghijklmnopqrst has the same value
            """))
    }
  }

  @Test("A secret that the project lacks fails with the command that stores it")
  func missing() async throws {
    try await stored(["OTHER": "x"], ["KEY": Self.key]) { finding, _ in
      #expect(
        finding
          == .fail(
            "the project abcdefghijklmnopqrst has no secret KEY",
            expected: "KEY set here, and the same value in the project abcdefghijklmnopqrst",
            observed: "the project abcdefghijklmnopqrst has no secret KEY",
            fix: "supabase secrets set KEY=\"$KEY\" --project-ref abcdefghijklmnopqrst"))
    }
  }

  @Test(
    "A different value is told by how it differs",
    arguments: [
      ("\(key)\n", "the stored value ends with a line break, the other does not"),
      ("Bearer \(key)", "the stored value begins with Bearer, the other does not"),
      ("staging-value", "the stored value is that of STAGING_KEY"),
      ("something else", "the stored value is another one"),
    ])
  func differs(_ value: String, _ difference: String) async throws {
    let environment = ["KEY": Self.key, "STAGING_KEY": "staging-value"]
    try await stored(["KEY": value], environment) { finding, _ in
      #expect(finding.status == .fail)
      #expect(
        finding.message
          == "the project abcdefghijklmnopqrst has another value for KEY: \(difference)")
    }
  }

  @Test("Without a local value it is still told what the project has")
  func unsetHere() async throws {
    try await stored(["KEY": Self.key], [:]) { finding, _ in
      #expect(
        finding.message
          == "KEY is not set; the project abcdefghijklmnopqrst has a secret of that name")
      #expect(finding.fix == "export KEY='…'   # the secret")
    }
    try await stored([:], [:]) { finding, _ in
      #expect(
        finding.message == "KEY is not set; the project abcdefghijklmnopqrst has no secret KEY")
      #expect(
        finding.fix == """
          export KEY='…'   # the secret
          supabase secrets set KEY="$KEY" --project-ref abcdefghijklmnopqrst
          """)
    }
  }

  @Test("A refused token fails at the service, and the secret is judged as far as it can be")
  func refused() async throws {
    try await stored([:], ["KEY": Self.key], token: Secret("wrong-token")) { finding, go in
      #expect(finding == .skip(because: "service.edge"))
      let service = try #require(go["service.edge"])
      #expect(service.status == .fail)
      #expect(
        service.message
          == "Supabase does not accept the access token (status 401), which has not the shape of one"
      )
      #expect(
        service.fix == """
          export TOKEN='…'   # use a personal access token (sbp_…) from supabase.com/dashboard/account/tokens, not a key \
          of the project
          """)
    }
    try await stored([:], ["KEY": "changeme"], token: Secret("wrong-token")) { finding, _ in
      #expect(finding.message == "KEY is a placeholder")
    }
  }
}
