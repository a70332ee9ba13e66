package import Checklist
package import Core
package import Embeddings
package import Gate
package import Monitor
internal import Postgres

/// Something that happened in a run, for whoever watches.
package enum RunEvent: Sendable {
  case began(pipeline: String, items: Int, jobID: String?, isResumed: Bool)
  case observed(Observation)
  case auditing
}

/// Embeds the rows of one pipeline under watch, and says how it ended.
package struct Runner: Sendable {
  /// How much to run, and how carefully.
  package struct Options: Sendable {
    /// How many rows at most; nil for all that wait.
    package var items: Int?
    /// A further SQL condition on a source row; nil for all that wait.
    package var condition: String?
    /// Whether rows that have their vector already are embedded anew, as after a change of model.
    package var all: Bool
    /// How many items may be begun before those are all finished, in growing order; empty for no
    /// ramp.
    package var ramp: [Int]
    /// How many requests this process has under way at once; nil for the pipeline's own number.
    package var workers: Int?
    /// How long one request may take.
    package var requestTimeout: Duration
    /// How long a claim holds without being extended; tests are in a hurry.
    var lease = RunQueue.lease

    package init(
      items: Int? = nil, condition: String? = nil, all: Bool = false, ramp: [Int] = [],
      workers: Int? = nil, requestTimeout: Duration = .seconds(60)
    ) {
      self.items = items
      self.condition = condition
      self.all = all
      self.ramp = ramp
      self.workers = workers
      self.requestTimeout = requestTimeout
    }

    var choice: Choice { Choice(items: items, condition: condition, all: all) }
  }

  let pipeline: Pipeline
  let database: Secret
  let client: EmbeddingClient
  let conditions: RunConditions
  package var options: Options
  let redactor: Redactor
  let watch: @Sendable (RunEvent) -> Void

  /// - Parameters:
  ///   - pipeline: what to embed, and where the vectors go.
  ///   - database: the connection URL.
  ///   - client: what embeds.
  ///   - conditions: when the run is given up, and when it is verified.
  ///   - options: how much, and how carefully.
  ///   - redactor: takes secrets out of what rows keep of others' words.
  ///   - watch: is told what happens, from several tasks.
  package init(
    pipeline: Pipeline, database: Secret, client: EmbeddingClient, conditions: RunConditions,
    options: Options, redactor: Redactor, watch: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.pipeline = pipeline
    self.database = database
    self.client = client
    self.conditions = conditions
    self.options = options
    self.redactor = redactor
    self.watch = watch
  }

  /// How many requests this process has under way at once.
  var workers: Int { options.workers ?? pipeline.concurrency }

  /// Runs the pipeline once, or goes on with the run that a killed process left open.
  ///
  /// Everything that can go wrong is part of the report: the call does not throw.
  ///
  /// - Parameters:
  ///   - clearance: used up by this run.
  ///   - stop: asks for a soft end: what is under way is finished, nothing more is begun.
  /// - Returns: how the run ended.
  package func run(
    under clearance: consuming Clearance, until stop: StopRequest
  ) async -> RunReport {
    // The leave is used up here, whatever becomes of the run.
    _ = clearance.basis
    let url = database
    let database = Database(url, timeout: Database.longest)
    let lanes = Lanes(to: url, contact: database.contact, workers: workers)
    let report = await report(over: database, lanes, until: stop)
    await lanes.close()
    await database.close()
    return report
  }

  private func report(
    over database: Database, _ lanes: Lanes, until stop: StopRequest
  ) async -> RunReport {
    do {
      try await Installation(database: database).install()
      // Not before the server has let this process in once: where it refuses, it is asked once.
      async let opened: Void = lanes.open()
      let facts = try await CatalogReader(database: database).facts(for: pipeline)
      let sql = PipelineSQL(pipeline: pipeline, facts: facts, choice: options.choice)
      try await SourceJudgement(sql: sql, database: database).judge()
      let opening = RunOpening(
        sql: sql, model: client.model.identity, hasRamp: !options.ramp.isEmpty,
        redactor: redactor, database: database)
      switch try await opening.open() {
      case .nothingToDo(let unchanged):
        return RunReport(ending: .nothingToDo, pipeline: pipeline.name, unchanged: unchanged)
      case .held:
        throw RunAbort(
          .database,
          "a worker is running pipeline \(pipeline.name) with another definition, model or choice of rows; "
            + "stop it, or wait for its end")
      case .run(var queue, let isResumed):
        queue.lease = options.lease
        let session = RunSession(
          runner: self, queue: queue, lanes: lanes, isResumed: isResumed, stop: stop)
        await opened
        return await session.carryOut()
      }
    } catch {
      return RunReport(ending: RunSession.ending(of: error), pipeline: pipeline.name)
    }
  }
}

extension EmbeddingModel {
  /// What vectors depend on: a run never mixes two of these.
  var identity: String { "\(baseURL) \(model) \(dimensions.map(String.init) ?? "native")" }
}
