import Checklist
import Checks
import Core
import Testing

@Suite("A warning about a checklist") struct LintWarningTests {
  private static func told(of text: String) throws -> [String] {
    let read = Checklist.read(
      path: "test.yaml", bytes: Array(text.utf8), kinds: allKindDeclarations)
    #expect(read.diagnostics.map(\.message) == [])
    let day = try #require(Day(text: "2026-11-24"))
    return warnings(for: try #require(read.checklist), on: day).map { warning in
      #expect(warning.severity == .warning)
      return "\(warning.location?.line ?? 0): \(warning.message)"
    }
  }

  private static let services = """
    version: 1
    services:
      database: { postgres: "${DATABASE_URL}" }
      embedder: { embeddings: "http://localhost/v1", model: m }
    """

  @Test("is given for each service that nothing uses")
  func services() throws {
    let text = Self.services + "\nchecks: [{ id: a, table: t }]"
    #expect(
      try Self.told(of: text) == ["4: no check and no pipeline uses the service \"embedder\""])
    let needed = Self.services + "\nchecks: [{ id: a, table: t, needs: service.embedder }]"
    #expect(try Self.told(of: needed) == [])
  }

  @Test("is given for a waiver from the day after its last one")
  func waivers() throws {
    func text(_ day: String) -> String {
      """
      version: 1
      checks:
        - { id: a, secret: A, waive: { reason: r, owner: me, until: \(day) } }
      """
    }
    #expect(try Self.told(of: text("2026-11-24")) == [])
    #expect(
      try Self.told(of: text("2026-11-23")) == ["3: this waiver of \"me\" ended on 2026-11-23"])
  }

  @Test("is given for what a pipeline relies on and no check proves")
  func coverage() throws {
    func text(_ checks: String) -> String {
      """
      \(Self.services)
      checks:
        - { id: own, table: issues, severity: block }
      \(checks)
      pipelines:
        - name: issues
          from: { table: issues, key: id, text: title }
          to:
            - { update: public.issues, set: { embedding: $embedding } }
            - upsert: cache
              on_conflict: [a, B]
              set: { "Vec": $embedding, a: "1", b: "2" }
          job: { table: jobs, progress: count_up }
      """
    }
    #expect(
      try Self.told(of: text("")) == [
        "12: no check proves that the model's vectors fit public.issues.embedding",
        "14: no check proves that rows of cache are unique by these columns",
        "15: no check proves that the model's vectors fit cache.vec",
        "16: no check proves that the function count_up exists",
      ])
    #expect(
      try Self.told(
        of:
          text(
            """
              - { id: d, dimension: [issues.Embedding, public.cache.vec] }
              - { id: u, upsert: public.cache, on_conflict: [b, A] }
              - { id: f, function: "public.count_up(a uuid, b int)" }
            """)) == [])
    #expect(
      try Self.told(
        of:
          text(
            """
              - { id: d, dimension: [other.issues.embedding, cache.vec2] }
              - { id: u, upsert: cache, on_conflict: [a] }
              - { id: f, function: "count_ups(a uuid)" }
            """)
      ).count == 4)
  }

  @Test("is given for a check that is always skipped in one of its phases")
  func phases() throws {
    let text = """
      version: 1
      checks:
        - { id: a, secret: A, phase: ci }
        - { id: b, secret: B, needs: a }
        - { id: c, secret: C, needs: a, phase: ci }
      """
    #expect(
      try Self.told(of: text) == [
        """
        4: in the phase pre-deploy and post-deploy this check is always skipped: it needs "a", which is \
        not asked there
        """
      ])
  }

  @Test(
    "is given for a pattern that every text matches",
    arguments: [(".*", true), ("x?", true), ("^$", false), ("x", false), ("\\\\S", false)])
  func patterns(_ pattern: String, _ isTold: Bool) throws {
    let text = """
      version: 1
      checks: [{ id: a, files: "*.ts", require: "\(pattern)" }]
      """
    let expected = ["2: this check can never fail: its pattern matches every text"]
    #expect(try Self.told(of: text) == (isTold ? expected : []))
    let forbidding = text.replacing("require", with: "forbid: y, require")
    #expect(try Self.told(of: forbidding) == [])
  }

  @Test("is given for a condition that every number meets")
  func conditions() throws {
    let text = """
      \(Self.services)
      checks:
        - { id: a, jobs: jobs, backlog: ">= 0" }
        - { id: d, dimension: t.v }
      pipelines:
        - name: p
          from: { table: t, key: id, text: title }
          to: [{ update: t, set: { v: $embedding } }]
      first_run:
        abort_when: { failed_items: "> 100%" }
        verified_when:
          processed: ">= 0%"
          rate: ">= 1/s"
      """
    #expect(
      try Self.told(of: text) == [
        "6: every number is >= 0, so that this condition says nothing",
        "15: every number is >= 0%, so that this condition says nothing",
      ])
  }

  @Test("is given where no check can stop a release")
  func severities() throws {
    let text = "version: 1\nchecks: [{ id: a, secret: A, severity: warn }]"
    #expect(
      try Self.told(of: text) == ["2: no check can stop a release: all have the severity warn"])
  }
}
