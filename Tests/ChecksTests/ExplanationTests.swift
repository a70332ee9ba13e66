import Checklist
import Checks
import Core
import Gate
import HTTP
import Testing

@Suite("What explain knows")
struct ExplanationTests {
  private static let names = ServiceKind.allCases.map(\.rawValue) + allKindDeclarations.map(\.name)

  /// Explains a check of a checklist with these variables.
  private func explained(
    _ id: String, in text: String, _ environment: [String: String] = [:]
  ) throws -> Explanation {
    let read = Checklist.read(
      path: "test.yaml", bytes: Array(text.utf8), kinds: allKindDeclarations)
    #expect(read.diagnostics.map(\.message) == [])
    let checklist = try #require(read.checklist)
    let services = Services(
      of: checklist, variables: Variables(environment), directory: "/", http: HTTPClient())
    return try #require(Explanation.ofCheck(id, in: checklist, with: services))
  }

  private static let databaseAndModel = """
    version: 1
    services:
      database: { postgres: "${DATABASE_URL}" }
      embedder: { embeddings: "${BASE}", api_key: "${KEY}", model: "${MODEL}", dimensions: "${DIMS:-3}" }
    checks:

    """

  @Test("each kind is explained by a whole checklist that has no fault", arguments: names)
  func examples(name: String) throws {
    let explanation = try #require(Explanation.ofKind(name))
    guard case .kind(let example) = explanation.subject else {
      return #expect(Bool(false), "a kind was asked for")
    }
    let read = Checklist.read(
      path: "example.yaml", bytes: Array(example.utf8), kinds: allKindDeclarations)
    #expect(read.diagnostics.map(\.message) == [])
    let checklist = try #require(read.checklist)
    #expect(diagnostics(for: checklist).map(\.message) == [])
    for field in explanation.declaration.fields.filter(\.isRequired) {
      #expect(example.contains("    \(field.name): "), "\(field.name) is required")
    }
    for part in explanation.parts {
      #expect(throws: Never.self) { try part.questions.get() }
    }
  }

  @Test("each kind has its three parts, and a way to mend each failure", arguments: names)
  func words(name: String) throws {
    let declaration = try #require(Explanation.ofKind(name)).declaration
    for text in [
      declaration.summary, declaration.passesWhen, declaration.cannotTellWhen, declaration.needs,
    ] + declaration.failures.map(\.mending) {
      #expect(text.hasSuffix("."))
      #expect(!text.contains("  "))
    }
    #expect(!declaration.failures.isEmpty)
    for failure in declaration.failures {
      #expect(!failure.when.isEmpty && !failure.when.hasSuffix("."))
    }
  }

  @Test("a name that is no kind's, and an id that is no check's, have no explanation")
  func unknown() throws {
    #expect(Explanation.ofKind("planted") == nil)
    let read = Checklist.read(
      path: "test.yaml", bytes: Array("{ version: 1, checks: [{ id: a, secret: KEY }] }".utf8),
      kinds: allKindDeclarations)
    let checklist = try #require(read.checklist)
    let services = Services(
      of: checklist, variables: Variables([:]), directory: "/", http: HTTPClient())
    #expect(Explanation.ofCheck("secret", in: checklist, with: services) == nil)
    #expect(Explanation.ofCheck("service.a", in: checklist, with: services) == nil)
  }

  @Test("a check is explained with its place, its phases, its needs and its time")
  func place() throws {
    let explanation = try explained(
      "b",
      in: """
        version: 1
        checks:
          - { id: a, secret: KEY }
          - { id: b, title: Second, secret: KEY, needs: a, severity: warn, timeout: 3s, phase: [post-deploy, ci] }
        """)
    #expect(
      explanation.subject
        == .check(
          ExplainedCheck(
            identity: CheckIdentity(
              id: "b", kind: "secret", title: "Second", severity: .warn,
              location: SourceLocation(file: "test.yaml", line: 4, column: 5)),
            phases: [.ci, .postDeploy], needs: ["a"], timeout: .seconds(3))))
    #expect(!explanation.isService)
  }

  @Test("an unset variable stands in what is asked, a set one is filled, a secret is named")
  func variables() throws {
    let checks = "  - { id: a, api_key: embedder }\n"
    func sent(_ environment: [String: String]) throws -> Question.Wire? {
      let parts = try explained("a", in: Self.databaseAndModel + checks, environment).parts
      #expect(parts.map(\.service) == ["embedder", nil])
      return try parts[0].questions.get().first?.wire
    }
    func wire(_ base: String, _ model: String, _ dimensions: Int) -> Question.Wire {
      .http(
        method: "POST", url: "\(base)/embeddings",
        headers: [
          .init("Content-Type", "application/json"), .init("Accept", "application/json"),
          .init("Authorization", "Bearer ${KEY}"),
        ],
        body: """
          {"model":"\(model)","input":["preflight"],"dimensions":\(dimensions),"encoding_format":"base64"}
          """)
    }
    #expect(try sent([:]) == wire("${BASE}", "${MODEL}", 3))
    #expect(
      try sent(["BASE": "http://h/v1", "MODEL": "m", "DIMS": "5", "KEY": "sk-hunter22"])
        == wire("http://h/v1", "m", 5))
    // A name and a password before the host belong to nobody else.
    #expect(
      try sent(["BASE": "http://u:hunter22@h/v1", "MODEL": "m"])
        == wire("http://‹secret›@h/v1", "m", 3))
  }

  @Test("where not even the name of a variable could stand, it is told what to set")
  func untold() throws {
    let text =
      Self.databaseAndModel.replacing(":-3", with: "")
        + """
          - { id: key, api_key: embedder }
          - { id: jobs, jobs: "${TABLE}", stuck_after: "${LIMIT}" }
          - { id: column, dimension: "${COLUMN}" }
        """
    let key = try explained("key", in: text).parts[0]
    #expect(key.questions == .failure(.unset(["BASE", "MODEL", "DIMS"])))
    let jobs = try explained("jobs", in: text).parts
    #expect(jobs.map(\.service) == ["database", nil])
    #expect(jobs[1].questions == .failure(.unset(["TABLE", "LIMIT"])))
    let column = try explained("column", in: text).parts[2]
    #expect(column.questions == .failure(.unset(["COLUMN"])))
    #expect(
      UntoldQuestions.unset(["A", "B"]).message == "what is asked shows once A and B are set")
  }

  @Test("what is set and does not fit is told, and not repeated")
  func invalid() throws {
    let text =
      Self.databaseAndModel
      + "  - { id: jobs, jobs: embedding_jobs, stuck_after: \"${LIMIT}\" }\n"
    let reason = "the value of LIMIT must be a duration such as 500ms, 10s, 2m or 1h"
    let part = try explained("jobs", in: text, ["LIMIT": "sk-hunter22"]).parts[1]
    #expect(part.questions == .failure(.invalid(reason)))
    #expect(UntoldQuestions.invalid(reason).message == "nothing can be asked: \(reason)")
    let service = try explained(
      "service.embedder", in: text,
      [
        "DIMS": "many", "BASE": "http://h", "KEY": "k", "MODEL": "m",
      ])
    #expect(service.isService)
    #expect(
      service.parts == [
        .init(
          questions: .failure(
            .invalid("the value of DIMS must be a whole number from 1 to 16000")))
      ])
  }
}
