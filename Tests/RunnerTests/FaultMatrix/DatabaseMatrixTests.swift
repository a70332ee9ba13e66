import Core
import Monitor
import Postgres
import Sandbox
import TestWorld
import Testing

@testable import Runner

/// Rows 3 and 16 to 18 of the matrix: what the user's database does.
@Suite("Fault matrix: the database", .timeLimit(.minutes(3)))
struct DatabaseMatrixTests {
  private static let function = "increment_embedding_job_progress"

  /// The progress function with another body.
  private static func progress(_ body: String) -> String {
    """
    create or replace function \(function)(job_id uuid, increment_count integer)
    returns void language plpgsql as $$ begin \(body) end $$;
    """
  }

  private static let count = """
    update embedding_jobs set items_processed = items_processed + increment_count where id = job_id;
    """

  private static func cases(on version: Int) -> [FaultCase] {
    [
      FaultCase(
        name: "the progress function raises", sql: progress("raise exception 'no such job';"),
        version: version,
        end: .aborted(
          .progressFunction,
          "the progress function \(function) fails: no such job [P0001]")),
      FaultCase(
        name: "the progress function raises in the middle of the run",
        sql: progress(
          "\(count) if (select items_processed > 10 from embedding_jobs where id = job_id) then "
            + "raise exception 'full'; end if;"), version: version, ramp: [10],
        end: .aborted(
          .progressFunction, "the progress function \(function) fails: full [P0001]", stored: 10)),
      FaultCase(
        name: "an overload makes the progress function's call ambiguous",
        sql: """
          create function \(function)(job_id uuid, increment_count integer, note text default '')
          returns void language sql as $$ select $$;
          """, version: version,
        end: .aborted(
          .progressFunction,
          """
          the progress function \(function) fails: function \(function)(uuid, integer) is \
          not unique [42725]; the server's hint: Could not choose a best candidate function. You \
          might need to add explicit type casts.
          """)),
      FaultCase(
        name: "a slow progress function", sql: progress("perform pg_sleep(0.2); \(count)"),
        version: version, end: .verified(stored: FaultCase.items)),
      FaultCase(
        name: "one row's check refuses it",
        sql: "alter table issues add constraint no_seven check (number <> 7 or embedding is null)",
        version: version,
        change: { $0.pipeline = $0.pipeline.replacing("created_at desc", with: "number") },
        end: .verified(stored: FaultCase.items - 1, dead: ["23514": 1])),
      FaultCase(
        name: "a write that takes too long, however few rows it has",
        sql: """
          create function held_up() returns trigger language plpgsql as $$ begin
            raise exception using errcode = 'query_canceled', message = 'too long'; end $$;
          create trigger held_up before insert on similarity_cache for each row
            execute function held_up();
          """, version: version, end: .aborted(.database, "too long [57014]")),
      FaultCase(
        name: "a column more that must not be null",
        sql: "alter table similarity_cache add model_name text not null", version: version,
        ramp: [1], conditions: RunConditions(canaryItems: 1),
        end: .aborted(
          .canaryFailed,
          """
          1 of the first 1 items failed; the latest fault: null value in column "model_name" of \
          relation "similarity_cache" violates not-null constraint (Failing row contains …) [23502]
          """, dead: ["23502"])),
      FaultCase(
        name: "a deferrable constraint cannot arbitrate",
        sql: """
          alter table similarity_cache
            drop constraint similarity_cache_repository_id_item_type_item_id_key,
            add unique (repository_id, item_type, item_id) deferrable
          """, version: version,
        end: .aborted(
          .refusedWrite,
          """
          ON CONFLICT does not support deferrable unique constraints/exclusion constraints as \
          arbiters [55000]
          """)),
      FaultCase(
        name: "a partial index cannot arbitrate",
        sql: """
          alter table similarity_cache
            drop constraint similarity_cache_repository_id_item_type_item_id_key;
          create unique index on similarity_cache (repository_id, item_type, item_id)
            where ttl_hours > 0
          """, version: version,
        end: .aborted(
          .refusedWrite,
          "there is no unique or exclusion constraint matching the ON CONFLICT specification [42P10]"
        )),
      FaultCase(
        name: "a column without a dimension takes what was declared",
        sql: """
          drop view if exists items_needing_embeddings;
          alter table issues alter column embedding type vector
          """, version: version, end: .verified(stored: FaultCase.items)),
    ]
  }

