import Gate
import Postgres
import Sandbox
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct UpsertCanaryRightsTests {
  private static let cache = UpsertCanaryTests.cache
  private static let worker = UpsertCanaryTests.worker
  private static let small = UpsertCanaryTests.small
  private static let expected = UpsertCanaryTests.expected

  /// Tells what the check says of a world in which something is wrong, and that its fix mends it.
  private static func mended(
    _ check: String, after sql: String, _ faults: Set<SandboxFault> = [],
    _ judge: (Finding) throws -> Void
  ) async throws {
    try await TestWorld.run(faults) { world in
      try await world.execute(sql)
      let finding = try await Go.finding(check, in: world)
      try judge(finding)
      try await world.execute(try #require(finding.fix))
      #expect(try await Go.finding(check, in: world).status == .pass)
    }
  }

  @Test("Row security without a policy for the role fails, and the fix makes one")
  func rowSecurity() async throws {
    try await Self.mended(Self.worker, after: "", [.rowSecurity]) { finding in
      let observed = """
        the upsert fails: new row violates row-level security policy for table "similarity_cache" \
        [42501]
        """
      #expect(
        finding
          == .fail(
            "\(observed), as embedding_worker", expected: Self.expected, observed: observed,
            fix: """
              -- as wide as can be: narrow it to the rows that the job writes
              create policy "embedding_worker may write" on similarity_cache to embedding_worker \
              using (true) with check (true);
              """))
    }
  }

  @Test("A policy that lets rows in and no change through fails at the second upsert")
  func insertsOnly() async throws {
    let sql = """
      alter table t enable row level security;
      grant select, insert, update on t to embedding_worker;
      create policy reads on t for select using (true);
      create policy writes on t for insert with check (true);
      """
    try await Self.mended(
      Self.small + ", as: embedding_worker",
      after: "create table t (a int unique, b text);" + sql
    ) { finding in
      #expect(finding.status == .fail)
      #expect(
        finding.observed == """
          the upsert of a row that is there fails: new row violates row-level security policy \
          (USING expression) for table "t" [42501]
          """)
    }
  }

  @Test("A role without a privilege fails, and the fix grants it")
  func privilege() async throws {
    let sql = "create table t (a int unique, b text); grant select on t to embedding_worker"
    try await Self.mended(Self.small + ", as: embedding_worker", after: sql) { finding in
      let observed = "the upsert fails: permission denied for table t [42501]"
      #expect(
        finding
          == .fail(
            "\(observed), as embedding_worker", expected: Self.expected, observed: observed,
            fix: "grant select, insert, update on t to embedding_worker;"))
    }
  }

  @Test("A column that a trigger fills, or a sequence, needs its own privilege")
  func privilegeOfAnother() async throws {
    let sql = """
      create schema s; create table s.t (a int unique, b text, c serial);
      create table audit (b text);
      create function note() returns trigger language plpgsql as
        'begin insert into audit values (new.b); return new; end';
      create trigger note after insert on s.t for each row execute function note();
      """
    let check = "upsert: s.t, on_conflict: a, canary: {a: 1, b: x}, as: embedding_worker"
    let steps = [
      (
        "schema s", "a look for the canary fails", "grant usage on schema s to embedding_worker;"
      ),
      (
        "table t", "a look for the canary fails",
        "grant select, insert, update on s.t to embedding_worker;"
      ),
      (
        "sequence t_c_seq", "the upsert fails",
        "grant usage on sequence t_c_seq to embedding_worker;"
      ),
      (
        "table audit", "the upsert fails",
        "grant select, insert, update on audit to embedding_worker;"
      ),
    ]
    try await TestWorld.run { world in
      try await world.execute(sql)
      for (thing, deed, fix) in steps {
        let finding = try await Go.finding(check, in: world)
        #expect(finding.observed == "\(deed): permission denied for \(thing) [42501]")
        #expect(finding.fix == fix)
        // The error names no schema.
        try await world.execute("set search_path = public, s; \(fix); reset search_path")
      }
      #expect(try await Go.finding(check, in: world).status == .pass)
    }
  }

  @Test("A role that the connection's user is no member of cannot be told, and the fix mends it")
  func noMember() async throws {
    try await TestWorld.run { world in
      try await Role.with(in: world) { role in
        let finding = try #require(try await Go([Self.worker], url: role.url)["c0"])
        let observed = #"permission denied to set role "embedding_worker" [42501]"#
        #expect(
          finding
            == .cannotTell(
              "\(role.name) may not become embedding_worker: \(observed)",
              expected: "a connection whose user may become embedding_worker", observed: observed,
              fix: "grant embedding_worker to \(role.name);"))
        try await world.execute(try #require(finding.fix))
        #expect(try await Go([Self.worker], url: role.url)["c0"]?.status == .pass)
      }
    }
  }

  @Test("A user that may not write itself cannot tell who would, and the fix lets it")
  func mayNotWrite() async throws {
    try await TestWorld.run { world in
      try await world.execute("create table t (a int unique, b text)")
      try await Role.with(in: world) { role in
        let finding = try #require(try await Go([Self.small], url: role.url)["c0"])
        let observed = "a look for the canary fails: permission denied for table t [42501]"
        #expect(
          finding
            == .cannotTell(
              "\(observed), as \(role.name)", expected: Self.expected, observed: observed,
              fix: "grant select, insert, update on t to \(role.name);"))
        try await world.execute(try #require(finding.fix))
        #expect(try await Go([Self.small], url: role.url)["c0"]?.status == .pass)
      }
    }
  }

  @Test("A connection that only reads by default says nothing of the one that writes")
  func readsOnly() async throws {
    try await TestWorld.run { world in
      try await world.execute("create table t (a int unique, b text)")
      try await Role.with(in: world) { role in
        try await world.execute(
          """
          grant select, insert, update on t to \(role.name);
          alter role \(role.name) set default_transaction_read_only = on
          """)
        let finding = try #require(try await Go([Self.small], url: role.url)["c0"])
        #expect(finding.status == .error)
        #expect(
          finding.observed
            == "the upsert fails: cannot execute INSERT in a read-only transaction [25006]")
      }
    }
  }

  @Test("A role that does not exist fails, and so does a column")
  func missing() async throws {
    try await TestWorld.run { world in
      let name = "nobody_\(world.connection.server.database)"
      let role = try await Go.finding("\(Self.cache), as: \(name)", in: world)
      #expect(
        role
          == .fail(
            "there is no role \(name)",
            expected: "a connection whose user may become \(name)",
            observed: "role \"\(name)\" does not exist [22023]",
            fix: "create role \(name) nologin;"))
      try await world.execute(try #require(role.fix))
      #expect(
        try await Go.finding("\(Self.cache), as: \(name)", in: world).message
          == "a look for the canary fails: permission denied for table similarity_cache [42501], as \(name)"
      )
      try await world.execute("drop role \(name)")
      try await world.execute("create table t (a int unique, b text)")
      let column = try await Go.finding(
        "upsert: t, on_conflict: a, canary: {a: 1, bb: x}", in: world)
      #expect(column.message == "t: it has no column bb; did you mean b?")
    }
  }
}
