internal import ArgumentParser
internal import Checklist
internal import Checks
internal import Gate

/// Runs the checks, prints the report, exits with the verdict.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Prove each item of a checklist; exit with the verdict.")

  @OptionGroup var file: ChecklistArgument
  @OptionGroup var variables: EnvFileOptions
  @OptionGroup var part: SelectionOptions
  @OptionGroup var gate: GateOptions

  @Option(
    help: ArgumentHelp(
      "Take an older receipt away; on go, write what was proved, for preflight run to take.",
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  var receipt: String?

  func validate() throws {
    guard receipt == nil || part.selection == nil else {
      throw ValidationError(
        "--receipt goes with the whole checklist, not with --only or --skip")
    }
  }

  func run() async throws {
    let session = try Session(reading: file, variables, allowingCommands: gate.allowCommands)
    let receiptFile = receipt.map { ReceiptFile(path: $0, session: session, phase: gate.phase) }
    try receiptFile?.takeAway()
    let (verdict, stopped) = try await Interruptible.run {
      try await session.askGate(gate, part.selection)
    }
    var status = stopped ?? ExitStatus(verdict, failOnWarnings: gate.failOn == .warn)
    if let receiptFile, status == .go { status = await receiptFile.keep(verdict) ?? status }
    await session.services.close()
    let next =
      switch status {
      case .go where !verdict.isPartial: session.checklist.firstRun == nil ? nil : "launch"
      default: "check"
      }
    let report = session.report(
      gate, verdict: verdict, exit: status,
      next: next.map { session.command($0, in: gate.phase) })
    guard session.write(report, gate) else { throw ExitCode(ExitStatus.internalFault.rawValue) }
    throw ExitCode(status.rawValue)
  }
}
