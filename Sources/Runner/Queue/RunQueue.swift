internal import Checklist
internal import Core
internal import Monitor
internal import Postgres

/// One run's queue: every change to it is one statement.
struct RunQueue: Sendable {
  /// What a killed worker held is free again after this time; a living one extends it in thirds.
  static let lease = Duration.seconds(15)
  /// How often an item may be claimed and never answered for, before it counts as what kills.
  static let attempts = 5

  let runID: String
  let jobID: String?
  let sql: PipelineSQL
  /// What others say may hold a secret, and a row is read by people who know none.
  let redactor: Redactor
  let database: Database
  /// How long a claim holds without being extended.
  var lease: Duration
  /// Written once: it is long, and comes often.
  private let finish: String

  init(
    runID: String, jobID: String?, sql: PipelineSQL, redactor: Redactor, database: Database,
    lease: Duration = RunQueue.lease
  ) {
    self.runID = runID
    self.jobID = jobID
    self.sql = sql
    self.redactor = redactor
    self.database = database
    self.lease = lease
    finish = sql.finish
  }

  /// Others' words as a row may keep them.
  func told(_ words: String) -> Parameter { .text(redactor.redact(words)) }

  /// The same queue over another connection.
  func over(_ database: Database) -> RunQueue {
    RunQueue(
      runID: runID, jobID: jobID, sql: sql, redactor: redactor, database: database, lease: lease)
  }

  /// Leases batches of up to `size` items, of all or of the first `positions` of the run.
  ///
  /// What of them is not to be embedded now leaves them at once: what is beyond the size or the
  /// positions, what has no text any more, and what was claimed too often.
  func claim(
    _ size: Int, batches: Int, positions: Int?
  ) async throws(PostgresFault) -> Claimed {
    let rows = try await database.query(claiming(batches: batches, positions: positions))
    var claimed = try Claimed(rows, size: size, positions: positions, attempts: RunQueue.attempts)
    let tokens = claimed.batches.map(\.token)
    if !claimed.beyond.isEmpty {
      try await release(claimed.beyond, tokens: tokens, wait: .zero, softFaults: 0)
    }
    if !claimed.gone.isEmpty {
      _ = try await database.query(
        QueueSQL.leaveOut, [.text(runID), .textArray(tokens), .int4Array(claimed.gone)])
    }
    if !claimed.spent.isEmpty {
      try await bury(
        claimed.spent, tokens: tokens, class: "crash-loop",
        detail: "its worker ended \(RunQueue.attempts) times without an answer")
    }
    claimed.batches.removeAll(where: \.items.isEmpty)
    return claimed
  }

  /// What leases so many batches.
  func claiming(batches: Int, positions: Int?) -> Command {
    Command(
      sql: sql.claim(batches),
      parameters: [
        .text(runID), positions.map { .int4(Int32(clamping: $0)) } ?? .null, .float8(lease.seconds),
      ])
  }

  /// Stores what requests have brought, all or nothing, and answers how many items were stored.
  func finish(_ embedded: [Embedded]) async throws(PostgresFault) -> Int {
    try await database.query(finishing(embedded)).first?.int("stored") ?? 0
  }

  /// What stores what requests have brought.
  func finishing(_ embedded: [Embedded]) -> Command {
    let vector = sql.facts.vector
    let items = embedded.flatMap(\.items)
    return Command(
      sql: finish,
      parameters: [
        .text(runID), .textArray(embedded.map(\.token)), .int4Array(items.map(\.position)),
        .vectors(
          embedded.flatMap(\.vectors), arrayOID: vector.arrayOID, elementOID: vector.typeOID),
        .int8(Int64(embedded.reduce(0) { $0 + $1.tokens })), jobID.map { .text($0) } ?? .null,
        .textArray(items.map(\.hash)),
        .int4(Int32(embedded.reduce(0) { $0 + $1.requests })),
      ])
  }

