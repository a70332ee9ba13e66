import Core
import Embeddings
import Monitor
import Postgres
import Sandbox
import TestWorld
import Testing

@testable import Runner

/// One row of the fault matrix: what is planted in a world, and how a run in it has to end.
struct FaultCase: Sendable, CustomTestStringConvertible {
  enum End: Sendable, Equatable {
    /// Verified, with so many rows stored and so many given up, by class.
    case verified(stored: Int, dead: [String: Int] = [:])
    /// Aborted for this reason, in these words.
    ///
    /// The rows that were stored before, and the classes of those that were given up: how many of
    /// these there were when the watch looked is chance.
    case aborted(AbortReason, String, stored: Int = 0, dead: Set<String> = [])
  }

  static let items = 25

  let name: String
  /// How the endpoint misbehaves, after so many good answers, for so many requests (nil: for ever).
  var behaviours: Set<EndpointBehaviour> = []
  var after = 0
  var forNext: Int?
  /// Run in the world before.
  var sql = ""
  var version = 18
  var ramp: [Int] = []
  var timeout = Duration.seconds(20)
  var conditions = RunConditions(
    failedItems: Comparison(.above, .fraction(0.5)),
    processed: Comparison(.atLeast, .fraction(0.5)))
  /// How much of a text is embedded.
  var characters = 2_000
  /// Changes to the fixture that the other settings do not reach.
  var change: @Sendable (inout RunFixture) -> Void = { _ in }
  let end: End

  var testDescription: String { version == 18 ? name : "\(name) (Postgres \(version))" }

  /// Runs the case in a world of its own, holds all that it left against what it should have, and lets
  /// `further` look at what this case alone shows.
  func check(_ further: (TestWorld, RunReport) async throws -> Void = { _, _ in }) async throws {
    try await TestWorld.run(on: version) { world in
      try await Installation(database: Database(world.url)).install()
      try await world.connection.script(FaultCase.journal + sql, timeout: .seconds(30))
      world.endpoint.misbehave(behaviours, after: after, forNext: forNext)
      var fixture = RunFixture(world)
      fixture.options = Runner.Options(items: FaultCase.items, ramp: ramp, requestTimeout: timeout)
      fixture.conditions = conditions
      change(&fixture)
      let report = try await fixture.run()
      try await expectEnd(report, world)
      try await expectNothingWrong(world)
      try await further(world, report)
    }
  }

  /// What the run's items and row went through, since the run's end sweeps it away.
  private static let journal = """
    create table stored_items (key text, attempts integer, soft_faults integer);
    create function note_stored() returns trigger language plpgsql as $$
      begin insert into stored_items
        select key, new.attempts, new.soft_faults from unnest(new.keys) as key;
      return null; end $$;
    create trigger note_stored after insert on preflight.batch for each row
      when (new.state = 2) execute function note_stored();
    create table pauses (seconds double precision);
    create function note_pause() returns trigger language plpgsql as $$
      begin insert into pauses values (extract(epoch from new.pause_until - clock_timestamp()));
      return null; end $$;
    create trigger note_pause after update on preflight.run for each row
      when (new.pause_until > old.pause_until) execute function note_pause();

    """

  private func expectEnd(_ report: RunReport, _ world: TestWorld) async throws {
    let dead = try await world.connection.query(
      "select class, count(*) as items from preflight.dead group by class")
    var classes: [String: Int] = [:]
    for row in dead { classes[try row.text("class")] = try row.int("items") }
    #expect(try await world.number("select count(*) from preflight.batch") == 0)
    let job = try await world.text(
      "select concat_ws(': ', status, error_message) from embedding_jobs where items_total > 0")
    switch end {
    case .verified(let stored, let expected):
      #expect(report.ending == .verified)
      #expect(report.processed == stored)
      #expect(classes == expected)
      let failures = expected.values.reduce(0, +)
      #expect(
        job == "completed"
          + (failures > 0 ? ": \(failures) of \(FaultCase.items) items failed" : ""))
    case .aborted(let reason, let words, let stored, let expected):
      #expect(report.ending.abortReason == reason)
      let detail = try #require(report.ending.abortDetail)
      #expect(FaultCase.withoutFigures(detail) == words)
      #expect(report.processed == stored)
      #expect(Set(classes.keys) == expected)
      #expect(job == "failed: \(detail)")
      #expect(
        try await world.text("select concat_ws(' ', state, reason) from preflight.run")
          == "aborted \(reason.rawValue)")
    }
  }

  /// The words with what differs from one time to the next taken out: times, ports, counts of bytes.
  private static func withoutFigures(_ words: String) -> String {
    words.replacing(/\b\d+(\.\d+)?(ms|s)\b/, with: "<time>").replacing(
      /:\d{4,5}\b/, with: ":<port>"
    )
    .replacing(/port \d+/, with: "port <port>")
    .replacing(/connection: .*;/, with: "connection: <the TLS library's words>;")
    .replacing(/\(Failing row contains .*\) \[/, with: "(Failing row contains …) [")
  }

  /// Whatever happened: each stored vector is the one of its row's own text, in both targets, and as
  /// many are counted as are stored.
  private func expectNothingWrong(_ world: TestWorld) async throws {
    let rows = try await world.connection.query(
      """
      select left(concat_ws(' ', '[ISSUE]', title, body), \(characters)) as text,
        issues.embedding::text as vector, similarity_cache.embedding::text as cached
      from issues full join similarity_cache on similarity_cache.item_id = issues.id
      where issues.embedding is not null or similarity_cache.embedding is not null
      """)
    let model = FeatureHashing(dimensions: 384)
    for row in rows {
      let right = model.vector(of: try row.text("text"))
      for place in [1, 2] {
        let stored = FaultCase.floats(try row.text(.at(place)))
        #expect(
          stored.count == right.count && zip(stored, right).allSatisfy { abs($0 - $1) < 1e-5 },
          "a wrong vector is stored")
      }
    }
    #expect(
      try await world.number("select coalesce(sum(items_processed), 0) from embedding_jobs")
        == rows.count)
    #expect(try await world.number("select count(distinct key) from stored_items") == rows.count)
    #expect(try await world.number("select count(*) from stored_items") == rows.count)
  }

  private static func floats(_ vector: String) -> [Float] {
    vector.dropFirst().dropLast().split(separator: ",").compactMap { Float($0) }
  }
}
