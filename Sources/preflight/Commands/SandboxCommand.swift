internal import ArgumentParser
internal import Checks
internal import Core
internal import Gate
internal import Sandbox

/// Runs a command in a throw-away world.
struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract:
      "Run a command in a throw-away world: Postgres with pgvector, and the hosted services.",
    usage: "preflight sandbox [<options>] -- <command> …")

  @Option(help: "Plant a fault; may be given again. --list-faults names them.")
  var fault: [SandboxFault] = []

  @Option(
    help: "Load the rows of a JSONL file in place of the sample.",
    completion: .file(extensions: ["jsonl"]))
  var rows: String?

  @Option(
    help: "The folder of a Postgres with pgvector: its initdb and postgres.",
    completion: .directory)
  var postgresBin: String?

  @Option(
    help: "How long each embeddings request takes, as 300ms, like a hosted model's.",
    transform: Duration.init(argument:))
  var latency: Duration = .zero

  @Flag(help: "Lead DATABASE_URL through a PgBouncer in transaction mode.")
  var pgbouncer = false

  @Flag(help: "Name the faults that can be planted.")
  var listFaults = false

  @Argument(parsing: .postTerminator, help: "The command and its arguments, behind --.")
  var command: [String] = []

  func validate() throws {
    guard listFaults || !command.isEmpty else {
      throw ValidationError("there is no command; write it behind --, as in: sandbox -- env")
    }
  }

  func run() async throws {
    let output = Output()
    output.hide(KnownSecrets(of: ProcessEnvironment.read()))
    if listFaults {
      let width = SandboxFault.allCases.map(\.rawValue.count).max() ?? 0
      for fault in SandboxFault.allCases {
        let name = fault.rawValue + String(repeating: " ", count: width - fault.rawValue.count)
        output.report("\(name)  \(fault.summary)\n")
      }
      return
    }
    let options = SandboxOptions(
      postgresBinaries: postgresBin, rows: rows, faults: Set(fault), latency: latency,
      pgbouncer: pgbouncer)
    throw ExitCode(await status(of: options, output))
  }

  private func status(of options: SandboxOptions, _ output: Output) async -> Int32 {
    do throws(SandboxProblem) {
      return try await Sandbox.run(command, options)
    } catch {
      output.note("preflight sandbox: \(error.message)\n")
      return error.exitStatus
    }
  }
}

extension SandboxFault: ExpressibleByArgument {}
