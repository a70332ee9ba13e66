import Glibc
import Subprocess
import SystemPackage
import Testing

/// The program that was built beside these tests, run as a person runs it.
enum Program {
  struct Result: Sendable {
    let status: Int32
    let output: String
    let error: String
  }

  /// The checkout's folder.
  static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

  /// The program's path: beside the executable of the tests.
  static let path: String = {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    let tests = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return tests.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/preflight"
  }()

  /// Runs it with these arguments and nothing but these variables in its environment.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: String = root
  ) async throws -> Result {
    var variables: [Environment.Key: String] = [
      "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
      // Wide enough that no line is broken or cut, wherever a port has a digit more.
      "COLUMNS": "300",
    ]
    for (name, value) in environment {
      variables[try #require(Environment.Key(rawValue: name))] = value
    }
    let result = try await Subprocess.run(
      .path(FilePath(path)), arguments: Arguments(arguments),
      environment: .custom(variables), workingDirectory: FilePath(folder), input: .none,
      output: .string(limit: 4_194_304), error: .string(limit: 4_194_304))
    let status: Int32 =
      switch result.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): 128 + signal
      }
    return Result(
      status: status, output: result.standardOutput, error: result.standardError)
  }

  /// Runs it inside a sandbox with these faults.
  static func runInSandbox(
    _ arguments: [String], faults: [String] = [], environment: [String: String] = [:]
  ) async throws -> Result {
    try await run(
      ["sandbox"] + faults.flatMap { ["--fault", $0] } + ["--", path] + arguments,
      environment: environment)
  }
}

extension String {
  /// The text with all that differs from run to run replaced by a name for it.
  var steady: String {
    var text = self
    let replacements: [(pattern: Regex<Substring>, name: String)] = [
      // How often a run is looked at depends on how long it takes.
      (/issues: \d+\/\d+ \(.*\n/, ""),
      (/\d+(?:\.\d+)?\/s over \d+(?:\.\d+)?m?s/, "<rate>"),
      (/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/, "<time>"),
      (/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, "<uuid>"),
      (/\/tmp\/preflight-sandbox-[0-9a-f]+/, "<sandbox>"),
      (/\b[a-z]{20}\b/, "<project>"),
      (/\ +\d+(?:\.\d+)?m?s(?=\n)/, " <duration>"),
      (/127\.0\.0\.1:\d+/, "<address>"),
      (/"duration_ms": \d+/, "\"duration_ms\": <duration>"),
      (/sha256:[0-9a-f]{64}/, "sha256:<digest>"),
      // The endpoint counts its requests, and the two services' come in any order.
      (/req_[0-9a-f]{32}/, "<request>"),
      (/Postgres \d+\.\d+/, "Postgres <version>"),
      (/"server_version": "[\d.]+"/, "\"server_version\": <version>"),
      (/"longest_seconds": [\d.]+/, "\"longest_seconds\": <seconds>"),
      (/14h \d+m/, "<idle>"),
      (/13h \d+s ago/, "13h ago"),
    ]
    for (pattern, name) in replacements { text = text.replacing(pattern, with: name) }
    return text
  }
}
