import FoundationEssentials
import Glibc
import Reports
import Testing

@Suite struct `A report's file` {
  /// Hands a new, empty folder to a test and removes it afterwards.
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/reports-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func content(_ path: String) throws -> String {
    try String(contentsOf: URL(filePath: path), encoding: .utf8)
  }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func `is written whole, over an older one, and leaves nothing beside it`() throws {
    try inFolder { folder in
      let path = folder + "/report.json"
      try ReportFile.write(String(repeating: "long\n", count: 100_000), to: path)
      try ReportFile.write("{}\n", to: path)
      #expect(try content(path) == "{}\n")
      #expect(try names(in: folder) == ["report.json"])
    }
  }

  @Test func `is another file than the one that a reader has open`() throws {
    try inFolder { folder in
      try ReportFile.write("old", to: folder + "/report")
      try FileManager.default.linkItem(atPath: folder + "/report", toPath: folder + "/reader")
      try ReportFile.write("new", to: folder + "/report")
      #expect(try content(folder + "/reader") == "old")
      #expect(try content(folder + "/report") == "new")
    }
  }

  @Test func `is found through a symbolic link, which stays`() throws {
    try inFolder { folder in
      try ReportFile.write("old", to: folder + "/real")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link", withDestinationPath: "real")
      try ReportFile.write("new", to: folder + "/link")
      #expect(try content(folder + "/real") == "new")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == "real")
    }
  }

  // A pipe of the test's own stands for every device: for root, a fault here would otherwise put a
  // file in the place of the machine's own.
  @Test func `does not take the place of a folder or a pipe`() throws {
    try inFolder { folder in
      let pipe = folder + "/pipe"
      #expect(unsafe mkfifo(pipe, 0o600) == 0)
      for path in [folder, pipe] {
        let fault = #expect(throws: ReportFile.Fault.self) { try ReportFile.write("x", to: path) }
        #expect(fault == .notAFile(path: path))
      }
      let left = try names(in: folder)
      #expect(left == ["pipe"])
    }
  }

  @Test func `says why it could not be written`() throws {
    try inFolder { folder in
      let path = folder + "/absent/report.json"
      let fault = #expect(throws: ReportFile.Fault.self) { try ReportFile.write("x", to: path) }
      #expect(fault == .cannotCreate(path: path, errno: 2))
      #expect(
        ReportFile.Fault.cannotCreate(path: "a/b", errno: 2).message
          == "cannot create a file beside \"a/b\": No such file or directory")
    }
  }

  @Test func `has a message for each fault`() {
    let faults: [ReportFile.Fault] = [
      .notAFile(path: "x"), .cannotWrite(path: "x", errno: 28), .cannotRename(path: "x", errno: 13),
    ]
    #expect(
      faults.map(\.message) == [
        "cannot write the report to \"x\": there is something else than a file",
        "cannot write the report to \"x\": No space left on device",
        "cannot put the report in place at \"x\": Permission denied",
      ])
  }
}
