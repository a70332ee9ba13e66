import Checklist
import Checks
import Core
import FoundationEssentials
import Gate
import HTTP
import Sandbox
import ScriptedServer
import TestWorld
import Testing

/// `secret` with `from_file` and `from_env_file`, and a store that does not answer.
@Suite(.timeLimit(.minutes(1))) struct SecretSourceTests {
  private static let key = "sk-A1b2C3d4E5f6G7h8"

  private func inFolder(
    _ name: String, _ contents: String, _ test: (String) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/secrets-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(contents.utf8).write(to: URL(filePath: "\(folder)/.data"))
    // As Kubernetes mounts secrets: by links.
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/\(name)", withDestinationPath: ".data")
    let result: Result<Void, any Error>
    do { result = .success(try await test(folder)) } catch { result = .failure(error) }
    try FileManager.default.removeItem(atPath: folder)
    try result.get()
  }

  private func ask(
    _ settings: String, in folder: String, _ environment: [String: String] = [:]
  ) async throws -> Finding {
    let go = try await Go(
      "version: 1\nchecks:\n  - {id: a, secret: KEY, \(settings)}\n", environment,
      directory: folder)
    return try #require(go["a"])
  }

  @Test("A file is read whole, and the environment is not looked at")
  func file() async throws {
    try await inFolder("key", Self.key) { folder async throws in
      let set = ["KEY": "changeme"]
      #expect(
        try await ask("from_file: key, starts_with: sk-", in: folder, set)
          == .pass("KEY is set and looks like a secret"))
      #expect(try await ask("from_file: \(folder)/key", in: "/", set).status == .pass)
      #expect(
        try await ask("from_file: other", in: folder, ["KEY": Self.key])
          == .fail(
            "KEY is not set", expected: "KEY set in other", observed: "KEY is not set",
            fix: "printf %s '…' > other   # the secret"))
    }
    try await inFolder("key", Self.key + "\n") { folder async throws in
      #expect(
        try await ask("from_file: key", in: folder)
          == .fail(
            "KEY holds a line break", expected: "KEY set in key",
            observed: "KEY holds a line break",
            fix: "printf %s '…' > key   # the secret alone"))
    }
  }

  @Test("An env file is read as the program reads its own, and one that is no good is no answer")
  func envFile() async throws {
    try await inFolder(".env.production", "OTHER=1\nexport KEY='\(Self.key)'\n") {
      folder async throws in
      #expect(
        try await ask("from_env_file: .env.production", in: folder).status == .pass)
    }
    try await inFolder(".env.production", "OTHER=1\n") { folder async throws in
      #expect(
        try await ask("from_env_file: .env.production", in: folder)
          == .fail(
            "KEY is not set", expected: "KEY set in .env.production", observed: "KEY is not set",
            fix: "KEY='…'   # the secret, as a line of .env.production"))
    }
    try await inFolder(".env", "KEY=\(Self.key)\nKEY=b\n") { folder async throws in
      #expect(
        try await ask("from_env_file: .env", in: folder)
          == .cannotTell(
            "KEY cannot be read: .env:2: KEY is set twice in this file",
            expected: "KEY set in .env", observed: ".env:2: KEY is set twice in this file"))
      #expect(
        try await ask("from_env_file: .env/x", in: folder).observed
          == ".env/x cannot be read: Not a directory")
    }
  }

  @Test("A value from a file is deployed from there, and is hidden in all that is printed")
  func deployed() async throws {
    try await inFolder("key", Self.key) { folder async throws in
      let endpoint = try await Endpoint.start(
        EndpointOptions(
          apiKey: TestWorld.apiKey,
          project: HostedProject(
            reference: TestWorld.projectReference, accessToken: TestWorld.accessToken,
            secrets: ["KEY": Secret(Self.key + "\r\n")])))
      let text = """
        version: 1
        services:
          edge: {supabase: \(TestWorld.projectReference), access_token: "${TOKEN}", api: "${API}"}
        checks:
          - {id: a, secret: KEY, from_file: key, stored_in: edge}
        """
      let environment = [
        "TOKEN": TestWorld.accessToken.reveal { $0 }, "API": endpoint.url,
      ]
      let go = try await Go(text, environment, directory: folder)
      await endpoint.stop()
      #expect(
        go["a"]
          == .fail(
            """
            the project abcdefghijklmnopqrst has another value for KEY: the stored value ends with a \
            Windows line break (CR LF), the other does not
            """,
            expected: "KEY set in key, and the same value in the project abcdefghijklmnopqrst",
            observed: """
              the project abcdefghijklmnopqrst has another value for KEY: the stored value ends with \
              a Windows line break (CR LF), the other does not
              """,
            fix: "supabase secrets set KEY=\"$(cat key)\" --project-ref abcdefghijklmnopqrst"))
      let read = Checklist.read(
        path: "test.yaml", bytes: Array(text.utf8), kinds: allKindDeclarations)
      let known = KnownSecrets(
        of: try #require(read.checklist), Variables(environment), in: folder)
      #expect(known.secrets.contains(Secret(Self.key)))
    }
  }

  @Test("Two places at once are an error of the checklist")
  func twoPlaces() async throws {
    let finding = try await ask("from_file: a, from_env_file: b", in: "/")
    #expect(finding.status == .error)
    #expect(finding.message.contains("a secret is read from one place only"))
  }

  @Test(
    "A Management API that refuses fails; one that is busy cannot be told, with the time to wait",
    arguments: [
      (
        ScriptedServer.Step.answer("{}", status: 403), Status.fail,
        "the access token may not read the secrets of this project (status 403)"
      ),
      (
        .answer("{}", status: 401), .fail,
        "Supabase does not accept the access token (status 401)"
      ),
      (
        .answer("{}", status: 429, headers: ["Retry-After: 60"]), .error,
        "Supabase's rate limit is reached (status 429), to be tried again in 1m"
      ),
      (.answer("{}", status: 503), .error, "Supabase's Management API failed (status 503)"),
    ])
  func store(_ step: ScriptedServer.Step, _ status: Status, _ message: String) async throws {
    let server = ScriptedServer { _ in [step] }
    let go = try await Go(
      """
      version: 1
      services: {edge: {supabase: abcdefghijklmnopqrst, access_token: "${TOKEN}", api: "${API}"}}
      checks:
        - {id: a, secret: KEY, stored_in: edge}
      """,
      ["KEY": Self.key, "TOKEN": TestWorld.accessToken.reveal { $0 }, "API": server.url])
    #expect(go["service.edge"]?.status == status)
    #expect(go["service.edge"]?.message == message)
    #expect(go["a"] == .skip(because: "service.edge"))
  }
}
