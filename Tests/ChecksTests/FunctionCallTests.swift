import Gate
import Postgres
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct FunctionCallTests {
  private static let progress =
    "function: 'increment_embedding_job_progress(job_id uuid, increment_count integer)'"
  private static let job = "00000000-0000-0000-0000-000000000001"

  @Test("A call that answers as expected passes, and the database keeps nothing of it")
  func rolledBack() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        insert into embedding_jobs (id, items_total) values ('\(Self.job)', 5);
        create function count_up(job_id uuid, by integer) returns integer language sql as $$
          update embedding_jobs set items_processed = items_processed + by where id = job_id
          returning items_processed
        $$;
        """)
      let void = try await Go.finding(
        "\(Self.progress), call: {job_id: \(Self.job), increment_count: 2}, expect: rows",
        in: world)
      #expect(
        void
          == .pass(
            """
            increment_embedding_job_progress(job_id uuid, increment_count integer) exists; a call \
            answers ""
            """))
      let count = try await Go.finding(
        "function: 'count_up(job_id uuid, by integer)', call: {job_id: \(Self.job), by: 3}, "
          + "expect: 3",
        in: world)
      #expect(count == .pass("count_up(job_id uuid, by integer) exists; a call answers 3"))
      #expect(try await world.number("select sum(items_processed)::int from embedding_jobs") == 0)
    }
  }

  @Test("Values go as the types of the signature, whatever they are")
  func types() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create function told(a text, b boolean, c numeric, d vector, e int[], f jsonb)
        returns text language sql as $$
          select concat_ws(' ', coalesce(a, 'null'), b, c, d, e, f->>'k')
        $$;
        create function told(a integer) returns text language sql as $$ select 'another' $$;
        """)
      let finding = try await Go.finding(
        """
        function: 'told(a text, b boolean, c numeric, d vector, e int[], f jsonb)', \
        call: {a: null, b: true, c: -2.5, d: '[1,2]', e: '{3,4}', f: '{"k": "it''s a \\\\"}'}, \
        expect: 'null t -2.5 [1,2] {3,4} it''s a \\'
        """, in: world)
      #expect(finding.status == .pass)
      let other = try await Go.finding(
        "function: 'told(a integer)', call: {a: 1}, expect: another", in: world)
      #expect(other == .pass("told(a integer) exists; a call answers \"another\""))
    }
  }

  @Test("A function without arguments is called where something is expected of it")
  func withoutArguments() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create function waiting() returns setof issues language sql stable
          as 'select * from issues'
        """)
      let finding = try await Go.finding("function: waiting(), expect: rows", in: world)
      #expect(finding == .pass("waiting() exists; a call answers 105 rows"))
      let none = try await Go.finding("function: waiting(), expect: no_rows", in: world)
      #expect(none.status == .fail)
      #expect(none.observed?.hasPrefix("105 rows: id = ") == true)
      try await world.execute("truncate issues")
      let empty = try await Go.finding("function: waiting(), expect: rows", in: world)
      #expect(empty.status == .fail)
      #expect(empty.observed == "no rows")
    }
  }

  @Test("Another answer fails with what was seen, and the fix calls it without a trace")
  func otherAnswer() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create function more(n integer, step integer default 1) returns integer language sql as $$
          insert into issues select gen_random_uuid(), repository_id, number, title, body,
            created_at, updated_at from issues limit 1;
          select n + step
        $$
        """)
      let function = "function: 'more(n integer, step integer)'"
      let finding = try await Go.finding("\(function), call: {n: 4}, expect: '> 5'", in: world)
      #expect(
        finding
          == .fail(
            "the call answers 5", expected: "a call that answers one value, > 5", observed: "5",
            fix: "begin;\nselect * from more(n => '4'::integer);\nrollback;",
            evidence: ["rows": .number(1)]))
      try await world.execute(try #require(finding.fix))
      #expect(try await world.number("select count(*)::int from issues") == 105)
      let null = try await Go.finding("\(function), call: {n: null}, expect: '!= 5'", in: world)
      #expect(null.observed == "null")
    }
  }

  @Test("A call that raises an error fails in the server's words")
  func error() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create function broken(n integer) returns void language plpgsql as $$
        begin
          raise exception 'no job %', n using hint = 'make one', errcode = 'P0002';
        end $$
        """)
      let text = "the call fails: no job 7 [P0002]; the server's hint: make one"
      let finding = try await Go.finding(
        "function: 'broken(n integer)', call: {n: 7}, expect: rows", in: world)
      #expect(
        finding
          == .fail(
            "\(text), as postgres", expected: "a call that answers one row or more",
            observed: text, fix: "begin;\nselect * from broken(n => '7'::integer);\nrollback;"))
      let malformed = try await Go.finding(
        "function: 'broken(n integer)', call: {n: seven}, expect: rows", in: world)
      #expect(
        malformed.observed
          == "the call fails: invalid input syntax for type integer: \"seven\" [22P02]")
    }
  }

  @Test("Where the function is not as it should be, nothing is called")
  func notCalled() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        "create function f(n integer) returns integer language sql as 'select 1 / 0'")
      let finding = try await Go.finding(
        "function: 'f(n integer)', returns: text, call: {n: 1}, expect: 1", in: world)
      #expect(finding.observed == "it returns integer")
    }
  }

  @Test("A lock that another transaction holds is no failure of the function")
  func locked() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        "insert into embedding_jobs (id, items_total) values ('\(Self.job)', 5)")
      let finding = try await world.connection.transaction(
        .rolledBack, statementTimeout: .seconds(20)
      ) { connection throws(PostgresFault) in
        _ = try await connection.query("select from embedding_jobs for update")
        return try? await Go.finding(
          "\(Self.progress), call: {job_id: \(Self.job), increment_count: 2}, expect: rows",
          in: world)
      }
      #expect(finding?.status == .error)
      #expect(
        finding?.observed?.hasPrefix(
          "the call fails: canceling statement due to lock timeout [55P03]") == true)
    }
  }

  @Test("A role that may not execute it cannot tell, and the fix lets it")
  func privilege() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create function f() returns integer language sql as 'select 1';
        revoke execute on function f() from public
        """)
      try await Role.with(in: world) { role in
        let check = "function: f(), expect: 1"
        let finding = try #require(try await Go([check], url: role.url)["c0"])
        #expect(finding.status == .error)
        #expect(
          finding.message
            == "the call fails: permission denied for function f [42501], as \(role.name)")
        #expect(finding.fix == "grant execute on function f to \(role.name);")
        try await world.execute(try #require(finding.fix))
        #expect(try await Go([check], url: role.url)["c0"]?.status == .pass)
      }
    }
  }
}
