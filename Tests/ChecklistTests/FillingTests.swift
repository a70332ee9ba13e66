import Checklist
import Core
import Testing

@Suite("Settings whose variables are filled")
struct FillingTests {
  private func settings(_ check: String) throws -> Settings {
    let result = read(file(checks: "  - id: a\n    \(check)"))
    try #require(result.diagnostics == [])
    return try #require(result.checklist?.checks.first).settings
  }

  @Test("A variable may stand for a value of any shape")
  func typed() throws {
    let pending = try settings(
      """
      dimension: ["${TABLE:-issues}.embedding", fixed.column]
          dimensions: ${DIMS:-384}
      """)
    #expect(pending.variables == ["TABLE", "DIMS"])
    let usual = try pending.filled(from: Variables([:]))
    #expect(usual.texts("dimension") == ["issues.embedding", "fixed.column"])
    #expect(usual.whole("dimensions") == 384)
    #expect(usual.variables == [])
    let other = try pending.filled(from: Variables(["DIMS": "1536", "TABLE": "pulls"]))
    #expect(other.texts("dimension").first == "pulls.embedding")
    #expect(other.whole("dimensions") == 1_536)
  }

  @Test("A value that does not fit is told by its variable, and not repeated")
  func invalid() throws {
    let pending = try settings("jobs: t\n    stuck_after: ${LIMIT}")
    let fault = try #require(throws: SettingFault.self) {
      try pending.filled(from: Variables(["LIMIT": "sk-oops"]))
    }
    #expect(
      fault.message == "the value of LIMIT must be a duration such as 500ms, 10s, 2m or 1h")
    #expect(
      fault.location == SourceLocation(file: "list.yaml", line: 8, column: 18, width: 8))
  }

  @Test("All unset variables of the settings are told in one message")
  func unset() throws {
    let pending = try settings(
      """
      http: ${HOST}:${PORT}
          expect: { status: "${STATUS}", json: { /a: "${HOST}", /b: "${B:-b}" } }
      """)
    let fault = try #require(throws: SettingFault.self) {
      try pending.filled(from: Variables(["PORT": ""]))
    }
    #expect(fault.message == "HOST and STATUS are not set; PORT is set but empty")
    #expect(fault.location.description == "list.yaml:7:11")
    #expect(
      SettingFault.unset([UnsetVariable(name: "A", .unset)], at: fault.location).message
        == "A is not set")
  }

  @Test("An unset variable is no fault of the file")
  func unsetIsNoDiagnostic() {
    #expect(
      faults(of: file(checks: "  - { id: a, http: \"${X}\", expect: { status: 200 } }")) == "")
  }

  @Test("A filled text that is empty is a fault")
  func empty() throws {
    let pending = try settings("jobs: ${TABLE:-}")
    #expect(throws: SettingFault.self) { try pending.filled(from: Variables([:])) }
  }

  @Test("Any scalar keeps its type, and one in quotes is a text")
  func scalars() throws {
    let text = """
      function: f
          call: { a: true, b: "true", c: 12, d: 1.5, e: ~, f: no, g: "", h: 1e3, i: 0x1F, j: inf,
            k: "${T}", l: -3, m: 2026-11-24 }
      """
    let filled = try settings(text).filled(from: Variables(["T": "true"]))
    #expect(
      filled.map("call").map(\.setting.value) == [
        .flag(true), .text("true"), .whole(12), .number(1.5), .null, .text("no"), .text(""),
        .number(1_000), .text("0x1F"), .text("inf"), .text("true"), .whole(-3),
        .text("2026-11-24"),
      ])
  }

  @Test("A secret is a secret from the moment it is filled")
  func secrets() throws {
    let text = """
      version: 1
      services:
        db: { postgres: "postgres://me:${PW}@h/d" }
        model: { embeddings: x, model: m, api_key: "${KEY}" }
      checks:
        - { id: a, secret: X }
      """
    let services = try #require(read(text).checklist?.services)
    let variables = Variables(["PW": "p4ssword", "KEY": "k3y-value"])
    let filled = try services.map { try $0.settings.filled(from: variables) }
    #expect(filled.first?.secret("postgres") == Secret("postgres://me:p4ssword@h/d"))
    #expect(filled.last?.secret("api_key") == Secret("k3y-value"))
    var dumped = ""
    dump(filled, to: &dumped)
    #expect(!dumped.contains("p4ssword"))
    #expect(!dumped.contains("k3y-value"))
  }

  @Test("Absent settings are nil or empty, and defaults are there")
  func absent() throws {
    let jobs = try settings("jobs: t")
    #expect(jobs.optionalDuration("stuck_after") == nil)
    #expect(jobs.optionalComparison("backlog") == nil)
    #expect(jobs["backlog"] == nil)
    #expect(jobs.flag("exact") == false)
    #expect(try settings("function: f").texts("executable_by") == [])
    #expect(try settings("function: f").map("call") == [])
  }

  @Test("Asking for what no kind declares is a mistake of the program")
  func undeclared() async {
    await #expect(processExitsWith: .failure) {
      let settings = Settings(
        fields: [Field("a", .text, "A.")], values: [:],
        location: SourceLocation(file: "f", line: 1, column: 1))
      _ = settings.optionalText("b")
    }
  }
}
