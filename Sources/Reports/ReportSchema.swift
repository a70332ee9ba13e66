internal import Checklist
internal import Core
internal import Gate
internal import Monitor

/// The JSON Schema (draft-07) of the JSON report, for those who read reports by program.
///
/// What `JSONReport` writes and what is said here change together.
package enum ReportSchema {
  /// The schema over several lines.
  package static var document: String {
    let version = JSONReport.schemaVersion
    let head: [JSONDocument.Member] = [
      ("$schema", .text("http://json-schema.org/draft-07/schema#")),
      ("$id", .text("https://preflight.example/schemas/report.v\(version).schema.json")),
    ]
    return JSONDocument.object(head + report(version)).rendered() + "\n"
  }

  private static func report(_ version: Int) -> [JSONDocument.Member] {
    record(
      "Preflight report, version \(version)", "What a gate proved, and how a first run went.",
      [
        (
          "schema_version",
          value("The version of this document.", [("enum", .list([.whole(version)]))])
        ),
        ("tool", tool),
        ("checklist", checklist),
        ("phase", word("The part of the delivery.", Phase.allCases.map(\.rawValue))),
        ("partial", value("Whether some checks were left out.", type("boolean"))),
        ("started_at", value("In UTC.", type("string") + [("format", .text("date-time"))])),
        ("duration_ms", count("Milliseconds from start to end.")),
        ("summary", summary),
        ("exit", exit),
        ("checks", list("In the checklist's order, services first.", check)),
        ("run", orNull(run)),
        ("runs", list("One run for each pipeline, in their order; `run` is the worst.", run)),
      ])
  }

  private static let tool = JSONDocument.object(
    record(
      "Tool", "What wrote the report.",
      [
        ("name", value("The program.", [("enum", .list([.text("preflight")]))])),
        ("version", text("The program's version.", example: "0.1.0")),
      ]))

  private static let checklist = JSONDocument.object(
    record(
      "Checklist", "What was proved.",
      [
        ("path", text("As it was named.", example: "checklists/embeddings.yaml")),
        (
          "digest",
          text("`sha256:` and the hexadecimal digest of the file's bytes.", example: nil)
        ),
      ]))

  private static let summary = JSONDocument.object(
    record(
      "Summary", "How many checks ended how.",
      [
        ("planned", count("Checks to be asked.")),
        ("pass", count("Asked, and true.")),
        ("fail", count("Asked, and not true.")),
        ("error", count("Asked, and nobody can tell.")),
        ("skip", count("Not asked, since another check did not pass.")),
        ("warnings", count("Not passed, without stopping the release.")),
        ("waived", count("Not passed, and somebody answers for it.")),
      ]))

  private static let exit = JSONDocument.object(
    record(
      "Exit", "How the program ended.",
      [
        (
          "code",
          value(
            "The exit status.",
            [("enum", .list(ExitStatus.allCases.map { .whole(Int($0.rawValue)) }))])
        ),
        ("reason", word("The same in a word.", ExitStatus.allCases.map(\.reason))),
      ]))

  private static let check = JSONDocument.object(
    record(
      "Check", "What became of one check.",
      [
        ("id", text("The check's name; `service.NAME` for a service.", example: "dimension")),
        ("kind", text("The kind of check or of service.", example: "dimension")),
        ("title", textOrNull("What people read in place of the id.")),
        (
          "severity",
          word("Whether a failure stops the release.", CheckSeverity.allCases.map(\.rawValue))
        ),
        ("status", word("How it ended.", Status.allCases.map(\.rawValue))),
        ("duration_ms", count("Milliseconds that it took.")),
        ("location", location),
        ("expected", textOrNull("What would have passed.")),
        ("observed", textOrNull("What was seen.")),
        ("message", text("One sentence.", example: nil)),
        ("fix", textOrNull("Text to paste: SQL, a shell command, or lines of YAML.")),
        ("because", textOrNull("The check that holds this one up.")),
        ("attempts", count("How often it was asked.")),
        ("waiver", orNull(waiver)),
        (
          "evidence",
          value(
            "Facts seen while judging, by name.",
            type("object") + [("additionalProperties", evidence)])
        ),
      ]))

  private static let waiver = JSONDocument.object(
    record(
      "Waiver", "Somebody's word that the check need not pass for a while.",
      [
        ("reason", text("Why the release may go on.", example: nil)),
        ("owner", text("Who answers for it.", example: "search-team")),
        (
          "until",
          value("The last day on which it holds.", type("string") + [("format", .text("date"))])
        ),
        (
          "state",
          word(
            "Whether it holds, is past its last day, or is not needed since the check passes.",
            Waiver.State.allCases.map(\.rawValue))
        ),
      ]))

  private static let location = JSONDocument.object(
    record(
      "Location", "Where the check stands.",
      [
        ("file", text("The checklist.", example: "checklists/embeddings.yaml")),
        ("line", count("From 1.")),
        ("column", count("From 1.")),
      ]))

  // A number that is not finite has no JSON but null.
  private static let evidence = JSONDocument.object([
    ("type", .list(["string", "number", "boolean", "null", "array"].map { .text($0) })),
    ("items", .object(type("string"))),
  ])
}
