import Glibc
import Testing

/// A folder of `Cases`: what a person types, and everything that they see.
///
/// `arguments` holds one argument a line, with the case's folder as `CASE`; `faults`, where it is
/// there, has the names of the sandbox's faults, and the case then runs in a sandbox. `stdout`,
/// `stderr` and `exit` hold what is expected, with what differs from run to run as `steady` has it.
struct Case: Sendable, CustomTestStringConvertible {
  let name: String
  let arguments: [String]
  let faults: [String]?

  var testDescription: String { name }
  var folder: String { "Tests/BlackBoxTests/Cases/\(name)" }

  init(_ name: String) {
    self.name = name
    let folder = "Tests/BlackBoxTests/Cases/\(name)"
    func lines(_ text: String?) -> [String]? {
      text.map { $0.split(whereSeparator: \.isNewline).map(String.init) }
    }
    arguments = (lines(contents(of: folder + "/arguments")) ?? []).map {
      $0.replacing("CASE", with: folder)
    }
    faults = lines(contents(of: folder + "/faults"))
  }

  static let all: [Case] = {
    guard let directory = unsafe opendir(Program.root + "/Tests/BlackBoxTests/Cases") else {
      return []
    }
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
    return names.sorted().map { Case($0) }
  }()
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

@Suite("What a person sees", .timeLimit(.minutes(5)))
struct CaseTests {
  @Test("there are cases")
  func thereAreCases() {
    #expect(Case.all.count >= 25)
  }

  @Test("as it stands on disk", arguments: Case.all)
  func asOnDisk(_ expected: Case) async throws {
    let result =
      if let faults = expected.faults {
        try await Program.runInSandbox(expected.arguments, faults: faults)
      } else {
        try await Program.run(expected.arguments)
      }
    #expect(result.output.steady == contents(of: expected.folder + "/stdout") ?? "")
    #expect(result.error.steady == contents(of: expected.folder + "/stderr") ?? "")
    #expect("\(result.status)\n" == contents(of: expected.folder + "/exit"))
  }
}
