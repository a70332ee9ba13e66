import FoundationEssentials
import Postgres
import Sandbox
import Testing

@Suite("Rows from a file", .timeLimit(.minutes(1)))
struct RowsTests {
  private static let good =
    #"{"id": "98ca1506-d49a-3cae-8afa-f45dfae1439c", "repository": "a/b", "kind": "commit", "#
    + #""number": 7, "title": "Títle \"quoted\"", "body": null, "#
    + #""created_at": "2025-09-02T10:35:54-05:00"}"#

  /// Hands a test a file of these lines, and removes it.
  private func withFile(
    _ text: String, _ test: (String) async throws -> Void
  ) async throws {
    let path = "/tmp/preflight-rows-\(UUID().uuidString).jsonl"
    try Data(text.utf8).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await test(path)
  }

  @Test("The kind picks the table, any other kind is an issue, and texts arrive as they were")
  func kinds() async throws {
    let others = [("pull_request", "1"), ("discussion", "2"), ("issue", "3")].map { kind, digit in
      RowsTests.good.replacing("\"commit\"", with: "\"\(kind)\"").replacing(
        "98ca", with: "98c\(digit)"
      )
      .replacing("null", with: "\"\"")
    }
    let text = ([RowsTests.good] + others).joined(separator: "\n") + "\n\n"
    try await withFile(text) { path async throws in
      try await SandboxFixture.with(rows: path) { fixture async throws in
        #expect(try await fixture.value("select count(*) from issues") == "2")
        #expect(try await fixture.value("select count(*) from pull_requests") == "1")
        #expect(try await fixture.value("select count(*) from discussions") == "1")
        #expect(
          try await fixture.value(
            """
            select concat_ws('|', id, repository_id, number, title, created_at at time zone 'UTC',
              updated_at = created_at) from issues where body is null
            """)
            == "98ca1506-d49a-3cae-8afa-f45dfae1439c|a/b|7|Títle \"quoted\"|"
            + "2025-09-02 15:35:54|t")
        #expect(try await fixture.value("select body from discussions") == "")
      }
    }
  }

  @Test(
    "A bad line is named by file and line",
    arguments: [
      ("{", "not a JSON object"),
      ("[1]", "not a JSON object"),
      (good.replacing(#""title""#, with: #""titel""#), "title is missing"),
      (good.replacing(": 7", with: ": \"7\""), "number is not a whole number"),
      (good.replacing(": 7", with: ": 7.5"), "number is not a whole number"),
      (good.replacing(": 7", with: ": -7"), "number -7 is not between 0 and 2147483647"),
      (
        good.replacing("98ca", with: "98cx"),
        #"id "98cx1506-d49a-3cae-8afa-f45dfae1439c" is not a UUID"#
      ),
      (
        good.replacing("2025-09-02T", with: "2025-02-30T"),
        #"created_at "2025-02-30T10:35:54-05:00" is not a time with zone, such as 2025-10-09T05:45:00Z"#
      ),
      (
        good.replacing("Títle", with: #"\u0000"#),
        "title holds a NUL character, which Postgres cannot store"
      ),
      (good.replacing("null", with: "5"), "body is not a text"),
      (good, "id 98ca1506-d49a-3cae-8afa-f45dfae1439c stands on line 1 already"),
    ])
  func badLine(line: String, message: String) async throws {
    try await withFile(RowsTests.good + "\n\n" + line + "\n") { path async throws in
      await #expect(throws: SandboxProblem.rowInvalid(path: path, line: 3, message)) {
        _ = try await Sandbox.start(SandboxOptions(rows: path))
      }
    }
  }

  @Test("A file that is not there, is a folder or holds no rows is refused")
  func unreadable() async throws {
    try await withFile("\n") { path async throws in
      for (path, reason) in [
        ("/nonexistent/rows.jsonl", "no such file, or it may not be read"),
        ("/tmp", "it is not a file"), (path, "it holds no rows"),
      ] {
        await #expect(throws: SandboxProblem.rowsUnreadable(path: path, reason)) {
          _ = try await Sandbox.start(SandboxOptions(rows: path))
        }
      }
    }
  }
}