  @Test("stores what it should, or nothing, and says why", arguments: cases(on: 16) + cases(on: 18))
  func written(fault: FaultCase) async throws {
    try await fault.check()
  }

  @Test(
    "that is migrated under the run ends it with what the server says",
    arguments: [
      (
        "alter table similarity_cache alter column embedding type vector(3) using null::vector(3)",
        AbortReason.dimensionMismatch, "expected 3 dimensions, not 384 [22000]"
      ),
      (
        "alter table similarity_cache drop column content_hash", .refusedWrite,
        #"column "content_hash" of relation "similarity_cache" does not exist [42703]"#
      ),
      (
        "drop table similarity_cache", .refusedWrite,
        #"relation "public.similarity_cache" does not exist [42P01]"#
      ),
    ])
  func migrated(sql: String, reason: AbortReason, words: String) async throws {
    try await TestWorld.run { world in
      world.endpoint.misbehave([.late(.seconds(1))], after: 1)
      var fixture = RunFixture(world)
      fixture.options = Runner.Options(items: FaultCase.items, ramp: [1])
      let report = try await fixture.run { event in
        guard case .observed(let seen) = event, seen.processed == 1 else { return }
        Task {
          _ = try? await world.connection.query(
            "alter table similarity_cache alter column embedding drop not null")
          _ = try? await world.connection.query(sql)
        }
      }
      #expect(report.ending == .aborted(reason, words))
      #expect(report.processed == 1)
    }
  }

  @Test("whose disk is full ends the run with what the server says, and stores nothing")
  func diskFull() async throws {
    try await TestWorld.run { world in
      let file = try #require(
        try await world.text("select pg_relation_filepath('similarity_cache')"))
      // In place of the table's file the device that never has room for what is written to it.
      try await world.connection.script(
        "copy (select) to program 'ln -sf /dev/full \(file)'", timeout: .seconds(5))
      let report = try await RunFixture(world).run()
      #expect(
        report.ending
          == .aborted(
            .database,
            "could not extend file \"\(file)\": No space left on device [53100]; "
              + "the server's hint: Check free disk space."))
      #expect([report.processed, report.failed] == [0, 0])
      #expect(
        try await world.number("select count(*) from issues where embedding is not null") == 0)
      #expect(
        try await world.text("select concat_ws(' ', status, items_processed) from embedding_jobs")
          == "failed 0")
    }
  }

  @Test("that a migration locks is waited for")
  func locked() async throws {
    try await TestWorld.run { world in
      let fixture = RunFixture(world)
      let began = AsyncStream<Void>.makeStream()
      let migration = Task {
        for await _ in began.stream { break }
        try await world.connection.script(
          """
          begin; lock table similarity_cache in access exclusive mode; select pg_sleep(1); commit
          """, timeout: .seconds(20))
      }
      let report = try await fixture.run { event in
        if case .began = event { began.continuation.yield() }
      }
      try await migration.value
      #expect(report.ending == .verified)
      #expect(report.processed == 105)
      #expect(report.failed == 0)
    }
  }

  @Test("that is read-only for a while, as a server that fails over, is asked again")
  func readOnly() async throws {
    try await TestWorld.run { world in
      let database = try #require(try await world.text("select current_database()"))
      let seen = AsyncStream<Void>.makeStream()
      let failover = Task {
        for await _ in seen.stream { break }
        try await world.connection.script(
          """
          alter database \(database) set default_transaction_read_only = on;
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid();
          select pg_sleep(1);
          alter database \(database) reset default_transaction_read_only;
          """, timeout: .seconds(20))
      }
      world.endpoint.misbehave([.late(.milliseconds(300))])
      let report = try await RunFixture(world).run { event in
        if case .observed = event { seen.continuation.yield() }
      }
      try await failover.value
      #expect(report.ending == .verified)
      #expect([report.processed, report.failed] == [105, 0])
      #expect(try await world.number("select items_processed from embedding_jobs") == 105)
    }
  }
}
