import Gate
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct FunctionCheckTests {
  @Test("A function with these arguments, return type, roles and promises passes")
  func passes() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create function match(q vector(3), n integer default 5) returns table (id uuid, score float8)
        language sql stable security definer set search_path = public, pg_temp
          as 'select null::uuid, 1::float8';
        revoke execute on function match from public;
        grant execute on function match to service_role;
        """)
      let finding = try await Go.finding(
        """
        function: 'match(q vector, n int)', returns: 'table (id uuid, score double precision)', \
        executable_by: service_role, not_executable_by: [anon, public], volatility: stable, \
        security: definer
        """, in: world)
      #expect(
        finding
          == .pass(
            "match(q vector, n integer) exists, returns table (id uuid, score double precision)"))
    }
  }

  @Test("A missing function is told with the nearest name and the whole statement that makes it")
  func missing() async throws {
    try await TestWorld.run { world in
      let finding = try await Go.finding(
        """
        function: 'increment_embeding_job_progres(job_id uuid, n integer)', returns: void, \
        executable_by: [service_role], not_executable_by: [anon]
        """, in: world)
      let observed = """
        there is no function increment_embeding_job_progres; did you mean \
        increment_embedding_job_progress?
        """
      #expect(
        finding
          == .fail(
            "increment_embeding_job_progres: \(observed)",
            expected: """
              increment_embeding_job_progres(job_id uuid, n integer) returns void, executable by \
              service_role, not executable by anon
              """,
            observed: observed,
            fix: """
              create or replace function increment_embeding_job_progres(job_id uuid, n integer)
              returns void
              language plpgsql as $$
              begin
                raise exception 'the body of increment_embeding_job_progres is still to be written';
              end
              $$;
              revoke execute on function increment_embeding_job_progres(uuid, integer) \
              from public, anon;
              grant execute on function increment_embeding_job_progres(uuid, integer) \
              to service_role;
              """))
      try await mends(finding, world)
    }
  }

  @Test("A renamed argument is told by name, and the fix carries the body over")
  func renamed() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create function f(job uuid, n integer) returns integer language sql
          as $$ select n + length(job::text) -- jobs $$;
        """)
      let check = "function: 'f(job_id uuid, n integer)', returns: integer"
      let finding = try await Go.finding(check, in: world)
      #expect(
        finding.message == "f: its arguments are called otherwise: f(job uuid, n integer)")
      #expect(
        finding.fix == """
          drop function f(uuid,integer);
          create or replace function f(job_id uuid, n integer)
          returns integer
          language sql as $$
           select n + length(job_id::text) -- jobs
          $$;
          """)
      try await mends(finding, world)
      #expect(try await Go.finding(check, in: world).status == .pass)
    }
  }

  @Test(
    "Each other difference is told with the statement that mends it",
    arguments: [
      (
        "create function f(a uuid, b integer) returns void language sql as ''",
        "function: 'f(a uuid, b bigint)'",
        "its arguments are of other types: f(a uuid, b integer)"
      ),
      (
        "create function f(a uuid) returns void language sql as ''",
        "function: 'f(a uuid, b bigint)'", "it takes other arguments: f(a uuid)"
      ),
      (
        "create function f(a uuid) returns integer language sql as 'select 1'",
        "function: 'f(a uuid)', returns: void", "it returns integer"
      ),
      (
        "create function f(a uuid) returns setof issues language sql as 'select * from issues'",
        "function: 'f(a uuid)', returns: issues", "it returns setof issues"
      ),
      (
        """
        create function f(a uuid) returns void language sql as '';
        create function f(a uuid, b text default '') returns void language sql as '';
        """,
        "function: 'f(a uuid)'",
        "a call by these names is ambiguous with f(a uuid, b text)"
      ),
      (
        "create function f(a uuid) returns void language sql as ''",
        "function: 'f(a uuid)', not_executable_by: anon", "anon may execute it"
      ),
      (
        """
        create function f(a uuid) returns void language sql as '';
        revoke execute on function f from public;
        """,
        "function: 'f(a uuid)', executable_by: [anon, service_role]",
        "anon and service_role may not execute it"
      ),
      (
        "create function f(a uuid) returns void language sql as ''",
        "function: 'f(a uuid)', volatility: immutable, security: definer",
        """
        it is volatile; it is security invoker; it runs with its owner's rights and looks names up in \
        its caller's search_path
        """
      ),
      (
        """
        create schema hidden;
        create function hidden.f(a uuid) returns void language sql as '';
        """,
        "function: 'f(a uuid)'",
        "f is in the schema hidden, which the search path does not have"
      ),
    ])
  func differs(_ sql: String, _ check: String, _ observed: String) async throws {
    try await TestWorld.run { world in
      try await world.execute(sql)
      let finding = try await Go.finding(check, in: world)
      #expect(finding.status == .fail)
      #expect(finding.observed == observed)
      try await mends(finding, world)
      #expect(try await Go.finding(check, in: world).status == .pass)
    }
  }

  @Test(
    "With its owner's rights, whatever a caller could put before what is meant is told",
    arguments: [
      ("", ["looks names up in its caller's search_path"]),
      (
        "set search_path = public",
        ["takes its caller's temporary tables for the ones that are meant"]
      ),
      (
        "set search_path = pg_temp, public",
        ["takes its caller's temporary tables for the ones that are meant"]
      ),
      (
        "set search_path = public, \"Open\", pg_temp",
        [
          "finds what anon may create in the schema Open",
          "finds what everybody may create in the schema Open",
        ]
      ),
      ("set search_path = public, pg_temp", []),
      ("set search_path = pg_catalog, public, \"$user\", pg_temp", []),
      ("set search_path = ''", []),
    ])
  func callersPath(_ setting: String, _ hazards: [String]) async throws {
    try await TestWorld.run { world in
      let observed = hazards.map { "it runs with its owner's rights and " + $0 }
        .joined(separator: "; ")
      try await world.execute(
        """
        create schema "Open"; grant create on schema "Open" to public, anon;
        create function f(a uuid) returns void language sql security definer \(setting) as '';
        """)
      for check in ["function: 'f(a uuid)'", "function: 'f(a uuid)', security: definer"] {
        let finding = try await Go.finding(check, in: world)
        guard !hazards.isEmpty else {
          #expect(finding == .pass("f(a uuid) exists"))
          continue
        }
        #expect(finding.status == .fail)
        #expect(finding.observed == observed)
        #expect(
          finding.expected
            == "f(a uuid)" + (check.contains("definer") ? ", security definer" : "")
            + ", a search_path of its own that only owners can add to")
      }
      let wish = try await Go.finding("function: 'f(a uuid)', security: invoker", in: world)
      #expect(wish.observed == "it is security definer")
      guard !hazards.isEmpty else { return }
      try await mends(try await Go.finding("function: 'f(a uuid)'", in: world), world)
      #expect(
        try await Go.finding("function: 'f(a uuid)'", in: world) == .pass("f(a uuid) exists"))
    }
  }

  @Test("A function that is made with its owner's rights gets a search_path of its own")
  func madeWithPath() async throws {
    try await TestWorld.run { world in
      let check = "function: 'f(a uuid)', returns: void, security: definer"
      let finding = try await Go.finding(check, in: world)
      #expect(
        finding.fix == """
          create or replace function f(a uuid)
          returns void
          language plpgsql security definer
          set search_path = public, pg_temp as $$
          begin
            raise exception 'the body of f is still to be written';
          end
          $$;
          """)
      try await mends(finding, world)
      #expect(try await Go.finding(check, in: world).status == .pass)
    }
  }

  @Test("An unknown type or role is told by its name")
  func unknown() async throws {
    try await TestWorld.run { world in
      let type = try await Go.finding("function: 'f(a uuuid)'", in: world)
      #expect(type.observed == "the search path finds no type \"uuuid\"")
      try await world.execute("create function f(a uuid) returns void language sql as ''")
      let role = try await Go.finding("function: 'f(a uuid)', executable_by: annon", in: world)
      #expect(role.observed == "there is no role annon; annon may not execute it")
    }
  }

  private func mends(_ finding: Finding, _ world: TestWorld) async throws {
    try await world.execute(try #require(finding.fix))
  }
}
