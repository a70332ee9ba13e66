import Checklist
import Core
import Gate

/// Explanations as the kinds give them, with a question of each sort.
enum ExplainedSample {
  static let declaration = KindDeclaration(
    subject: Field("probe", .service(kind: "postgres"), "What is probed.", example: "database"),
    summary: "A thing *answers* as it should.",
    settings: [
      Field("every_so_often", .duration, "How often.", example: "10s", defaultText: "10s"),
      Field(
        "expect",
        .oneOrMany(.record([Field("status", .whole(1...5), "The status.", isRequired: true)])),
        "What is expected."),
      Field(
        "bounds", .record([Field("low", .flag, "One."), Field("high", .flag, "Another.")]), "Which."
      ),
    ],
    passesWhen: "It answers within the time that `every_so_often` allows, and does so each time.",
    cannotTellWhen: "Nobody knows.", needs: "Nothing.",
    failures: [.init(when: "it answers nothing", mending: "Ask again.")])

  private static let questions: [Question] = [
    Question(.here("the variable SOME_THING_or_other")),
    Question(.read(sql: "select 1 -- one", parameters: []), of: "database"),
    Question(
      .read(sql: "select $1,\n  $2", parameters: ["'a'", "null"]), of: "database",
      condition: "where that is one"),
    Question(.rolledBack(["set role x;", "select f()"]), of: "database"),
    Question(
      .http(
        method: "HEAD", url: "http://h/${A}/it's", headers: [.init("X-Key", "Bearer ${KEY}")],
        body: nil)),
    Question(.http(method: "GET", url: "http://h/$A!", headers: [], body: nil), of: "edge"),
    Question(
      .http(
        method: "PUT", url: "http://h/`x`/${B}", headers: [.init("X-Plain", "a \"b\" $C !")],
        body: #"{"a": "${A}", "it's": "hunter22"}"#), of: "edge"),
  ]

  static let check = Explanation(
    of: .check(
      ExplainedCheck(
        identity: CheckIdentity(
          id: "probe.it", kind: "probe", title: "It answers", severity: .block,
          location: SourceLocation(file: "list.yaml", line: 3, column: 5)),
        phases: [.ci, .postDeploy], needs: ["a", "service.b"], timeout: .seconds(10))),
    declaration: declaration, isService: false,
    parts: [
      .init(service: "database", questions: .failure(.unset(["URL"]))),
      .init(questions: .success(questions)),
    ])

  static let kind = Explanation(
    of: .kind(example: "a: \"```\"\n"), declaration: declaration, isService: false,
    parts: [.init(questions: .success([]))])
}
