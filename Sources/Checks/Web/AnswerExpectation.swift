internal import Checklist
internal import Core
internal import HTTP

/// What a web server is to answer.
struct AnswerExpectation: Sendable {
  private let statuses: [Int]
  private let values: [(pointer: JSONPointer, value: JSONValue)]
  private let headers: [(name: String, value: String, pattern: TextPattern?)]
  private let patterns: [TextPattern]
  /// The longest time for the whole answer.
  let within: Duration?

  /// The setting by which an author says it.
  static let field = Field(
    "expect",
    .record([
      Field(
        "status", .oneOrMany(.whole(100...599)), "The status, or those that will do.",
        example: "[200, 204]", defaultText: "200"),
      Field(
        "json", .map(.scalar), "Values of the body by their JSON Pointers (RFC 6901).",
        example: "{ /status: ok, /checks/0/healthy: true }"),
      Field(
        "header", .map(.text),
        "Headers of the answer, each with its value or a regular expression for all of it.",
        example: "{ Content-Type: 'application/json.*' }"),
      Field(
        "body_matches", .oneOrMany(.text), "Regular expressions, each of which the body matches.",
        example: "'\"status\": *\"ok\"'"),
      Field(
        "within", .duration, "The longest time until the answer is there as a whole.",
        example: "2s"),
    ]), "What the answer has to be; a status of 200 where nothing is said.",
    example: "{ status: 200, json: { /openai: true } }", defaultText: "{}")

  init(_ settings: Settings) throws(Diagnostic) {
    statuses = settings.list("status").compactMap { item in
      if case .whole(let status) = item.value { status } else { nil }
    }
    values = try settings.map("json").map { entry throws(Diagnostic) in
      guard let pointer = JSONPointer(entry.name), let value = JSONValue(entry.setting.value) else {
        throw Diagnostic(
          "\(entry.name.quoted) in `json` is no JSON Pointer", at: entry.setting.location,
          help: "write such as /checks/0/healthy, with ~1 for a slash in a name and ~0 for a tilde")
      }
      return (pointer, value)
    }
    headers = settings.textMap("header").map { ($0.name, $0.text, TextPattern($0.text)) }
    patterns = try settings.patterns("body_matches")
    within = settings.optionalDuration("within")
  }

  /// As the end of the sentence "expected is …".
  var text: String {
    let statuses = "status " + statuses.map(String.init).joined(last: "or")
    // What is expected stands in the checklist, where no secret can be written.
    let nothing = Redactor([])
    let parts =
      [statuses] + values.map { "\($0.pointer.text): \($0.value.text(nothing))" }
      + headers.map { "\($0.name): \($0.value.quoted)" }
      + patterns.map { "a body that matches \($0.shown)" }
      + (within.map { ["an answer within \($0.text)"] } ?? [])
    return parts.joined(separator: "; ")
  }

  /// What an answer has against it, each in a few words; empty where it is as expected.
  ///
  /// It takes the time that the patterns take, of which nobody knows how long it is.
  func faults(of reply: HTTPReply, _ redactor: Redactor) -> [String] {
    guard statuses.contains(reply.status) else {
      // What else is not as expected follows from it.
      return ["status \(reply.status)" + AnswerExpectation.gist(of: reply, redactor)]
    }
    var faults: [String] = []
    if !values.isEmpty {
      if let document = JSONValue(reply.body) {
        faults += values.compactMap { pointer, value in
          AnswerExpectation.fault(of: pointer, value, in: document, redactor)
        }
      } else {
        faults.append("a body that is no JSON" + AnswerExpectation.gist(of: reply, redactor))
      }
    }
    faults += headers.compactMap { name, value, pattern in
      let found = reply.headers.filter { $0.name == name.lowercased() }.map(\.value)
      guard !found.contains(where: { $0 == value || pattern?.matchesWhole($0) == true }) else {
        return nil
      }
      return found.isEmpty
        ? "no header \(name)"
        : "\(name): " + found.prefix(3).map { redactor.redact($0).quoted }.joined(last: "and")
    }
    if !patterns.isEmpty {
      let body = String(decoding: reply.body, as: UTF8.self)
      faults += patterns.filter { $0.ranges(in: body, atMost: 1).isEmpty }.map {
        "nothing in the body matches \($0.shown)" + AnswerExpectation.gist(of: reply, redactor)
      }
    }
    if let within, reply.timings.total > within {
      faults.append("an answer after \(reply.timings.total.text)")
    }
    return faults
  }

  private static func fault(
    of pointer: JSONPointer, _ wanted: JSONValue, in document: JSONValue, _ redactor: Redactor
  ) -> String? {
    switch pointer.find(in: document) {
    case .value(let value):
      value.equals(wanted) ? nil : "\(pointer.text): \(value.text(redactor))"
    case .nothing(let nearest):
      "no \(pointer.text)" + (nearest.map { "; did you mean \(redactor.redact($0).quoted)?" } ?? "")
    }
  }

  /// Where an answer points to, or what it says first.
  private static func gist(of reply: HTTPReply, _ redactor: Redactor) -> String {
    if (300..<400).contains(reply.status), let place = reply.header("location") {
      return ", which points to \(place.gist(redactor) ?? "nowhere")"
    }
    // Enough for a line, however long the body is.
    let beginning = String(decoding: reply.body.prefix(65_536), as: UTF8.self)
    return beginning.gist(redactor).map { ": \($0)" } ?? ", without a body"
  }
}
