import Gate
import Postgres
import Sandbox
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct RoundTripRightsTests {
  private static let worker = "\(RoundTripCheckTests.cache), as: embedding_worker"

  /// Tells what the check says after some SQL, and that its fix, run as SQL, mends it.
  private static func mended(
    _ check: String, after sql: String, _ faults: Set<SandboxFault>, _ expected: Finding
  ) async throws {
    try await TestWorld.run(faults) { world in
      try await world.execute(sql)
      let finding = try await RoundTripCheckTests.finding(check, in: world)
      #expect(finding == expected)
      try await world.execute(try #require(finding.fix))
      #expect(try await RoundTripCheckTests.finding(check, in: world).status == .pass)
    }
  }

  private static func refused(_ observed: String, as name: String, fix: String) -> Finding {
    .fail(
      "\(observed), as \(name)", expected: RoundTripCheckTests.expected, observed: observed,
      fix: fix)
  }

  @Test("Row security without a policy for the role fails, and the fix makes one")
  func rowSecurity() async throws {
    try await Self.mended(
      Self.worker, after: "", [.rowSecurity],
      Self.refused(
        """
        the write fails: new row violates row-level security policy for table "similarity_cache" \
        [42501]
        """, as: "embedding_worker",
        fix: """
          -- as wide as can be: narrow it to the rows that the job writes
          create policy "embedding_worker may write" on similarity_cache to embedding_worker \
          using (true) with check (true);
          """))
  }

  @Test("A role without a privilege fails, and the fix grants it")
  func privilege() async throws {
    try await Self.mended(
      "into: t.v, as: embedding_worker",
      after: "create table t (v vector(384)); grant insert on t to embedding_worker", [],
      Self.refused(
        "the write fails: permission denied for table t [42501]", as: "embedding_worker",
        fix: "grant select, insert on t to embedding_worker;"))
  }

  @Test("A column that takes no null fails with the row that has it")
  func notNull() async throws {
    try await TestWorld.run([.wideTable]) { world in
      let finding = try await RoundTripCheckTests.finding(RoundTripCheckTests.cache, in: world)
      #expect(finding.status == .fail)
      #expect(
        finding.fix == """
          canary: { repository_id: r, item_type: issue, item_id: \
          00000000-0000-0000-0000-000000000001, model_name: … }   # and in the code
          """)
      #expect(
        try await RoundTripCheckTests.finding(
          RoundTripCheckTests.cache.replacing("{", with: "{model_name: m, "), in: world
        ).status == .pass)
    }
  }

  @Test("What else refuses the row is told in the server's words, and the fix does the same again")
  func constraint() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create table other (a int primary key);
        create table t (a int references other deferrable initially deferred, v halfvec(384))
        """)
      let finding = try await RoundTripCheckTests.finding("into: t.v, canary: {a: 1}", in: world)
      let vector = "(array[1] || array_fill(0, array[383]))::halfvec(384)"
      #expect(
        finding
          == Self.refused(
            """
            a deferred constraint of the write fails: insert or update on table "t" violates foreign \
            key constraint "t_a_fkey" (Key (a)=(1) is not present in table "other".) [23503]
            """, as: "postgres",
            fix: """
              begin;
              select set_config('lock_timeout', '1000ms', true);
              insert into t as written (a, v) values ('1', \(vector)) returning written.v as stored;
              set constraints all immediate;
              select set_config('search_path', concat_ws(', ', \
              nullif(current_setting('search_path'), ''), (select quote_ident(n.nspname) from \
              pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = \
              'vector')), true);
              select found.xmin = pg_current_xact_id()::xid as is_own, found.v <=> \(vector) as \
              distance from t as found order by found.v <=> \(vector) limit 1;
              select found.xmin = pg_current_xact_id()::xid as is_own, found.v <=> \(vector) as \
              distance from t as found order by (found.v <=> \(vector)) + 0 limit 1;
              rollback;
              """))
      let again = try #require(finding.fix)
      await #expect(throws: PostgresFault.self) { try await world.execute(again) }
      try await world.execute("insert into other values (1)")
      try await world.execute(again)
      #expect(try await world.number("select count(*)::int from t") == 0)
    }
  }

  @Test("A user that may not write itself cannot tell who would, and the fix lets it")
  func mayNotWrite() async throws {
    try await TestWorld.run { world in
      try await world.execute("create table t (v vector(384))")
      try await Role.with(in: world) { role in
        let finding = try await RoundTripCheckTests.finding("into: t.v", url: role.url, in: world)
        let observed = "the write fails: permission denied for table t [42501]"
        #expect(
          finding
            == .cannotTell(
              "\(observed), as \(role.name)", expected: RoundTripCheckTests.expected,
              observed: observed, fix: "grant select, insert on t to \(role.name);"))
        try await world.execute(try #require(finding.fix))
        #expect(
          try await RoundTripCheckTests.finding("into: t.v", url: role.url, in: world).status
            == .pass)
      }
    }
  }

  @Test("A lock that another transaction holds is no failure")
  func locked() async throws {
    try await TestWorld.run { world in
      try await world.execute("create table t (v vector(384))")
      let finding = try await world.connection.transaction(
        .rolledBack, statementTimeout: .seconds(20)
      ) { connection throws(PostgresFault) in
        _ = try await connection.query("lock table t in share mode")
        return try? await RoundTripCheckTests.finding("into: t.v", in: world)
      }
      #expect(finding?.status == .error)
      #expect(
        finding?.observed == "the write fails: canceling statement due to lock timeout [55P03]")
    }
  }
}
