import Glibc
import Testing

@Suite("The schemas", .timeLimit(.minutes(3)))
struct SchemaTests {
  /// Faults that a schema of the language cannot tell, and why; each a file of `Corpora/invalid`.
  private static let beyondSchemas: [String: String] = [
    "reference-to-no-check": "a name that stands elsewhere",
    "reference-to-no-service": "a name that stands elsewhere",
    "reference-to-service-of-other-kind": "what stands under a name elsewhere",
    "reference-to-no-pipeline": "a name that stands elsewhere",
    "service-not-declared": "what stands elsewhere",
    "service-not-named-among-two": "how many stand elsewhere",
    "pipeline-not-named-among-two": "how many stand elsewhere",
    "first-run-of-nothing": "what stands elsewhere",
    "needs-itself": "a cycle",
    "needs-in-a-ring": "a cycle",
    "duplicate-id": "equal values of different items",
    "duplicate-pipeline": "equal values of different items",
    "ramp-that-falls": "the order of numbers",
    "regex-broken": "the contents of a text, which the check's own code reads",
    "glob-broken": "the contents of a text, which the check's own code reads",
    "signature-broken": "the contents of a text, which the check's own code reads",
    "extension-version-broken": "the contents of a text, which the check's own code reads",
    "query-with-a-broken-comparison": "the contents of a text, which the check's own code reads",
    "vector-index-that-cannot-be": "settings that the check's own code weighs",
    "http-pointer-broken": "the contents of a name, which the check's own code reads",
    "http-address-without-scheme": "the contents of a text, which the check's own code reads",
    "http-secret-as-a-header": "the contents of a name, which the check's own code reads",
    "command-output-that-asks-nothing": "settings that the check's own code weighs",
    "function-call-without-expectation": "settings that the check's own code weighs",
    "function-call-of-unknown-argument": "a name that stands elsewhere",
    "canary-without-its-key": "settings that the check's own code weighs",
    "role-without-canary": "settings that the check's own code weighs",
    "round-trip-of-another-value": "settings that the check's own code weighs",
    "column-without-table": "the contents of a text, which the check's own code reads",
    "table-of-four-parts": "the contents of a text, which the check's own code reads",
    "secret-not-a-variable-name": "the contents of a text, which the check's own code reads",
    "files-that-asks-nothing": "settings that the check's own code weighs",
    "backlog-without-bound": "settings that the check's own code weighs",
    "whole-with-a-point": "how a number is written",
    "flag-as-an-id": "how a truth value is written",
    "waive-until-a-day-of-no-calendar": "how long a month is",
    "include-of-nothing": "what other files there are",
    "include-itself": "a cycle",
    "checks-missing": "whether another file includes this one",
    "tag": "what YAML has beyond JSON",
  ]

  private static func corpus(_ name: String) -> [String] {
    let folder = "Tests/BlackBoxTests/Corpora/\(name)"
    return names(in: folder).map { "\(folder)/\($0)" }
  }

  @Test(
    "on disk are what the program prints; mend with `preflight schema NAME > FILE`",
    arguments: ["checklist", "report"])
  func fresh(_ subject: String) async throws {
    let printed = try await Program.run(["schema", subject])
    #expect(printed.status == 0)
    #expect(printed.output == contents(of: "schemas/\(subject).v1.schema.json"))
  }

  @Test("are schemas of draft-07")
  func draft07() async throws {
    let answer = try await Validator.run(
      ["--check-metaschema", "schemas/checklist.v1.schema.json", "schemas/report.v1.schema.json"])
    #expect(answer == "ok -- validation done\n")
  }

  @Test("of another thing there are none")
  func unknownSubject() async throws {
    #expect(try await Program.run(["schema", "world"]).status == 64)
  }

  @Test("and lint take every shipped and every valid checklist, and agree on each other one")
  func agreement() async throws {
    let shipped = names(in: "checklists").filter { $0.hasSuffix(".yaml") }
      .map { "checklists/\($0)" }
    let (valid, invalid) = (Self.corpus("valid"), Self.corpus("invalid"))
    #expect(shipped.count >= 1 && valid.count >= 8 && invalid.count >= 100)
    let files = shipped + valid + invalid
    let taken = try await Validator.filesTaken(bySchemaOf: "checklist", among: files)
    var clean: Set<String> = []
    for file in files {
      let lint = try await Program.run(["lint", file])
      #expect([0, 78].contains(lint.status), "\(file)")
      if lint.status == 0 { clean.insert(file) }
    }
    #expect(clean == Set(shipped + valid))
    let beyond = Self.beyondSchemas.keys.map { "Tests/BlackBoxTests/Corpora/invalid/\($0).yaml" }
    // Both ways: a fault that a schema can tell has no place in the list.
    #expect(taken.subtracting(clean).sorted() == beyond.sorted())
    #expect(clean.subtracting(taken).sorted() == [])
  }

  @Test("of reports take what a failed check and a watched run report, and nothing like it")
  func reports() async throws {
    let failed = try await Program.runInSandbox(
      ["check", "checklists/embeddings.yaml", "--report", "json"], faults: ["postmortem"])
    let launched = try await Program.runInSandbox(
      ["launch", "checklists/embeddings.yaml", "--report", "json"])
    #expect(failed.status == 1 && launched.status == 0)
    #expect(launched.output.contains("\"verdict\": \"verified\""))
    let altered = [
      launched.output.replacing("\"partial\"", with: "\"whole\": true, \"partial\""),
      launched.output.replacing("\"partial\"", with: "\"partially\""),
      launched.output.replacing("\"verified\"", with: "\"good\""),
      launched.output.replacing("\"attempts\": 1,", with: ""),
      failed.output.replacing("\"no-go\"", with: "\"maybe\""),
      failed.output.replacing("\"evidence\": {", with: "\"evidence\": { \"deep\": {},"),
    ]
    let files = try [failed.output, launched.output].map(temporary)
    let otherFiles = try altered.map(temporary)
    defer { for file in files + otherFiles { unsafe remove(file) } }
    let taken = try await Validator.filesTaken(bySchemaOf: "report", among: files + otherFiles)
    #expect(taken == Set(files))
  }

  private func temporary(_ text: String) throws -> String {
    let path = "/tmp/preflight-report-\(UInt64.random(in: .min ... .max)).json"
    let file = try unsafe #require(unsafe fopen(path, "w"))
    defer { unsafe fclose(file) }
    unsafe fputs(text, file)
    return path
  }
}
