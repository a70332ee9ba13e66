import Checklist
import Core

/// Kinds of check that only these tests know, one for each shape that matters here.
enum SampleKinds {
  static let secret = kind(
    Field("secret", .text, "The variable's name."),
    settings: [
      Field("starts_with", .text, "How the value begins.", example: "sk-"),
      Field("min_length", .whole(1...10_000), "The least characters."),
      Field("stored_in", .service(kind: "supabase"), "Where the same value must be."),
    ])
  static let apiKey = kind(Field("api_key", .service(kind: "embeddings"), "The endpoint."))
  static let dimension = kind(
    Field("dimension", .oneOrMany(.text), "The columns.", example: "issues.embedding"),
    settings: [
      Field("in", .service(kind: "postgres"), "The database.", isRequired: true),
      Field("model", .service(kind: "embeddings"), "The model.", isRequired: true),
      Field("dimensions", .whole(1...16_000), "The dimension to expect."),
    ])
  static let function = kind(
    Field("function", .text, "The signature."),
    settings: [
      Field("returns", .text, "The type."),
      Field("executable_by", .oneOrMany(.text), "Roles."),
      Field("call", .map(.scalar), "Arguments."),
    ])
  static let upsert = kind(
    Field("upsert", .text, "The table."),
    settings: [Field("on_conflict", .list(.text, atLeast: 1), "Columns.", isRequired: true)])
  static let jobs = kind(
    Field("jobs", .text, "The table."),
    settings: [
      Field("stuck_after", .duration, "How long a job may stand.", example: "30m"),
      Field("backlog", .comparison, "The bound.", example: "\"< 1000\""),
      Field("exact", .flag, "Whether to count.", defaultText: "false"),
    ])
  static let http = kind(
    Field("http", .text, "The address."),
    settings: [
      Field(
        "expect",
        .record([
          Field("status", .whole(100...599), "The status.", isRequired: true),
          Field("json", .map(.scalar), "Pointers to values."),
        ]), "What the answer must be.", isRequired: true, example: "{ status: 200 }")
    ])

  static let all = [secret, apiKey, dimension, function, upsert, jobs, http]

  private static func kind(_ subject: Field, settings: [Field] = []) -> KindDeclaration {
    KindDeclaration(
      subject: subject, summary: "A kind for tests.", settings: settings, passesWhen: "Always.",
      cannotTellWhen: "Never.", needs: "Nothing.", failures: [])
  }
}

/// Reads a text as the file `list.yaml`.
func read(_ text: String) -> ReadChecklist {
  Checklist.read(path: "list.yaml", bytes: Array(text.utf8), kinds: SampleKinds.all)
}

/// All diagnostics of a file as a person reads them, one after another.
func faults(of text: String) -> String { faults(of: Array(text.utf8)) }

/// All diagnostics of a file as a person reads them, one after another.
func faults(of bytes: [UInt8]) -> String {
  let result = Checklist.read(path: "list.yaml", bytes: bytes, kinds: SampleKinds.all)
  let sources = result.sources
  return result.diagnostics.map { $0.rendered(quoting: sources) }.joined(separator: "\n")
}

/// A file with these checks and nothing else amiss; two services are declared.
func file(checks: String, rest: String = "") -> String {
  """
  version: 1
  services:
    database: { postgres: "${DATABASE_URL}" }
    embedder: { embeddings: "${BASE_URL}", model: small }
  checks:
  \(checks)
  \(rest)
  """
}
