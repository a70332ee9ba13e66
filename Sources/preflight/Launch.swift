internal import ArgumentParser
internal import Checklist
internal import Checks
internal import Core
internal import Embeddings
internal import Gate
internal import Monitor
internal import Reports
internal import Runner

/// The way from the gate into a run, and out with a report.
struct Launch: Sendable {
  let session: Session
  let gate: GateOptions
  /// In the order in which they run.
  let pipelines: [PipelineDeclaration]
  let conditions: RunConditions
  let options: Runner.Options
  var admission = Admission.checks
  /// Whether to run again for as long as rows wait.
  var untilEmpty = false
  var isFirstRun = false

  /// What a run has to show before it may begin.
  enum Admission: Sendable {
    /// A *go* of the checks, which are asked now.
    case checks
    /// The receipt of an earlier *go*, of at most this age.
    case receipt(String, olderThan: Duration)
    /// Nothing: the person asked for it that way.
    case nothing
  }

  func carryOut() async throws -> ExitStatus {
    let stop = StopRequest()
    let (end, stopped) = try await Interruptible.run(stoppingBy: stop, telling: session.output) {
      try await pass(until: stop)
    }
    let status = stopped ?? end.status
    let full = session.report(
      gate, verdict: end.verdict, runs: end.runs, exit: status, next: next(after: end, status))
    var told: Report?
    if !end.runs.isEmpty, end.verdict != nil {
      // The checks have been shown before the run began.
      told = full
      told?.verdict = nil
      told?.isContinued = true
    }
    guard session.write(full, gate, told: told) else { return .internalFault }
    return status
  }

  private struct End: Sendable {
    var verdict: Verdict?
    var runs: [RunReport] = []
    var status: ExitStatus
  }

  private func pass(until stop: StopRequest) async throws -> End {
    switch admission {
    case .checks: return try await passChecks(until: stop)
    case .receipt(let path, let limit): return try await show(path, limit, until: stop)
    case .nothing:
      let runs = try await runs(under: .ungated(), until: stop)
      return End(runs: runs, status: status(of: runs))
    }
  }

  private func show(
    _ path: String, _ limit: Duration, until stop: StopRequest
  ) async throws -> End {
    let file = ReceiptFile(path: path, session: session, phase: gate.phase)
    let clearance: Clearance
    do throws(ReceiptFile.Fault) {
      clearance = try await file.clearance(olderThan: limit)
    } catch {
      await session.services.close()
      let lines = error.reasons.map { "\(path.escaped): \($0)\n" }
      session.output.note(lines.joined())
      return End(status: error.status)
    }
    await session.services.close()
    let runs = try await runs(under: clearance, until: stop)
    return End(runs: runs, status: status(of: runs))
  }

  private func passChecks(until stop: StopRequest) async throws -> End {
    let verdict = try await session.askGate(gate)
    await session.services.close()
    let status = ExitStatus(verdict, failOnWarnings: gate.failOn == .warn)
    guard status == .go, !stop.isRequested, let clearance = verdict.clearance() else {
      return End(verdict: verdict, status: status)
    }
    if session.tellsPeople(gate) {
      let shown = session.report(gate, verdict: verdict, exit: .go)
      session.output.report(
        shown.rendered(as: .text, style: session.style(.output, gate)) + "\n")
    }
    let runs = try await runs(under: clearance, until: stop)
    return End(verdict: verdict, runs: runs, status: self.status(of: runs))
  }

  /// One run for each pipeline; after a wish to stop, none is begun any more.
  private func runs(
    under clearance: consuming Clearance, until stop: StopRequest
  ) async throws -> [RunReport] {
    // All are filled before the first begins.
    var all: [PipelineServices] = []
    do throws(SettingFault) {
      for pipeline in pipelines { all.append(try session.services.services(for: pipeline)) }
    } catch {
      session.output.note("\(error.location): \(error.message)\n")
      throw ExitCode(ExitStatus.undecided.rawValue)
    }
    var leave: Clearance? = consume clearance
    var runs: [RunReport] = []
    for services in all {
      guard !stop.isRequested else {
        runs.append(RunReport(ending: .interrupted, pipeline: services.pipeline.name))
        continue
      }
      runs.append(await run(services, under: leave.take() ?? .ungated(), until: stop))
    }
    return runs
  }

  private func run(
    _ services: PipelineServices, under clearance: consuming Clearance, until stop: StopRequest
  ) async -> RunReport {
    let price = KnownModel.named(services.client.model.model)?.dollarsPerMillionTokens
    let live = LiveRun(
      pipeline: services.pipeline.name, style: session.style(.error, gate),
      dollarsPerMillionTokens: price, output: session.output)
    let runner = Runner(
      pipeline: services.pipeline, database: services.database, client: services.client,
      conditions: conditions, options: options, redactor: session.redactor
    ) { live.take($0) }
    var report = await runner.run(under: clearance, until: stop)
    var waiting = runner
    // What is embedded anew is so once.
    waiting.options.all = false
    while untilEmpty, report.ending == .verified, report.processed > 0, !stop.isRequested {
      let more = await waiting.run(under: .ungated(), until: stop)
      if more.ending == .nothingToDo {
        if options.condition == nil, !options.all { report.part = nil }
        break
      }
      report = more.following(report)
    }
    live.end()
    // A first run is as large as the checklist has it.
    if isFirstRun { report.part = nil }
    return report
  }

  /// The worst of what each run comes to.
  private func status(of runs: [RunReport]) -> ExitStatus {
    let all = runs.map(status)
    return all.first { $0 == .runFailed } ?? all.first { $0 == .runUndecided } ?? .go
  }

  private func status(of run: RunReport) -> ExitStatus {
    switch run.ending {
    case .verified: .go
    case .nothingToDo: conditions.allowsEmpty ? .go : .runUndecided
    case .interrupted: .runUndecided
    // A provider that let nothing through says nothing about the pipeline.
    case .aborted(.deadline, _), .aborted(.throttled, _):
      run.processed == 0 ? .runUndecided : .runFailed
    case .aborted: .runFailed
    }
  }

  private func next(after end: End, _ status: ExitStatus) -> String? {
    guard !end.runs.isEmpty else {
      if case .receipt(let path, _) = admission {
        return session.command("check", in: gate.phase) + " --receipt \(path)"
      }
      return session.command("check", in: gate.phase)
    }
    return switch status {
    case .go: end.verdict != nil ? "\(session.command("run", in: gate.phase)) --until-empty" : nil
    default: session.command("jobs")
    }
  }
}

extension RunReport {
  /// This report with the counts of the one before it added.
  fileprivate func following(_ earlier: RunReport) -> RunReport {
    var sum = self
    sum.items += earlier.items
    sum.processed += earlier.processed
    sum.failed += earlier.failed
    sum.skipped += earlier.skipped
    sum.unchanged += earlier.unchanged
    sum.storedBefore += earlier.storedBefore
    sum.duration += earlier.duration
    sum.requests += earlier.requests
    sum.retries += earlier.retries
    sum.tokens += earlier.tokens
    sum.dollars = earlier.dollars.map { $0 + (dollars ?? 0) }
    return sum
  }
}