  /// Gives items back, to be claimed again after a wait; no attempt is charged.
  func release(
    _ items: [ClaimedItem], token: String, wait: Duration, softFaults: Int
  ) async throws(PostgresFault) {
    try await release(
      items.map(\.position), tokens: [token], wait: wait, softFaults: softFaults)
  }

  private func release(
    _ positions: [Int32], tokens: [String], wait: Duration, softFaults: Int
  ) async throws(PostgresFault) {
    _ = try await database.query(
      QueueSQL.release,
      [
        .text(runID), .textArray(tokens), .int4Array(positions), .float8(wait.seconds),
        .int2(Int16(softFaults)),
      ])
  }

  /// Gives items up for good, with the class of the fault and its words.
  func bury(
    _ items: [ClaimedItem], tokens: [String], class name: String, detail: String
  ) async throws(PostgresFault) {
    _ = try await database.query(
      QueueSQL.bury,
      [
        .text(runID), .textArray(tokens), .int4Array(items.map(\.position)), .text(name),
        told(detail), .textArray(items.map(\.hash)),
      ])
  }

  /// Extends the leases under these tokens.
  ///
  /// - Returns: the tokens under which something is still leased.
  func extend(_ tokens: [String]) async throws(PostgresFault) -> Set<String> {
    let rows = try await database.query(
      QueueSQL.extend, [.text(runID), .textArray(tokens), .float8(lease.seconds)])
    var kept: Set<String> = []
    for row in rows { kept.insert(try row.text("token")) }
    return kept
  }

  /// Whether anything is still pending, and whether anything is leased to somebody.
  func remaining() async throws(PostgresFault) -> (pending: Bool, leased: Bool) {
    guard let row = try await database.query(QueueSQL.remaining, [.text(runID)]).first else {
      return (false, false)
    }
    return (try row.bool("pending"), try row.bool("leased"))
  }

  func leaveCanary() async throws(PostgresFault) {
    _ = try await database.query(QueueSQL.leaveCanary, [.text(runID)])
  }

  /// Marks the run to be given up; every worker stops at its next claim.
  func abort(_ reason: AbortReason, _ detail: String) async throws(PostgresFault) {
    _ = try await database.query(
      QueueSQL.abort,
      [.text(runID), .text(reason.rawValue), told(detail)])
  }
}

/// What a look at the run's row tells.
struct RunRow: Sendable, Equatable {
  var state: RunState
  var reason: AbortReason?
  var detail: String?
  var isFinished: Bool
  /// The choice of rows in words, where it left any out.
  var part: String?
  /// Rows that had their vectors already.
  var unchanged: Int
  var observation: Observation
}

extension RunQueue {
  /// Looks at the run; times and requests in flight are this process's own.
  func observe(at time: Duration, inFlight: Int) async throws(PostgresFault) -> RunRow {
    guard let row = try await database.query(QueueSQL.observe, [.text(runID)]).first else {
      throw .connectionLost(reason: "the run's row is gone from preflight.run")
    }
    let seen = Observation(
      at: time, total: try row.int("total"), processed: try row.int("processed"),
      failed: try row.int("failed"), skipped: try row.int("skipped"), inFlight: inFlight,
      requests: try row.int("requests"), retries: try row.int("retries"),
      tokens: try row.int("tokens"), isPaused: try row.bool("is_paused"),
      isOut: try row.bool("is_out"),
      latestFault: try row.optionalText("latest_fault"))
    let reason = try row.optionalText("reason")
    // A word of a newer version must not be taken for a run that goes on.
    guard let state = RunState(rawValue: try row.text("state")),
      reason == nil || reason.flatMap(AbortReason.init(rawValue:)) != nil
    else { throw .undecodable(column: "state or reason", type: "preflight.run") }
    return RunRow(
      state: state, reason: reason.flatMap(AbortReason.init(rawValue:)),
      detail: try row.optionalText("detail"), isFinished: try row.bool("is_finished"),
      part: try row.optionalText("part"), unchanged: try row.int("unchanged"),
      observation: seen)
  }
}
