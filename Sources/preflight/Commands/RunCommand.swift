internal import ArgumentParser
internal import Checklist
internal import Checks
internal import Core
internal import Gate
internal import Monitor
internal import Runner

/// The runner for everyday use.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Embed what waits, every day: after the checks, or without them where told so.")

  @OptionGroup var file: ChecklistArgument
  @OptionGroup var variables: EnvFileOptions
  @OptionGroup var gate: GateOptions
  @OptionGroup var part: RefusedSelectionOptions

  @Option(help: "The pipeline to run; all of the checklist's, in their order, where none is named.")
  var pipeline: String?

  @Option(help: "How many rows at most, of each pipeline.")
  var items: Int?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only rows for which this holds, in SQL over a row of the source.", valueName: "condition"))
  var condition: String?

  @Option(help: "How many requests to have under way at once, in place of what the checklist says.")
  var workers: Int?

  @Flag(
    help: "Embed the rows that have a vector anew, too, as after a change of model.")
  var all = false

  @Flag(help: "Go on until no row waits any more.")
  var untilEmpty = false

  @Option(
    help: ArgumentHelp(
      "Take the receipt of an earlier preflight check in place of asking the checks.",
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  var receipt: String?

  @Option(
    help: "How old a receipt may be, as 30m or 24h.", transform: Duration.init(argument:))
  var receiptAge: Duration = .seconds(86_400)

  @Flag(help: "Run without asking the checks first.")
  var ungated = false

  @Flag(help: "Print the SQL of the runner's own schema, for whoever may create it.")
  var printSchema = false

  func validate() throws {
    if let items, items < 1 { throw ValidationError("--items must be at least 1") }
    if let workers, !PipelineFields.concurrency.contains(workers) {
      let expectation = Shape.whole(PipelineFields.concurrency).expectation
      throw ValidationError("--workers must be \(expectation), not \(workers)")
    }
    guard receipt == nil || !ungated else {
      throw ValidationError("--receipt and --ungated say opposite things")
    }
  }

  func run() async throws {
    if printSchema {
      Output().report(QueueSchema.sql + "\n")
      return
    }
    let session = try Session(reading: file, variables, allowingCommands: gate.allowCommands)
    let first: FirstRun?
    do throws(SettingFault) {
      first = try session.checklist.firstRun?.filled(from: session.services.variables)
    } catch {
      session.output.note("\(error.location): \(error.message)\n")
      throw ExitCode(ExitStatus.invalidChecklist.rawValue)
    }
    var launch = Launch(
      session: session, gate: gate, pipelines: try chosen(from: session),
      conditions: RunConditions(everydayAfter: first),
      options: Runner.Options(items: items, condition: condition, all: all, workers: workers))
    launch.admission =
      ungated ? .nothing : receipt.map { .receipt($0, olderThan: receiptAge) } ?? .checks
    launch.untilEmpty = untilEmpty
    throw ExitCode(try await launch.carryOut().rawValue)
  }

  private func chosen(from session: Session) throws -> [PipelineDeclaration] {
    let declared = session.checklist.pipelines
    guard !declared.isEmpty else {
      session.output.note("\(session.checklist.path) declares no pipeline\n")
      throw ExitCode(ExitStatus.usage.rawValue)
    }
    guard let pipeline else { return declared }
    if let found = declared.first(where: { $0.name == pipeline }) { return [found] }
    let nearest = declared.map(\.name).nearest(to: pipeline).map { "; did you mean \($0)?" } ?? ""
    session.output.note(
      "\(session.checklist.path) declares no pipeline \(pipeline.quoted)\(nearest)\n")
    throw ExitCode(ExitStatus.usage.rawValue)
  }
}
