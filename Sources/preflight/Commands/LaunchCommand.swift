internal import ArgumentParser
internal import Checklist
internal import Checks
internal import Core
internal import Gate
internal import Monitor
internal import Runner

/// The main job: check; on go, the monitored first run; verify.
struct LaunchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "launch",
    abstract: "Check, and on go do the first run under watch; exit verified or aborted.")

  @OptionGroup var file: ChecklistArgument
  @OptionGroup var variables: EnvFileOptions
  @OptionGroup var gate: GateOptions
  @OptionGroup var part: RefusedSelectionOptions

  @Option(help: "How many rows to embed, in place of what the checklist says.")
  var items: Int?

  func validate() throws {
    if let items, items < 1 { throw ValidationError("--items must be at least 1") }
  }

  func run() async throws {
    let session = try Session(reading: file, variables, allowingCommands: gate.allowCommands)
    guard let declared = session.checklist.firstRun,
      let pipeline = session.checklist.pipelines.first(where: { $0.name == declared.pipeline })
    else {
      session.output.note("\(session.checklist.path) declares no first_run to launch\n")
      throw ExitCode(ExitStatus.invalidChecklist.rawValue)
    }
    let first: FirstRun
    do throws(SettingFault) {
      first = try declared.filled(from: session.services.variables)
    } catch {
      session.output.note("\(error.location): \(error.message)\n")
      throw ExitCode(ExitStatus.invalidChecklist.rawValue)
    }
    let launch = Launch(
      session: session, gate: gate, pipeline: pipeline, conditions: RunConditions(first),
      options: Runner.Options(items: items ?? first.items, ramp: first.rampTotals))
    throw ExitCode(try await launch.carryOut().rawValue)
  }
}
