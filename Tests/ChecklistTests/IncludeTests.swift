import Checklist
import Core
import Testing

@Suite("A checklist of several files")
struct IncludeTests {
  /// Reads the file `deploy/list.yaml` beside other files.
  private static func read(_ files: [String: String]) -> ReadChecklist {
    Checklist.read(
      path: "deploy/list.yaml", bytes: Array((files["deploy/list.yaml"] ?? "").utf8),
      kinds: SampleKinds.all
    ) { path in
      files[path].map { .success(Array($0.utf8)) }
        ?? .failure(UnreadableFile(words: "No such file or directory"))
    }
  }

  private static func faults(_ files: [String: String]) -> String {
    let result = read(files)
    return result.diagnostics.map { $0.rendered(quoting: result.sources) }
      .joined(separator: "\n")
  }

  @Test("has all services, checks and pipelines, its own before those that it includes")
  func merged() throws {
    let result = Self.read([
      "deploy/list.yaml": """
      version: 1
      name: the list
      include: [common/services.yaml, ../shared/checks.yaml]
      checks:
        - { id: own, dimension: issues.embedding, needs: [shared, service.database] }
      first_run: { items: 10 }
      """,
      "deploy/common/services.yaml": """
      version: 1
      name: the services
      include: [./more.yaml]
      services:
        database: { postgres: "${DATABASE_URL}" }
      pipelines:
        - { name: issues, from: { table: issues, key: id, text: title },
            to: [{ update: issues, set: { embedding: $embedding } }] }
      """,
      "deploy/common/more.yaml": """
      version: 1
      services:
        embedder: { embeddings: "${BASE}", model: small }
      """,
      "shared/checks.yaml": """
      version: 1
      include: [/deploy/common/more.yaml]
      checks:
        - { id: shared, secret: KEY }
      """,
      "/deploy/common/more.yaml": "version: 1\nchecks: [{ id: more, secret: KEY }]",
    ])
    #expect(result.diagnostics.map(\.message) == [])
    let checklist = try #require(result.checklist)
    #expect(checklist.path == "deploy/list.yaml")
    #expect(checklist.name == "the list")
    #expect(checklist.services.map(\.name) == ["database", "embedder"])
    #expect(checklist.checks.map(\.id) == ["own", "shared", "more"])
    #expect(
      checklist.checks.map(\.location.description) == [
        "deploy/list.yaml:5:5", "shared/checks.yaml:4:5", "/deploy/common/more.yaml:2:10",
      ])
    #expect(checklist.pipelines.map(\.name) == ["issues"])
    #expect(checklist.firstRun?.pipeline == "issues")
  }

  @Test("takes a file once, by whatever ways it is reached")
  func once() throws {
    let checklist = try #require(
      Self.read([
        "deploy/list.yaml": "version: 1\ninclude: [a.yaml, b.yaml, ./x/../a.yaml]",
        "deploy/a.yaml": "version: 1\ninclude: [b.yaml]",
        "deploy/b.yaml": "version: 1\nchecks: [{ id: b, secret: KEY }]",
      ]).checklist)
    #expect(checklist.checks.map(\.id) == ["b"])
  }

  @Test("changes its digest with each of its files")
  func digests() throws {
    func digest(_ included: String) throws -> String {
      try #require(
        Self.read([
          "deploy/list.yaml": "version: 1\ninclude: [a.yaml]\nchecks: [{ id: a, secret: KEY }]",
          "deploy/a.yaml": included,
        ]).checklist
      ).digest
    }
    let one = try digest("version: 1\nchecks: [{ id: b, secret: KEY }]")
    let other = try digest("version: 1\nchecks: [{ id: b, secret: KEYS }]")
    #expect(one != other)
    #expect(one.hasPrefix("sha256:") && one.count == 71)
  }

  @Test("tells the faults of all files at once, with a second place in another file")
  func faultsOfAll() {
    #expect(
      Self.faults([
        "deploy/list.yaml": """
        version: 1
        include: [other.yaml, gone.yaml]
        services:
          database: { postgres: "${DATABASE_URL}" }
        checks:
          - { id: a, secret: KEY, start_with: sk- }
        first_run: { items: 1 }
        """,
        "deploy/other.yaml": """
        version: 1
        services:
          database: { postgres: "${OTHER}" }
        checks:
          - { id: a, secret: KEY }
        first_run: { items: 1 }
        """,
      ]) == """
        deploy/list.yaml:2:23: error: cannot read "gone.yaml": No such file or directory
            2 | include: [other.yaml, gone.yaml]
              |                       ^^^^^^^^^ it is looked for beside this file: deploy/gone.yaml
        deploy/list.yaml:6:27: error: unknown name "start_with" in this `secret` check
            6 |   - { id: a, secret: KEY, start_with: sk- }
              |                           ^^^^^^^^^^ did you mean `starts_with`?
        deploy/list.yaml:7:1: error: `first_run` needs a pipeline, and none is declared
            7 | first_run: { items: 1 }
              | ^^^^^^^^^
        deploy/other.yaml:3:3: error: two services are called "database"
            3 |   database: { postgres: "${OTHER}" }
              |   ^^^^^^^^
        deploy/list.yaml:4:3: note: the first one
            4 |   database: { postgres: "${DATABASE_URL}" }
              |   ^^^^^^^^
        deploy/other.yaml:5:11: error: two checks have the id "a"
            5 |   - { id: a, secret: KEY }
              |           ^
        deploy/list.yaml:6:11: note: the first one
            6 |   - { id: a, secret: KEY, start_with: sk- }
              |           ^
        deploy/other.yaml:6:1: error: `first_run` stands in two files
            6 | first_run: { items: 1 }
              | ^^^^^^^^^
        deploy/list.yaml:7:1: note: the first one
            7 | first_run: { items: 1 }
              | ^^^^^^^^^
        """)
  }

  @Test("that include each other, or itself, are refused where the ring closes")
  func rings() {
    let check = "\nchecks: [{ id: a, secret: KEY }]"
    #expect(
      Self.faults([
        "deploy/list.yaml": "version: 1\ninclude: [a.yaml]" + check,
        "deploy/a.yaml": "version: 1\ninclude: [b.yaml]",
        "deploy/b.yaml": "version: 1\ninclude: [../deploy/list.yaml]",
      ]) == """
        deploy/b.yaml:2:11: error: these files include each other: deploy/list.yaml → deploy/a.yaml → \
        deploy/b.yaml → deploy/list.yaml
            2 | include: [../deploy/list.yaml]
              |           ^^^^^^^^^^^^^^^^^^^
        """)
    #expect(
      Self.faults(["deploy/list.yaml": "version: 1\ninclude: [list.yaml]" + check]) == """
        deploy/list.yaml:2:11: error: this file includes itself
            2 | include: [list.yaml]
              |           ^^^^^^^^^
        """)
  }

  @Test("of more files than anybody reviews is refused")
  func tooMany() {
    var files = [
      "deploy/list.yaml": "version: 1\ninclude: [f0.yaml]\nchecks: [{ id: a, secret: KEY }]"
    ]
    for number in 0..<40 {
      files["deploy/f\(number).yaml"] = "version: 1\ninclude: [f\(number + 1).yaml]"
    }
    #expect(
      Self.read(files).diagnostics.map(\.message) == ["a checklist is made of at most 32 files"])
  }

  @Test("hides a secret in whichever file it stands, and only there")
  func secrets() {
    let text = Self.faults([
      "deploy/list.yaml": """
      version: 1
      include: [other.yaml]
      services: { e: { embeddings: x, model: m } }
      checks: [{ id: A, secret: KEY }]
      """,
      "deploy/other.yaml": """
      version: 1
      services:
        f: { embeddings: x, model: m,
             api_key: sk-canary-4242 }
      """,
    ])
    #expect(!text.contains("canary"))
    #expect(text.contains("    4 | checks: [{ id: A, secret: KEY }]"))
  }

  @Test(
    "by no list of names is refused",
    arguments: [
      ("other.yaml", "`include` must be a list, not a single value"),
      ("[]", "`include` is an empty list"),
      ("[\"${FILE}\"]", "an item of `include` cannot hold a variable"),
      ("[{ a: b }]", "an item of `include` must be a text, not a mapping"),
    ])
  func names(_ value: String, _ message: String) {
    let text = "version: 1\ninclude: \(value)\nchecks: [{ id: a, secret: KEY }]"
    #expect(Self.read(["deploy/list.yaml": text]).diagnostics.map(\.message) == [message])
  }
}
