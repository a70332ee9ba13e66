import Checklist
import Core
import Testing

@Suite("A fault of a check")
struct CheckFaultTests {
  @Test("All faults of a file are told at once")
  func allAtOnce() {
    let text = file(
      checks: """
          - id: a
            secret: X
            start_with: sk-
            min_length: "12"
          - id: a
            dimensoin: issues.embedding
            severity: wran
          - secret: X
            timeout: 30
          - id: c
        """)
    #expect(
      faults(of: text) == """
        list.yaml:8:5: error: unknown name "start_with" in this `secret` check
            8 |     start_with: sk-
              |     ^^^^^^^^^^ did you mean `starts_with`?
        list.yaml:9:17: error: `min_length` must be a whole number from 1 to 10000, not the quoted \
        text "12"
            9 |     min_length: "12"
              |                 ^^^^ write it without quotes
        list.yaml:10:9: error: two checks have the id "a"
           10 |   - id: a
              |         ^
        list.yaml:6:9: note: the first one
            6 |   - id: a
              |         ^
        list.yaml:11:5: error: no check kind is called "dimensoin"
           11 |     dimensoin: issues.embedding
              |     ^^^^^^^^^ did you mean `dimension`?
        list.yaml:12:15: error: `severity` must be block or warn, not "wran"
           12 |     severity: wran
              |               ^^^^ did you mean `warn`?
        list.yaml:13:5: error: a check lacks `id`
           13 |   - secret: X
              |     ^ for example `id: dimension`
        list.yaml:14:14: error: `timeout` must be a duration such as 500ms, 10s, 2m or 1h, not "30"
           14 |     timeout: 30
              |              ^^ write the unit: `30s`
        list.yaml:15:5: error: a check needs a kind
           15 |   - id: c
              |     ^ kinds are api_key, dimension, function, http, jobs, secret, upsert
        """)
  }

  @Test("A check of two kinds is told where the second stands")
  func twoKinds() {
    #expect(
      faults(of: file(checks: "  - id: a\n    secret: X\n    dimension: a.b")) == """
        list.yaml:8:5: error: a check is of one kind, and this one is `secret` already
            8 |     dimension: a.b
              |     ^^^^^^^^^
        list.yaml:7:5: note: the first one
            7 |     secret: X
              |     ^^^^^^
        """)
  }

  @Test("A check without a kind that anything resembles lists the kinds")
  func unknownKind() {
    #expect(
      faults(of: file(checks: "  - id: a\n    foo: 1")) == """
        list.yaml:7:5: error: no check kind is called "foo"
            7 |     foo: 1
              |     ^^^ kinds are api_key, dimension, function, http, jobs, secret, upsert
        """)
  }

  @Test(
    "A value of the wrong shape says which shape is right",
    arguments: [
      ("jobs: ~", "`jobs` has no value"),
      ("jobs: \"\"", "`jobs` has no value"),
      ("jobs: t\n    stuck_after: soon", durationFault),
      ("jobs: t\n    backlog: about 3", comparisonFault),
      ("jobs: t\n    exact: yes", "`exact` must be true or false, not \"yes\""),
      ("secret: X\n    min_length: 0", wholeFault),
      ("secret: [X]", "`secret` must be a text, not a list"),
      ("secret: {a: b}", "`secret` must be a text, not a mapping"),
      ("upsert: t\n    on_conflict: a", "`on_conflict` must be a list, not a single value"),
      ("upsert: t\n    on_conflict: []", "`on_conflict` is an empty list"),
      ("upsert: t", "this `upsert` check lacks `on_conflict`"),
      ("dimension: []", "`dimension` is an empty list"),
      ("dimension: [a, {}]", "an item of `dimension` must be a text, not a mapping"),
      ("http: x", "this `http` check lacks `expect`"),
      ("http: x\n    expect: 200", "`expect` must be a mapping, not a single value"),
      ("http: x\n    expect: {}", "`expect` lacks `status`"),
      ("http: x\n    expect: {status: 200, json: {}}", "`json` is an empty mapping"),
      ("function: f\n    call: {a: [1]}", "\"a\" in `call` must be a single value, not a list"),
      ("http: ${URL", "`http`: `${` opens a variable that no `}` closes"),
      ("http: ${2URL}", "`http`: \"2URL\" is no variable name"),
      ("http: ${A:-${B}}", "`http`: a variable's default cannot hold another variable"),
      ("secret: X\n    title: ${X}", "`title` cannot hold a variable"),
      ("api_key: ${X}", "`api_key` cannot hold a variable"),
      ("secret: X\n    phase: [ci, ci2]", phaseFault),
    ])
  func wrongShape(settings: String, message: String) throws {
    let result = read(file(checks: "  - id: a\n    \(settings)"))
    #expect(result.checklist == nil)
    let fault = try #require(result.diagnostics.first { $0.message == message })
    #expect(fault.location.map { $0.line >= 7 } == true)
  }

  private static let durationFault =
    "`stuck_after` must be a duration such as 500ms, 10s, 2m or 1h, not \"soon\""
  private static let comparisonFault =
    "`backlog` must be a comparison such as \">= 1/s\", \"> 2%\" or 0, not \"about 3\""
  private static let wholeFault =
    "`min_length` must be a whole number from 1 to 10000, not \"0\""
  private static let phaseFault =
    "an item of `phase` must be ci, pre-deploy or post-deploy, not \"ci2\""

  @Test("An id is a plain name, and not that of a service's own check")
  func ids() {
    #expect(
      faults(of: file(checks: "  - { id: Big One, secret: X }\n  - { id: service.x, secret: X }"))
        == """
        list.yaml:6:11: error: `id` must be a name of lower-case letters, digits, `.`, `_` and `-`, \
        not "Big One"
            6 |   - { id: Big One, secret: X }
              |           ^^^^^^^
        list.yaml:7:11: error: an id cannot begin with `service.`: each service is a check by that \
        name
            7 |   - { id: service.x, secret: X }
              |           ^^^^^^^^^
        """)
  }

  @Test("Each repetition of an id points to the first check of that id")
  func repeatedIDs() {
    let checks = Array(repeating: "  - { id: a, secret: X }", count: 3).joined(separator: "\n")
    let faults = read(file(checks: checks)).diagnostics
    #expect(faults.map { $0.location?.line } == [7, 8])
    #expect(faults.flatMap(\.notes).map(\.location.line) == [6, 6])
  }

  @Test("Control characters of a value are escaped in the message")
  func escapedValue() {
    #expect(
      read(file(checks: "  - { id: \"a\\e[31m\", secret: X }")).diagnostics.map(\.message) == [
        "`id` must be a name of lower-case letters, digits, `.`, `_` and `-`, not \"a\\u001b[31m\""
      ])
  }

  @Test("A waiver without a name, a reason and a day of the calendar is none")
  func waivers() {
    let check = "  - { id: a, secret: X, wait_for: 3, waive: { until: 2026-02-29, by: me } }"
    #expect(
      read(file(checks: check)).diagnostics.map(\.message) == [
        "`wait_for` must be a duration such as 500ms, 10s, 2m or 1h, not \"3\"",
        "`waive` lacks `reason`",
        "`waive` lacks `owner`",
        "`until` must be a day such as 2026-12-31, not \"2026-02-29\"",
        "unknown name \"by\" in `waive`",
      ])
  }
}
