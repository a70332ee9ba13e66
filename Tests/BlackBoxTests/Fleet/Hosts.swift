import Core
import Sandbox
import Subprocess
import SystemPackage
import Testing

/// Three hosts on a network of their own, from which a stage's services can be reached, as `hosts.py`
/// makes them; it takes root.
struct Hosts: Sendable {
  private let stage: Stage
  /// In each host's network, in their order.
  private let processes: [String]

  /// Makes the hosts for a test, and takes them away after it.
  static func connected(
    to stage: Stage, for test: (Hosts) async throws -> Void
  ) async throws {
    let port = stage.sandbox.databaseURL.reveal { $0.firstMatch(of: /127\.0\.0\.1:(\d+)/)?.1 }
    let ports = [String(try #require(port)), "\(stage.sandbox.endpoint.port)"]
    _ = try await Subprocess.run(
      .name("python3"), arguments: Arguments(["Tests/BlackBoxTests/Fleet/hosts.py"] + ports),
      workingDirectory: FilePath(Program.root), input: .inputWriter, output: .sequence,
      error: .currentStandardError
    ) { execution in
      var lines = execution.standardOutput.strings().makeAsyncIterator()
      guard let line = try await lines.next() else {
        throw Stage.NeverCame(event: "three hosts: hosts.py has said why on standard error")
      }
      let processes = line.split(whereSeparator: \.isWhitespace).map { String($0) }
      try await test(Hosts(stage: stage, processes: processes))
      // The end of its input is the end of the hosts.
      try await execution.standardInputWriter.finish()
    }
  }

  /// Starts the program on the host with this number, from 1.
  func start(_ arguments: [String], on host: Int) async throws -> Running {
    let environment = stage.sandbox.environment.mapValues {
      $0.replacing("127.0.0.1", with: "198.18.0.1")
    }
    return try await stage.start(
      arguments, environment: environment, inNetworkOf: processes[host - 1])
  }

  /// Takes a host's link away, or gives it back.
  func setLink(of host: Int, _ state: String) async throws {
    let result = try await Subprocess.run(
      .name("nsenter"),
      arguments: ["--net", "--target", processes[host - 1], "ip", "link", "set", "eth0", state],
      output: .discarded, error: .currentStandardError)
    try #require(result.terminationStatus == .exited(0))
  }
}
