import Files
import FoundationEssentials
import Testing

@Suite("Walking through folders")
struct FolderWalkTests {
  private func inTree(_ files: [String], _ body: (String) throws -> Void) throws {
    let root = "/tmp/preflight-walk-\(UInt32.random(in: .min ... .max))"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for path in files {
      let file = "\(root)/\(path)"
      let folder = file.split(separator: "/").dropLast().map { "/" + $0 }.joined()
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(path.utf8).write(to: URL(filePath: file))
    }
    try body(root)
  }

  private func walk(
    _ root: String, entries: Int = 100, files: Int = 100,
    entering: @escaping ([String]) -> Bool = { _ in true },
    taking: @escaping ([String]) -> Bool = { _ in true }
  ) -> FolderWalk.Result {
    FolderWalk(mostEntries: entries, mostFiles: files, entering: entering, taking: taking)
      .walk(from: root)
  }

  @Test("files come in the order of their names, and only those that are wanted")
  func order() throws {
    try inTree(["b/z", "b/a", "a", "c/no/a", "B"]) { root in
      #expect(walk(root).files == [["B"], ["a"], ["b", "a"], ["b", "z"], ["c", "no", "a"]])
      let part = walk(root, entering: { $0.last != "no" }, taking: { $0.last == "a" })
      #expect(part.files == [["a"], ["b", "a"]])
      #expect(part.faults == [])
    }
  }

  @Test("links are neither entered nor taken")
  func links() throws {
    try inTree(["real/a"]) { root in
      try FileManager.default.createSymbolicLink(
        atPath: root + "/loop", withDestinationPath: ".")
      try FileManager.default.createSymbolicLink(
        atPath: root + "/file", withDestinationPath: "real/a")
      #expect(walk(root).files == [["real", "a"]])
      #expect(throws: FileContent.Fault.self) {
        try FileContent.read(root + "/file", atMost: 100)
      }
    }
  }

  @Test("a bound that is met is no fault, and one that is passed ends the walk")
  func bounds() throws {
    try inTree(["a", "b", "c/d"]) { root in
      #expect(walk(root, entries: 4, files: 3).faults == [])
      let entries = walk(root, entries: 3)
      #expect(entries.faults == [.tooManyEntries(limit: 3)])
      #expect(entries.faults[0].message == "the folders hold more than 3 entries")
      let files = walk(root, files: 2)
      #expect(files.files == [["a"], ["b"]])
      #expect(files.faults == [.tooManyFiles(limit: 2)])
      #expect(files.faults[0].message == "more than 2 files match")
    }
  }

  @Test("what is not there holds nothing, and what cannot be entered is told")
  func absent() throws {
    let nothing = walk("/tmp/preflight-walk-nowhere")
    #expect(nothing.files == [])
    #expect(nothing.faults == [])
    let long = "/tmp/" + String(repeating: "a", count: 300)
    #expect(walk(long).faults == [.unreadable(path: long, reason: "File name too long")])
    #expect(walk(long).faults[0].message == "\(long) cannot be read: File name too long")
  }

  @Test("a file is read as a whole, up to its bound")
  func content() throws {
    try inTree(["four"]) { root in
      let whole = try FileContent.read(root + "/four", atMost: 4)
      #expect(whole == Array("four".utf8))
      #expect(throws: FileContent.Fault.tooLarge(limit: 3)) {
        try FileContent.read(root + "/four", atMost: 3)
      }
      #expect(
        throws: FileContent.Fault.unreadable(reason: "No such file or directory")
      ) { try FileContent.read(root + "/five", atMost: 3) }
    }
    #expect(FileContent.isText(Array("text".utf8)))
    #expect(!FileContent.isText([0x41, 0]))
  }
}
