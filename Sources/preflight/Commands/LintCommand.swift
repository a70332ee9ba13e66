internal import ArgumentParser
internal import Checklist
internal import Checks
internal import Core
internal import Gate

/// Reads a checklist and says what is wrong with it, without asking anybody.
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Check a checklist itself: offline, without variables.")

  @OptionGroup var file: ChecklistArgument

  @Option(help: "Exit with 3 when there are warnings: --fail-on warn.")
  var failOn: FailOn?

  func run() throws {
    let output = Output()
    let read = ChecklistFile.read(file.checklist)
    var secrets = KnownSecrets(of: ProcessEnvironment.read())
    secrets.addCredentials(in: read.sources)
    output.hide(secrets)
    output.note(read.rendered)
    guard let checklist = read.checklist else {
      throw ExitCode(ExitStatus.invalidChecklist.rawValue)
    }
    let warnings = warnings(for: checklist, on: Timestamp.now.day)
    output.note(warnings.map { $0.rendered(quoting: read.sources) + "\n\n" }.joined())
    output.report(
      "\(checklist.path): \(checklist.checks.count.counted("check")), "
        + "\(checklist.services.count.counted("service")), "
        + "\(checklist.pipelines.count.counted("pipeline")), no fault"
        + (warnings.isEmpty ? "" : ", \(warnings.count.counted("warning"))") + "\n")
    if failOn == .warn, !warnings.isEmpty { throw ExitCode(ExitStatus.warnings.rawValue) }
  }
}
