internal import ArgumentParser
internal import Checklist
internal import Checks
internal import Core
internal import Gate
internal import HTTP
internal import Monitor
internal import Reports

/// One call of the program with a checklist that can be read.
struct Session: Sendable {
  let output: Output
  /// The process's own, which decides how text looks.
  let environment: [String: String]
  let checklist: Checklist
  let services: Services
  let redactor: Redactor
  private let envFiles: [String]
  private let allowsCommands: Bool
  private let startedAt = Timestamp.now
  private let start = ContinuousClock.now

  /// Reads the checklist and the env files; where one is invalid, says why and ends the program
  /// with 78.
  init(
    reading file: ChecklistArgument, _ variables: EnvFileOptions, allowingCommands: Bool = false
  ) throws(ExitCode) {
    output = Output()
    environment = ProcessEnvironment.read()
    let files = EnvFiles.read(variables.envFile)
    let named = files.variables.merging(environment) { _, own in own }
    let read = ChecklistFile.read(file.checklist)
    var secrets = KnownSecrets(of: named)
    secrets.addCredentials(in: read.sources)
    output.hide(secrets)
    output.note(read.rendered)
    // Without their lines: these hold secrets that nobody has read yet.
    output.note(files.diagnostics.map { $0.rendered(quoting: []) + "\n\n" }.joined())
    guard let checklist = read.checklist, files.diagnostics.isEmpty else {
      throw ExitCode(ExitStatus.invalidChecklist.rawValue)
    }
    self.checklist = checklist
    let values = SecretFiles.read(secretNames(in: checklist), in: named)
    services = Services(
      of: checklist, variables: values, directory: ".",
      http: HTTPClient(trusting: environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }),
      allowsCommands: allowingCommands)
    secrets = KnownSecrets(of: checklist, values, in: ".")
    output.hide(secrets)
    redactor = secrets.redactor
    envFiles = variables.envFile
    allowsCommands = allowingCommands
  }

  /// A command on the same checklist with the same variables, to be typed next.
  ///
  /// - Parameters:
  ///   - name: the command's.
  ///   - phase: the part of a delivery, for a command that asks checks.
  /// - Returns: the line.
  func command(_ name: String, in phase: Phase = .preDeploy) -> String {
    (["preflight \(name) \(checklist.path)"] + envFiles.map { "--env-file \($0)" }
      + (phase == .preDeploy ? [] : ["--phase \(phase.rawValue)"])
      // A list of jobs asks no check.
      + (allowsCommands && name != "jobs" ? ["--allow-commands"] : [])).joined(separator: " ")
  }

  /// How text looks on one of the streams.
  func style(_ terminal: Terminal, _ options: GateOptions) -> Style {
    Style(
      isColored: options.color.isColored(
        environment: environment, isTerminal: terminal.isTerminal),
      isUnicode: Style.showsUnicode(in: environment),
      width: terminal.width(environment: environment), isVerbose: options.verbose)
  }

  /// Asks the gate, with live lines on a terminal; the services stay open.
  ///
  /// - Parameters:
  ///   - options: the phase and the deadline among them.
  ///   - selection: what is left of the checklist; nil for the whole of it.
  /// - Returns: the verdict; cancelling the task ends it early.
  /// - Throws: an exit code where there is no check to ask, after saying so.
  func askGate(
    _ options: GateOptions, _ selection: CheckSelection? = nil
  ) async throws(ExitCode) -> Verdict {
    let plan = try plan(options, selection)
    let live = LiveChecks(
      planned: plan.checks.count, style: style(.error, options), redactor: redactor,
      output: output)
    let gate = Gate(deadline: options.deadline) { live.take($0) }
    return await live.shown { await gate.carryOut(plan) }
  }

  /// What the gate would ask.
  ///
  /// - Parameters:
  ///   - options: the phase among them.
  ///   - selection: what is left of the checklist; nil for the whole of it.
  /// - Returns: the plan.
  /// - Throws: an exit code where there is no check to ask, after saying so.
  func plan(
    _ options: GateOptions, _ selection: CheckSelection? = nil
  ) throws(ExitCode) -> Plan {
    do throws(PlanningFault) {
      return try Checks.plan(
        for: checklist, in: options.phase, with: services, selecting: selection)
    } catch {
      output.note("\(checklist.path): \(error.message)\n")
      throw ExitCode(ExitStatus.usage.rawValue)
    }
  }

  func report(
    _ options: GateOptions, verdict: Verdict?, runs: [RunReport] = [], exit: ExitStatus,
    next: String? = nil
  ) -> Report {
    Report(
      toolVersion: Preflight.version, checklistPath: checklist.path,
      checklistDigest: checklist.digest, phase: options.phase, startedAt: startedAt,
      duration: start.duration(to: .now), verdict: verdict, runs: runs, exit: exit, next: next,
      redactor: redactor)
  }

  /// Writes every report that was asked for.
  ///
  /// - Parameters:
  ///   - report: what there is to say.
  ///   - options: which reports were asked for.
  ///   - told: a shorter report for standard output, where people have read the rest already.
  /// - Returns: whether each could be written.
  func write(_ report: Report, _ options: GateOptions, told: Report? = nil) -> Bool {
    var isComplete = true
    let requests = options.report.isEmpty ? [ReportRequest(.text)] : options.report
    for request in requests {
      switch request.destination {
      case .standardOutput:
        let shown = request.format == .text ? told ?? report : report
        output.report(shown.rendered(as: request.format, style: style(.output, options)))
      case .file(let path):
        let plain = Style(isColored: false, isVerbose: options.verbose)
        do throws(ReportFile.Fault) {
          let document = output.redacted(report.rendered(as: request.format, style: plain))
          try ReportFile.write(document, to: path)
        } catch {
          output.note("\(error.message)\n")
          isComplete = false
        }
      }
    }
    return isComplete
  }

  /// Whether people read text on standard output while the command works.
  func tellsPeople(_ options: GateOptions) -> Bool {
    options.report.isEmpty
      || options.report.contains { $0.format == .text && $0.destination == .standardOutput }
  }
}

extension ReadChecklist {
  /// The diagnostics as people read them, each with an empty line after it.
  var rendered: String {
    diagnostics.map { $0.rendered(quoting: sources) + "\n\n" }.joined()
  }
}
