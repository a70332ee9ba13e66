internal import ArgumentParser
internal import Checklist
internal import Checks
internal import Core
internal import Embeddings
internal import Gate
internal import Monitor
internal import Reports
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

  @Flag(help: "Print what would be asked and embedded, without asking anybody.")
  var plan = false

  func validate() throws {
    if let items, items < 1 { throw ValidationError("--items must be at least 1") }
    guard !plan || gate.report.isEmpty else {
      throw ValidationError("--plan prints a text of its own; leave --report out")
    }
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
    let options = Runner.Options(items: items ?? first.items, ramp: first.rampTotals)
    if plan { return try show(pipeline, options, of: session) }
    var launch = Launch(
      session: session, gate: gate, pipelines: [pipeline], conditions: RunConditions(first),
      options: options)
    launch.isFirstRun = true
    throw ExitCode(try await launch.carryOut().rawValue)
  }

  private func show(
    _ declared: PipelineDeclaration, _ options: Runner.Options, of session: Session
  ) throws {
    let pipeline: Pipeline
    do throws(SettingFault) {
      pipeline = try declared.filled(from: session.services.variables)
    } catch {
      session.output.note("\(error.location): \(error.message)\n")
      throw ExitCode(ExitStatus.undecided.rawValue)
    }
    let known = session.services.modelName(of: pipeline.model).flatMap { KnownModel.named($0) }
    let cut = pipeline.from.maxCharacters.map {
      Int((Double($0) / Forecast.bytesPerToken).rounded(.up))
    }
    let text = LaunchPlanText(
      path: session.checklist.path, checks: try session.plan(gate).checks,
      run: LaunchPlanText.Run(
        pipeline: pipeline.name, rows: options.items ?? 0, ramp: options.ramp,
        batch: pipeline.batch, tokensPerText: [cut, known?.maximumTokens].compactMap(\.self).min(),
        dollarsPerMillionTokens: known?.dollarsPerMillionTokens),
      redactor: session.redactor)
    session.output.report(text.document)
  }
}
