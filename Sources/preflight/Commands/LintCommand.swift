internal import ArgumentParser
internal import Checklist
internal import Core
internal import Gate

/// Reads a checklist and says what is wrong with it, without asking anybody.
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Check a checklist itself: offline, without variables.")

  @OptionGroup var file: ChecklistArgument

  func run() throws {
    let output = Output()
    let read = ChecklistFile.read(file.checklist)
    output.note(read.rendered)
    guard let checklist = read.checklist else {
      throw ExitCode(ExitStatus.invalidChecklist.rawValue)
    }
    output.report(
      "\(checklist.path): \(checklist.checks.count.counted("check")), "
        + "\(checklist.services.count.counted("service")), "
        + "\(checklist.pipelines.count.counted("pipeline")), no fault\n")
  }
}
