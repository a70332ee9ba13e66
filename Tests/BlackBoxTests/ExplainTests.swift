import Core
import Glibc
import Postgres
import Sandbox
import Subprocess
import SystemPackage
import Testing

@Suite("What explain shows can be pasted", .timeLimit(.minutes(3)))
struct ExplainTests {
  @Test("the reference page is what the program prints; mend with `preflight explain --markdown`")
  func freshReference() async throws {
    let printed = try await Program.run(["explain", "--markdown"])
    #expect(printed.status == 0)
    #expect(printed.output == contents(of: "docs/reference/checks.md"))
  }

  /// The blocks of a language in Markdown.
  private func blocks(of language: String, in markdown: String) -> [String] {
    markdown.split(separator: "```\(language)\n").dropFirst().compactMap { rest in
      rest.split(separator: "\n```").first.map(String.init)
    }
  }

  @Test(
    "each SQL of the reference runs as it stands, but for the model's vector, and again, and leaves nothing behind"
  )
  func statements() async throws {
    let page = try #require(contents(of: "docs/reference/checks.md"))
    let statements = blocks(of: "sql", in: page)
    #expect(statements.count >= 5)
    let sandbox = try await Sandbox.start(SandboxOptions())
    let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(5))
    // What is not prepared holds the model's answer, which the page cannot know.
    let vector = "(array[1] || array_fill(0, array[383]))::vector"
    for statement in statements + statements {
      let isPrepared = statement.contains("prepare asked")
      try await connection.script(
        isPrepared ? statement : statement.replacing("$1", with: vector), timeout: .seconds(5))
    }
    let rows = try await connection.query("select count(*) from pg_prepared_statements")
    #expect(try rows.first?.int(.at(0)) == 0)
    await connection.close()
    await sandbox.stop()
  }

  @Test("a shell reads each request as it is sent, with its own variables filled in")
  func requests() async throws {
    let secrets = ["KEY": "sk-hunter22 $x `y` \\", "TOKEN": "sbp_hunter22"]
    let open = ["REF": "abc", "MODEL": "a \"b\" it's $5"]
    var variables: [Environment.Key: String] = [:]
    for (name, value) in secrets.merging(open, uniquingKeysWith: { first, _ in first }) {
      variables[try #require(Environment.Key(rawValue: name))] = value
    }
    let path = "Tests/BlackBoxTests/Corpora/valid/explained-requests.yaml"
    var read: [String] = []
    for id in ["service.embedder", "service.edge"] {
      // What is not secret is filled here, but for the reference, which the shell fills.
      let explained = try await Program.run(
        ["explain", id, path, "--markdown"],
        environment: secrets.merging(["MODEL": open["MODEL"] ?? ""]) { first, _ in first })
      #expect(explained.status == 0)
      #expect(!explained.output.contains("hunter22"))
      for request in blocks(of: "sh", in: explained.output) {
        let answer = try await Subprocess.run(
          .path("/bin/sh"), arguments: ["-c", "curl() { printf '%s\\n' \"$@\"; }\n" + request],
          environment: .custom(variables), input: .none, output: .string(limit: 65_536),
          error: .string(limit: 65_536))
        #expect(answer.standardError == "")
        read.append(answer.standardOutput)
      }
    }
    func embedding(_ rest: String) -> String {
      #"""
      --silent
      --show-error
      --include
      --request
      POST
      --header
      Content-Type: application/json
      --header
      Accept: application/json
      --header
      Authorization: Bearer sk-hunter22 $x `y` \
      --data-raw
      {"model":"a \"b\" it's $5","input":["preflight"]\#(rest)}
      http://127.0.0.1:1/v1/embeddings

      """#
    }
    #expect(
      read == [
        embedding(#","encoding_format":"base64""#), embedding(""),
        """
        --silent
        --show-error
        --include
        --header
        Authorization: Bearer sbp_hunter22
        --header
        Accept: application/json
        https://api.supabase.com/v1/projects/abc/secrets

        """,
      ])
  }

  @Test("an env file fills what is asked, and what it keeps secret does not show")
  func envFile() async throws {
    let folder = "/tmp/preflight-explain-\(UInt32.random(in: .min ... .max))"
    unsafe mkdir(folder, 0o700)
    let files = [
      "checklist.yaml": """
      version: 1
      services: { embedder: { embeddings: "${BASE}", api_key: "${KEY}", model: "${KEY}" } }
      checks: [{ id: key, api_key: embedder }]
      """,
      "local.env": "BASE=http://127.0.0.1:1/v1\nKEY=sk-hunter22\n",
    ]
    for (name, text) in files {
      guard let file = unsafe fopen("\(folder)/\(name)", "w") else { return #expect(Bool(false)) }
      unsafe fputs(text, file)
      unsafe fclose(file)
    }
    let result = try await Program.run(
      ["explain", "key", "checklist.yaml", "--env-file", "local.env"], in: folder)
    #expect(result.status == 0)
    #expect(result.output.contains(#"{"model":"‹secret›","#))
    #expect(result.output.contains("'http://127.0.0.1:1/v1/embeddings'"))
    let nowhere = try await Program.run(["explain", "scret"], in: "/")
    #expect(nowhere.status == 64)
    #expect(nowhere.error == "no kind is called \"scret\"; did you mean secret?\n")
    // Of a kind no checklist is read, whatever lies about.
    unsafe rename("\(folder)/checklist.yaml", "\(folder)/preflight.yaml")
    guard let file = unsafe fopen("\(folder)/preflight.yaml", "a") else {
      return #expect(Bool(false))
    }
    unsafe fputs("\nplanted: true\n", file)
    unsafe fclose(file)
    #expect(try await Program.run(["explain", "secret"], in: folder).status == 0)
    #expect(try await Program.run(["explain", "key"], in: folder).status == 78)
    for name in ["preflight.yaml", "local.env"] { unsafe remove("\(folder)/\(name)") }
    unsafe rmdir(folder)
  }
}
