internal import ArgumentParser
internal import Checklist
internal import Checks
internal import Core
internal import Reports

/// Which checklist a command works on.
struct ChecklistArgument: ParsableArguments {
  @Argument(
    help: "The checklist; preflight.yaml or checklists/embeddings.yaml where none is named.",
    completion: .file(extensions: ["yaml", "yml"]))
  var checklist: String?
}

/// Which variables a command knows beside those of the environment.
struct EnvFileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read variables, NAME=value a line, from a file, or with - from standard input; may be given "
        + "again, and the last file wins, but a variable of the environment wins over all files.",
      valueName: "file"),
    completion: .file())
  var envFile: [String] = []

  func validate() throws {
    guard envFile.count(where: { $0 == InputFile.standardInput }) <= 1 else {
      throw ValidationError("--env-file - reads standard input, which can be read only once")
    }
  }
}

/// Which part of the checklist is asked.
struct SelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Ask only these, and what they need: an id, a kind, or a pattern such as 'db.*'; may be "
        + "given again.",
      valueName: "filter"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp("Leave these out; filters as for --only.", valueName: "filter"))
  var skip: [String] = []

  /// Nil where the whole checklist is asked.
  var selection: CheckSelection? {
    only.isEmpty && skip.isEmpty ? nil : CheckSelection(only: only, skip: skip)
  }
}

/// The same options at a command that starts a run, which a part of a checklist never clears.
struct RefusedSelectionOptions: ParsableArguments {
  @Option(help: .hidden) var only: [String] = []
  @Option(help: .hidden) var skip: [String] = []

  func validate() throws {
    guard only.isEmpty, skip.isEmpty else {
      throw ValidationError(
        "--only and --skip belong to preflight check: a part of a checklist clears no run")
    }
  }
}

/// How the checks are asked, and how a command reports.
struct GateOptions: ParsableArguments {
  @Option(help: "The part of a delivery: ci, pre-deploy or post-deploy.")
  var phase: Phase = .preDeploy

  @Option(
    help: ArgumentHelp(
      "text or json, to standard output or to a file; may be given again.",
      valueName: "format[=path]"),
    transform: ReportRequest.init(argument:))
  var report: [ReportRequest] = []

  @Option(help: "Exit with 3 when there are warnings: --fail-on warn.")
  var failOn: FailOn?

  @Option(
    help: "When to give up on checks that have not ended, as 30s or 2m.",
    transform: Duration.init(argument:))
  var deadline: Duration?

  @Flag(
    help: ArgumentHelp(
      "Run the programs that the checklist's command checks name; they may do anything."))
  var allowCommands = false

  @Option(help: "auto, always or never.")
  var color: ColorChoice = .auto

  @Flag(name: [.short, .long], help: "Show evidence, and what the passed checks say.")
  var verbose = false

  func validate() throws {
    if let deadline, deadline <= .zero {
      throw ValidationError("--deadline must be longer than 0s")
    }
    for (place, request) in report.enumerated()
    where report[..<place].contains(where: { $0.destination == request.destination }) {
      throw ValidationError(
        ReportRequest.Fault.sameDestination(request.destination).message)
    }
  }
}

enum FailOn: String, ExpressibleByArgument, CaseIterable {
  case warn
}

extension Phase: ExpressibleByArgument {}
extension ColorChoice: ExpressibleByArgument {}

extension ReportRequest {
  fileprivate init(argument: String) throws {
    do throws(Fault) {
      try self.init(text: argument)
    } catch {
      throw ValidationError(error.message)
    }
  }
}

extension Duration {
  /// Reads a duration of the command line.
  init(argument: String) throws {
    guard let duration = Duration(text: argument) else {
      throw ValidationError("\(argument.quoted) is no duration such as 500ms, 10s or 2m")
    }
    self = duration
  }
}
