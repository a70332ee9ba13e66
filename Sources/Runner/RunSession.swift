internal import Checklist
internal import Core
internal import Embeddings
internal import Monitor
internal import Postgres

/// One process's part in one run: its workers, their watch, and the end.
struct RunSession: Sendable {
  /// How often the run is looked at.
  static let interval = Duration.milliseconds(250)
  /// How many connections a process has at most: to look at the run, to claim, and to write.
  static let connections = 1 + Lanes.most

  let runner: Runner
  let queue: RunQueue
  let lanes: Lanes
  let isResumed: Bool
  let stop: StopRequest
  let inFlight = InFlight()
  let worker = WorkerIdentity()
  let start = ContinuousClock.now

  init(runner: Runner, queue: RunQueue, lanes: Lanes, isResumed: Bool, stop: StopRequest) {
    self.runner = runner
    self.queue = queue
    self.lanes = lanes
    self.isResumed = isResumed
    self.stop = stop
  }

  func carryOut() async -> RunReport {
    var report = RunReport(
      ending: .interrupted, pipeline: runner.pipeline.name, jobID: queue.jobID)
    do {
      let first = try await look()
      report.storedBefore = first.observation.processed
      report.items = first.observation.total
      (report.part, report.unchanged) = (first.part, first.unchanged)
      runner.watch(
        .began(
          pipeline: runner.pipeline.name, items: first.observation.total, jobID: queue.jobID,
          isResumed: isResumed))
      try checkDimensions()
      try await settleProfile()
      report.samples = try await work()
    } catch {
      report.ending = RunSession.ending(of: error)
    }
    // The end has to be written even when this task was told to stop at once.
    let unfinished = report
    return await Task { await conclude(unfinished) }.value
  }

  /// The length that every vector must have: the columns' own, or else the declared one.
  var dimension: Int? {
    queue.sql.facts.targets.compactMap(\.dimension).first ?? runner.client.model.dimensions
  }

  private func checkDimensions() throws {
    let declared = runner.client.model.dimensions
    for (place, target) in queue.sql.facts.targets.enumerated() {
      guard let columns = target.dimension, let expected = declared ?? dimension,
        columns != expected
      else { continue }
      throw RunAbort(
        .dimensionMismatch,
        "\(target.table).\(queue.sql.vectorColumn(ofTarget: place)) takes \(columns) dimensions, "
          + "and the vectors will have \(expected)")
    }
  }

  func look() async throws(PostgresFault) -> RunRow {
    try await queue.observe(
      at: start.duration(to: .now), inFlight: inFlight.tokens.count)
  }

  private func work() async throws -> [Observation] {
    let writers = lanes.writers.map { Writer(queue: queue.over($0)) }
    let ramp = Ramp(totals: runner.options.ramp)
    let watch = RunWatch(queue, runner.conditions, inFlight: inFlight, since: start)
    let batch = runner.pipeline.batch
    let ceilings = Ceilings(items: min(batch, runner.client.profile.largestBatch ?? batch))
    let window = Window(widest: runner.workers)
    let idleWorkers = IdleWorkers()
    let claims = Claims(
      queue: queue.over(lanes.claimer), batch: batch, workers: runner.workers, ramp: ramp)
    await lanes.prepare(for: queue, claiming: claims.ahead, positions: ramp.limit)
    let result: Result<[Observation], any Error>
    do {
      result = .success(
        try await withThrowingTaskGroup(of: Part.self) { group in
          for slot in 0..<runner.workers {
            let worker = Worker(
              queue: queue.over(lanes.writers[slot % lanes.writers.count]), slot: slot,
              client: runner.client,
              requestTimeout: runner.options.requestTimeout, dimension: dimension, claims: claims,
              writer: writers[slot % writers.count],
              ceilings: ceilings, window: window, ramp: ramp, watch: watch, inFlight: inFlight,
              idleWorkers: idleWorkers, stop: stop)
            group.addTask {
              try await worker.work()
              return .worked
            }
          }
          group.addTask { .watched(try await keepWatch(watch)) }
          group.addTask {
            try await keepLeases(claims)
            return .keptLeases
          }
          var working = runner.workers
          var samples: [Observation] = []
          while let part = try await group.next() {
            switch part {
            case .worked: working -= 1
            case .watched(let seen): samples = seen
            case .keptLeases: break
            }
            // The watches end only by being cancelled, once every worker is done.
            if working == 0 { group.cancelAll() }
          }
          return samples
        })
    } catch {
      result = .failure(error)
    }
    if case .failure = result { await claims.cancel() }
    // In a task of its own, which the cancellation of this one does not reach.
    await Task { await claims.giveBack() }.value
    return try result.get()
  }

  /// What came to an end in the group of a session's tasks.
  private enum Part: Sendable {
    case worked
    case watched([Observation])
    case keptLeases
  }

  private func keepWatch(_ watch: RunWatch) async throws -> [Observation] {
    var samples = Samples()
    while !Task.isCancelled {
      let seen = try await watch.look()
      runner.watch(.observed(seen.observation))
      samples.add(seen.observation)
      // Another process may have ended the run, or found the reason to end it.
      if seen.isFinished || seen.reason != nil { break }
      try? await ContinuousClock().sleep(for: RunSession.interval)
    }
    return samples.all
  }

  private func keepLeases(_ claims: Claims) async throws {
    while !Task.isCancelled {
      let tokens = inFlight.tokens
      let held = tokens + (await claims.tokens)
      if !held.isEmpty {
        let kept = try await queue.extend(held)
        let lost = held.filter { !kept.contains($0) }
        inFlight.drop(lost)
        await claims.drop(lost)
      }
      try await queue.beat(worker, inFlight: tokens.count)
      // In thirds of a lease, so that two missed turns lose nothing.
      try? await ContinuousClock().sleep(for: queue.lease / 3)
    }
  }
}
