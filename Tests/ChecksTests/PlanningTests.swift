import Checklist
import Checks
import Core
import Gate
import HTTP
import Testing

@Suite struct PlanningTests {
  private func planned(_ text: String, _ phase: Phase, _ environment: [String: String] = [:])
    throws -> Plan
  {
    let read = Checklist.read(
      path: "test.yaml", bytes: Array(text.utf8), kinds: allKindDeclarations)
    let checklist = try #require(read.checklist)
    let services = Services(
      of: checklist, variables: Variables(environment), directory: "/", http: HTTPClient())
    return try plan(for: checklist, in: phase, with: services)
  }

  private static let text = """
    version: 1
    services:
      database: {postgres: "postgres://localhost/d"}
      other: {postgres: "postgres://localhost/o"}
      unused: {embeddings: "http://localhost/v1", model: m}
    checks:
      - {id: first, secret: KEY, phase: ci}
      - {id: second, table: t, in: database, phase: pre-deploy, needs: first, timeout: 3s}
      - {id: third, table: t, in: other, phase: [ci, post-deploy], severity: warn, title: Third}
    """

  @Test("Services come first, then the phase's checks in the checklist's order")
  func order() throws {
    let plan = try planned(Self.text, .ci)
    #expect(
      plan.checks.map(\.identity.id) == ["service.other", "service.unused", "first", "third"])
    let third = try #require(plan.checks.last)
    #expect(third.follows == ["service.other"])
    #expect(third.identity.title == "Third")
    #expect(third.identity.severity == .warn)
    #expect(third.identity.location.line == 9)
    #expect(third.timeout == .seconds(10))
    let second = try #require(try planned(Self.text, .preDeploy).checks.last)
    #expect(second.needs == ["first"])
    #expect(second.timeout == .seconds(3))
  }

  @Test("A phase without a check is no plan at all")
  func empty() throws {
    let text = "version: 1\nchecks:\n  - {id: a, secret: KEY, phase: ci}\n"
    #expect(throws: PlanningFault.nothingInPhase(.postDeploy)) {
      try planned(text, .postDeploy)
    }
    #expect(
      PlanningFault.nothingInPhase(.postDeploy).message
        == "no check of the checklist belongs to the phase post-deploy")
  }

  @Test("A check whose variable is not set cannot tell, and the others run")
  func unset() async throws {
    let go = try await Go(
      """
      version: 1
      checks:
        - {id: a, files: "${ROOT}/*.ts", forbid: x}
        - {id: b, secret: KEY}
        - {id: c, files: "${GLOB}", forbid: x, help: ask the platform team}
      """, ["KEY": "sk-A1b2C3d4", "GLOB": "a/**b"])
    #expect(
      go["a"]
        == .cannotTell(
          "ROOT is not set", expected: "settings that can be used", observed: "ROOT is not set",
          fix: "export ROOT='…'"))
    #expect(go["b"]?.status == .pass)
    #expect(go["c"]?.message == "`**` stands for whole folders: write `**/*.ts`")
    #expect(go.verdict.decision == .undecided)
  }

  @Test("The author's help stands behind the fix")
  func help() async throws {
    let go = try await Go(
      "version: 1\nchecks:\n  - {id: a, secret: KEY, help: ask the platform team}\n", [:])
    #expect(go["a"]?.fix == "export KEY='…'   # the secret\n# ask the platform team")
  }
}
