import FoundationEssentials
import Gate
import Testing

@testable import Checks

@Suite struct FilesCheckTests {
  /// Runs a test in a folder of its own.
  private func inFolder(
    _ files: [String: [UInt8]], _ test: (String) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/checks-\(UUID().uuidString)"
    for (path, bytes) in files {
      let full = "\(folder)/\(path)"
      try FileManager.default.createDirectory(
        atPath: full.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" },
        withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(filePath: full))
    }
    let result: Result<Void, any Error>
    do { result = .success(try await test(folder)) } catch { result = .failure(error) }
    try FileManager.default.removeItem(atPath: folder)
    try result.get()
  }

  private func ask(_ settings: String, in folder: String) async throws -> Finding {
    let go = try await Go(
      "version: 1\nchecks:\n  - {id: a, \(settings)}\n", [:], directory: folder)
    return try #require(go["a"])
  }

  @Test("A chained call over two lines is found where it begins")
  func forbidden() async throws {
    let source = "const a = 1\n\n  await db.upsert(rows)\n    .onConflict('id')\n"
    try await inFolder(["src/deep/a.ts": Array(source.utf8)]) { folder in
      let pattern = #"'\.upsert\([^;]*?\)\s*\.onConflict\('"#
      let finding = try await ask("files: 'src/**/*.ts', forbid: \(pattern)", in: folder)
      #expect(
        finding
          == .fail(
            "what is forbidden stands at src/deep/a.ts:3:11",
            expected: #"no match of /\.upsert\([^;]*?\)\s*\.onConflict\(/"#,
            observed: "src/deep/a.ts:3:11: \"await db.upsert(rows)\"",
            fix: "${EDITOR:-vi} +3 src/deep/a.ts",
            evidence: ["places": .list(["src/deep/a.ts:3:11"])]))
    }
  }

  @Test("What is required must stand in one of the files")
  func required() async throws {
    try await inFolder(["a.ts": Array("dimensions: 384".utf8), "b.ts": Array("x".utf8)]) { folder in
      let found = try await ask("files: '*.ts', require: 'dimensions: 384'", in: folder)
      #expect(found == .pass("2 files searched", evidence: ["files": .list(["a.ts", "b.ts"])]))
      let lacking = try await ask("files: '*.ts', require: 'dimensions: 99'", in: folder)
      #expect(
        lacking
          == .fail(
            "nothing in 2 files matches /dimensions: 99/",
            expected: "a match of /dimensions: 99/",
            observed: "nothing in 2 files matches /dimensions: 99/",
            fix: "${EDITOR:-vi} a.ts"))
    }
  }

  @Test("Where no text file matches, nothing can be told")
  func nothing() async throws {
    try await inFolder([
      "a.ts": [0x41, 0, 0x42], "node_modules/b.ts": [0x41], ".git/c.ts": [0x41],
    ]) { folder in
      let finding = try await ask("files: '**/*.ts', forbid: A", in: folder)
      #expect(finding.status == .error)
      #expect(finding.message == "no text file matches **/*.ts")
      let absent = try await ask("files: 'absent/*.ts', forbid: A", in: folder)
      #expect(absent.fix == "ls -d absent   # then correct `files`")
    }
  }

  @Test("A file that is too large to read is no pass")
  func large() async throws {
    let bytes = [UInt8](repeating: 0x41, count: FileSearch.largestFile + 1)
    try await inFolder(["a.ts": bytes]) { folder in
      let finding = try await ask("files: '*.ts', forbid: B", in: folder)
      #expect(finding.status == .error)
      #expect(finding.message == "a.ts is larger than 1 MiB")
    }
  }

  @Test("Links are not followed")
  func links() async throws {
    try await inFolder(["out/secret.ts": Array("bad".utf8), "in/a.ts": Array("good".utf8)]) {
      folder in
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/in/out", withDestinationPath: "../out")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/in/b.ts", withDestinationPath: "../out/secret.ts")
      let finding = try await ask("files: 'in/**/*.ts', forbid: bad", in: folder)
      #expect(finding == .pass("1 file searched", evidence: ["files": .list(["in/a.ts"])]))
    }
  }

  @Test("A pattern that would never end is given up with the check's time")
  func endless() async throws {
    // Long enough for seconds: the matching goes on after it was given up.
    let text = String(repeating: "a", count: 26)
    try await inFolder(["a.txt": Array(text.utf8)]) { folder in
      let finding = try await ask("files: a.txt, forbid: '(a+)+b', timeout: 300ms", in: folder)
      #expect(finding.status == .error)
      #expect(finding.message == "no answer within 300ms, its timeout")
    }
  }
}
