internal import ArgumentParser
internal import Checklist
internal import Gate

/// Runs the checks, prints the report, exits with the verdict.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Prove each item of a checklist; exit with the verdict.")

  @OptionGroup var file: ChecklistArgument
  @OptionGroup var variables: EnvFileOptions
  @OptionGroup var part: SelectionOptions
  @OptionGroup var gate: GateOptions

  func run() async throws {
    let session = try Session(reading: file, variables)
    let (verdict, stopped) = try await Interruptible.run {
      try await session.askGate(gate, part.selection)
    }
    let status = stopped ?? ExitStatus(verdict, failOnWarnings: gate.failOn == .warn)
    let next =
      switch status {
      case .go where !verdict.isPartial: session.checklist.firstRun == nil ? nil : "launch"
      default: "check"
      }
    let report = session.report(
      gate, verdict: verdict, exit: status,
      next: next.map { session.command($0) })
    guard session.write(report, gate) else { throw ExitCode(ExitStatus.internalFault.rawValue) }
    throw ExitCode(status.rawValue)
  }
}
