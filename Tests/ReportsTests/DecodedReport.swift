/// The JSON report, version 1, as a reader outside this project would declare it.
struct DecodedReport: Decodable {
  struct Exit: Decodable, Equatable {
    let code: Int
    let reason: String
  }

  struct Summary: Decodable, Equatable {
    let planned: Int
    let pass: Int
    let fail: Int
    let error: Int
    let skip: Int
    let warnings: Int
    let waived: Int
  }

  struct Location: Decodable {
    let file: String
    let line: Int
    let column: Int
  }

  struct Check: Decodable {
    let id: String
    let severity: String
    let status: String
    let location: Location
    let expected: String?
    let observed: String?
    let message: String
    let fix: String?
    let because: String?
  }

  struct Run: Decodable, Equatable {
    let verdict: String
    let samples: [Sample]
  }

  struct Sample: Decodable, Equatable {
    // The document's own names.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let at_ms: Int
    let processed: Int
    let failed: Int
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let in_flight: Int
  }

  let summary: Summary
  let exit: Exit
  let checks: [Check]
  let run: Run?
}
