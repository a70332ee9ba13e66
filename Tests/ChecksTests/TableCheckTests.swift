import Gate
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct TableCheckTests {
  @Test("A table with all that is asked passes, and types have their usual names")
  func passes() async throws {
    try await TestWorld.run { world in
      let finding = try await Go.finding(
        """
        table: public.similarity_cache, columns: {id: uuid, embedding: vector(384), \
        ttl_hours: int4, created_at: timestamptz}, primary_key: id, \
        unique: [[item_id, repository_id, item_type]], not_null: [item_id], \
        privileges: {service_role: [select, update], anon: select}, row_security: true
        """, in: world)
      #expect(finding == .pass("public.similarity_cache is as expected"))
    }
  }

  @Test("All that differs is told at once, each with its statement")
  func differs() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create table t (id int, name varchar(10), v vector(3), at timestamp(3) with time zone);
        grant select on t to anon;
        """)
      let check = """
        table: t, columns: {id: bigint, name: 'varchar(20)', v: vector, at: timestamptz, nam: text}, \
        primary_key: [id], unique: [name], not_null: name, privileges: {anon: [select, insert]}, \
        row_security: true
        """
      let finding = try await Go.finding(check, in: world)
      let observed = """
        id is integer; name is character varying(10); it has no column nam; did you mean name?; it \
        has no primary key; nothing makes (name) unique; name takes null; anon may not insert; row \
        security is off
        """
      #expect(
        finding
          == .fail(
            "t: \(observed)",
            expected: """
              id bigint; name varchar(20); nam text; primary key (id); unique (name); name not null; \
              select, insert for anon; row security on
              """,
            observed: observed,
            fix: """
              alter table t alter column id type bigint using id::bigint;
              alter table t alter column name type varchar(20) using name::varchar(20);
              alter table t add column nam text;
              alter table t add primary key (id);
              alter table t add unique (name);
              alter table t alter column name set not null;
              grant insert on t to anon;
              alter table t enable row level security;
              """))
      try await world.execute(try #require(finding.fix))
      #expect(try await Go.finding(check, in: world).status == .pass)
    }
  }

  @Test("A table that is not there is told with the nearest name and a statement that makes it")
  func missing() async throws {
    try await TestWorld.run { world in
      let finding = try await Go.finding(
        "table: embeding_jobs, columns: {id: uuid, status: text}, primary_key: id", in: world)
      #expect(
        finding
          == .fail(
            "there is no table embeding_jobs; did you mean embedding_jobs?",
            expected: "a table embeding_jobs", observed: "none",
            fix: "create table embeding_jobs (id uuid, status text, primary key (id));"))
    }
  }

  @Test("Row security that bars a role's rows is told, and the fix writes the policies")
  func policies() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create table t (id int);
        alter table t enable row level security;
        create policy p on t for select to anon using (true);
        create policy narrow on t as restrictive for update to anon using (true);
        """)
      let check = "table: t, policies: {anon: [select, insert, update], service_role: delete}"
      let finding = try await Go.finding(check, in: world)
      #expect(
        finding
          == .fail(
            "t: row security lets anon insert or update no row",
            expected: "a policy by which anon may select, insert and update",
            observed: "row security lets anon insert or update no row",
            fix: """
              create policy "anon may insert" on t for insert to anon with check (true);
              create policy "anon may update" on t for update to anon using (true) with check (true);
              """))
      try await world.execute(try #require(finding.fix))
      #expect(try await Go.finding(check, in: world) == .pass("t is as expected"))
    }
  }

  @Test("Row security bars nobody where it is off, and not its table's owner, unless it is forced")
  func unbarred() async throws {
    try await TestWorld.run { world in
      try await Role.with(in: world) { role in
        func observed(_ policies: String) async throws -> String? {
          try await Go.finding("table: t, policies: {\(policies)}", in: world).observed
        }
        try await world.execute("create table t (id int); alter table t owner to \(role.name)")
        #expect(try await observed("public: [select, insert, update, delete]") == nil)
        try await world.execute("alter table t enable row level security")
        #expect(try await observed("\(role.name): [update, delete]") == nil)
        #expect(try await observed("public: update") == "row security lets public update no row")
        try await world.execute("alter table t force row level security")
        #expect(
          try await observed("\(role.name): update")
            == "row security lets \(role.name) update no row")
        try await world.execute("create policy p on t for all to public using (true)")
        #expect(try await observed("\(role.name): update, public: delete") == nil)
        #expect(try await observed("nobody_at_all: update") == "there is no role nobody_at_all")
      }
    }
  }
}
