import Checklist
import Core
import Gate
import HTTP
import Testing

@testable import Checks

@Suite("A selection of checks") struct CheckSelectionTests {
  private static let text = """
    version: 1
    services:
      database: {postgres: "postgres://localhost/d"}
      other: {postgres: "postgres://localhost/o"}
      unused: {embeddings: "http://localhost/v1", model: m}
    checks:
      - {id: secret.a, secret: A}
      - {id: secret.b, secret: B, needs: secret.a}
      - {id: rows, table: t, in: database, needs: secret.b}
      - {id: rows.other, table: t, in: other}
      - {id: later, secret: C, phase: post-deploy}
    """

  private func planned(only: [String] = [], skip: [String] = []) throws -> Plan {
    let read = Checklist.read(
      path: "test.yaml", bytes: Array(Self.text.utf8), kinds: allKindDeclarations)
    let checklist = try #require(read.checklist)
    let services = Services(
      of: checklist, variables: Variables([:]), directory: "/", http: HTTPClient())
    return try plan(
      for: checklist, in: .preDeploy, with: services,
      selecting: CheckSelection(only: only, skip: skip))
  }

  @Test(
    "asks what it names, what that needs and what that uses",
    arguments: [
      (["secret.a"], [], ["secret.a"]),
      (["secret"], [], ["secret.a", "secret.b"]),
      (["secret.*"], [], ["secret.a", "secret.b"]),
      (["rows"], [], ["service.database", "secret.a", "secret.b", "rows"]),
      (["row?.oth*"], [], ["service.other", "rows.other"]),
      (["service.other"], [], ["service.other"]),
      (["postgres"], [], ["service.database", "service.other"]),
      (["secret.b", "rows.other"], [], ["service.other", "secret.a", "secret.b", "rows.other"]),
      ([], ["table"], ["service.unused", "secret.a", "secret.b"]),
      ([], ["rows"], ["service.other", "service.unused", "secret.a", "secret.b", "rows.other"]),
      ([], ["service.unused", "rows*"], ["secret.a", "secret.b"]),
      (["secret"], ["secret.b"], ["secret.a"]),
    ])
  func chosen(only: [String], skip: [String], ids: [String]) throws {
    let plan = try planned(only: only, skip: skip)
    #expect(plan.checks.map(\.identity.id) == ids)
    #expect(plan.leftOut == 7 - ids.count)
  }

  @Test("that leaves nothing out is the whole checklist")
  func whole() throws {
    #expect(try planned(only: ["*"]).leftOut == 0)
    #expect(try planned(only: ["*"]).checks.count == 7)
  }

  @Test(
    "that says nothing, or nothing that can be followed, is a fault",
    arguments: [
      (
        ["secret.c"], [],
        "--only \"secret.c\" matches no check of the phase pre-deploy; did you mean secret.a?"
      ),
      (
        [], ["tabel"],
        "--skip \"tabel\" matches no check of the phase pre-deploy; did you mean table?"
      ),
      (
        ["wholly-unknown"], [],
        "--only \"wholly-unknown\" matches no check of the phase pre-deploy; there are "
          + "service.database, service.other, service.unused, secret.a, secret.b, rows, rows.other"
      ),
      (
        ["secret.a", ""], [],
        "--only \"\" matches no check of the phase pre-deploy; there are "
          + "service.database, service.other, service.unused, secret.a, secret.b, rows, rows.other"
      ),
      (
        ["later"], [],
        "--only \"later\" matches only later, which the phase pre-deploy does not ask"
      ),
      (
        ["rows/*"], [],
        "--only \"rows/*\" matches no check of the phase pre-deploy; did you mean rows?"
      ),
      (["[a"], [], "--only \"[a\" is no pattern for ids: a `[` of the pattern is not closed"),
      (
        [], ["secret.a"],
        "--skip \"secret.a\" leaves out secret.a, without which secret.b cannot be asked; "
          + "skip secret.b too, or neither"
      ),
      (
        ["rows"], ["service.*"],
        "--skip \"service.*\" leaves out service.database, without which rows cannot be asked; "
          + "skip rows too, or neither"
      ),
      (["secret.a"], ["secret"], "--only and --skip leave no check to ask"),
      ([], ["*"], "--only and --skip leave no check to ask"),
    ])
  func faults(only: [String], skip: [String], message: String) throws {
    let fault = #expect(throws: PlanningFault.self) { try planned(only: only, skip: skip) }
    #expect(fault?.message == message)
  }

  @Test("names at most eight of the ids that exist")
  func manyIDs() {
    let candidates = (1...9).map { CheckSelection.Candidate(id: "\($0)", kind: "k") }
    let fault = #expect(throws: CheckSelection.Fault.self) {
      try CheckSelection(only: ["something"]).chosen(from: candidates, others: [], in: .ci)
    }
    #expect(fault?.message.hasSuffix("; there are 1, 2, 3, 4, 5, 6, 7, 8, …") == true)
  }
}
