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
  let pipeline: PipelineDeclaration
  let conditions: RunConditions
  let options: Runner.Options
  var admission = Admission.checks
  /// Whether to run again for as long as rows wait.
  var untilEmpty = false

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
    let (end, stopped) = try await Interruptible.run(stoppingBy: stop) {
      try await pass(until: stop)
    }
    let status = stopped ?? end.status
    let full = session.report(
      gate, verdict: end.verdict, run: end.run, exit: status, next: next(after: end, status))
    var told: Report?
    if end.run != nil, end.verdict != nil {
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
    var run: RunReport?
    var status: ExitStatus
  }

  private func pass(until stop: StopRequest) async throws -> End {
    switch admission {
    case .checks: return try await passChecks(until: stop)
    case .receipt(let path, let limit): return try await show(path, limit, until: stop)
    case .nothing:
      let run = try await run(under: .ungated(), until: stop)
      return End(run: run, status: status(of: run))
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
    let run = try await run(under: clearance, until: stop)
    return End(run: run, status: status(of: run))
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
    let run = try await run(under: clearance, until: stop)
    return End(verdict: verdict, run: run, status: self.status(of: run))
  }

  private func run(
    under clearance: consuming Clearance, until stop: StopRequest
  ) async throws -> RunReport {
    let services: PipelineServices
    do throws(SettingFault) {
      services = try session.services.services(for: pipeline)
    } catch {
      session.output.note("\(error.location): \(error.message)\n")
      throw ExitCode(ExitStatus.undecided.rawValue)
    }
    let price = KnownModel.named(services.client.model.model)?.dollarsPerMillionTokens
    let live = LiveRun(
      pipeline: services.pipeline.name, style: session.style(.error, gate),
      dollarsPerMillionTokens: price, output: session.output)
    let runner = Runner(
      pipeline: services.pipeline, database: services.database, client: services.client,
      conditions: conditions, options: options, redactor: session.redactor
    ) { live.take($0) }
    var report = await runner.run(under: clearance, until: stop)
    while untilEmpty, report.ending == .verified, report.processed > 0, !stop.isRequested {
      let more = await runner.run(under: .ungated(), until: stop)
      guard more.ending != .nothingToDo else { break }
      report = more.following(report)
    }
    live.end()
    return report
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
    guard end.run != nil else {
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
    sum.storedBefore += earlier.storedBefore
    sum.duration += earlier.duration
    sum.requests += earlier.requests
    sum.retries += earlier.retries
    sum.tokens += earlier.tokens
    sum.dollars = earlier.dollars.map { $0 + (dollars ?? 0) }
    return sum
  }
}
