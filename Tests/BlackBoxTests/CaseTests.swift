import Glibc
import Testing

/// A folder of one of the collections beside this file: what a person types, and what they see.
///
/// `arguments` holds one argument a line, with the case's folder as `CASE`; `faults`, where it is
/// there, has the names of the sandbox's faults, and the case then runs in a sandbox. What is
/// expected stands in further files, which each collection has its own of.
struct Case: Sendable, CustomTestStringConvertible {
  let name: String
  let folder: String
  let arguments: [String]
  let faults: [String]?

  var testDescription: String { name }

  init(_ name: String, in collection: String) {
    self.name = name
    let folder = "Tests/BlackBoxTests/\(collection)/\(name)"
    self.folder = folder
    func lines(_ text: String?) -> [String]? {
      text.map { $0.split(whereSeparator: \.isNewline).map(String.init) }
    }
    arguments = (lines(contents(of: folder + "/arguments")) ?? []).map {
      $0.replacing("CASE", with: folder)
    }
    faults = lines(contents(of: folder + "/faults"))
  }

  /// All folders of a collection that hold arguments.
  static func all(in collection: String) -> [Case] {
    let folder = "Tests/BlackBoxTests/\(collection)"
    return names(in: folder).filter { contents(of: "\(folder)/\($0)/arguments") != nil }
      .map { Case($0, in: collection) }
  }

  /// Types it.
  func run() async throws -> Program.Result {
    if let faults { return try await Program.runInSandbox(arguments, faults: faults) }
    return try await Program.run(arguments)
  }

  /// One of its files.
  func file(_ name: String) -> String? { contents(of: "\(folder)/\(name)") }
}

/// The names in a folder of the checkout, sorted.
func names(in path: String) -> [String] {
  guard let directory = unsafe opendir(Program.root + "/" + path) else { return [] }
  defer { unsafe closedir(directory) }
  var names: [String] = []
  while let entry = unsafe readdir(directory) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
      unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) {
        unsafe String(cString: $0)
      }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted()
}

/// A file of the checkout, or nil where it is not there.
func contents(of path: String) -> String? {
  guard let file = unsafe fopen(Program.root + "/" + path, "r") else { return nil }
  defer { unsafe fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = unsafe fread(&chunk, 1, chunk.count, file)
    if count == 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes += chunk.prefix(count)
  }
}

/// `Cases`: `stdout`, `stderr` and `exit` hold all that a person sees, with what differs from run
/// to run as `steady` has it.
@Suite("What a person sees", .timeLimit(.minutes(5)))
struct CaseTests {
  private static let all = Case.all(in: "Cases")

  @Test("there are cases")
  func thereAreCases() {
    #expect(Self.all.count >= 25)
  }

  @Test("as it stands on disk", arguments: Self.all)
  func asOnDisk(_ expected: Case) async throws {
    let result = try await expected.run()
    #expect(result.output.steady == expected.file("stdout") ?? "")
    #expect(result.error.steady == expected.file("stderr") ?? "")
    #expect("\(result.status)\n" == expected.file("exit"))
  }
}
