import Core
import Gate
import Sandbox
import ScriptedServer
import TestWorld
import Testing

/// `function` with `exposed_by`: what the database has, seen from a project's REST API.
@Suite(.timeLimit(.minutes(2))) struct FunctionExposureTests {
  private static let progress =
    "increment_embedding_job_progress(job_id uuid, increment_count integer)"

  /// Asks whether a project's API has a function, of a world or of another address.
  private func finding(
    _ signature: String, in world: TestWorld, rest: String? = nil,
    key: String? = TestWorld.serviceRoleKey.reveal { $0 }
  ) async throws -> Finding {
    var environment = [
      "DATABASE_URL": world.url.reveal { $0 }, "TOKEN": TestWorld.accessToken.reveal { $0 },
      "API": world.endpoint.url, "REST": rest ?? world.endpoint.url,
    ]
    environment["KEY"] = key
    let go = try await Go(
      """
      version: 1
      services:
        database: {postgres: "${DATABASE_URL}"}
        edge: {supabase: \(TestWorld.projectReference), access_token: "${TOKEN}", api: "${API}",
               rest: "${REST}", key: "${KEY}"}
      checks:
        - {id: a, function: '\(signature)', exposed_by: edge}
      """, environment)
    return try #require(go["a"])
  }

  @Test("A function that both have passes, and was not called")
  func exposed() async throws {
    try await TestWorld.run(api: true) { world in
      try await world.execute(
        """
        create sequence calls;
        create function touch(n integer, m integer default 1) returns void language sql
          as $$ select nextval('calls') $$;
        notify pgrst;
        """)
      #expect(
        try await finding("touch(n integer, m integer)", in: world)
          == .pass("touch(n integer, m integer) exists, and is exposed by edge"))
      #expect(try await world.text("select is_called::text from calls") == "false")
    }
  }

  @Test("Database yes, API no: the stale schema cache is named, and the fix renews it")
  func stale() async throws {
    try await TestWorld.run([.staleSchemaCache], api: true) { world in
      let finding = try await finding(Self.progress, in: world)
      #expect(
        finding
          == .fail(
            """
            increment_embedding_job_progress: the database has it, but the REST API of edge does \
            not: its schema cache is stale, or it serves another database
            """,
            expected: """
              /rest/v1/rpc/increment_embedding_job_progress with job_id and increment_count
              """,
            observed: """
              Could not find the function \
              public.increment_embedding_job_progress(increment_count, job_id) in the schema cache \
              (PGRST202)
              """, fix: "notify pgrst, 'reload schema';"))
      try await world.execute(try #require(finding.fix))
      #expect(try await self.finding(Self.progress, in: world).status == .pass)
    }
  }

  @Test("Where the API still has other names, they are told")
  func renamed() async throws {
    try await TestWorld.run(api: true) { world in
      try await world.execute(
        """
        drop function increment_embedding_job_progress;
        create function increment_embedding_job_progress(job_id uuid, n integer)
          returns void language sql as '';
        """)
      let signature = "increment_embedding_job_progress(job_id uuid, n integer)"
      let finding = try await finding(signature, in: world)
      #expect(
        finding.observed == """
          Could not find the function public.increment_embedding_job_progress(job_id, n) in the \
          schema cache (PGRST202); Perhaps you meant to call the function \
          public.increment_embedding_job_progress(increment_count, job_id)
          """)
      try await world.execute(try #require(finding.fix))
      #expect(try await self.finding(signature, in: world).status == .pass)
    }
  }

  @Test("PGRST203 is explained: the API goes by the names alone")
  func ambiguous() async throws {
    try await TestWorld.run(api: true) { world in
      try await world.execute(
        """
        create function f(a uuid) returns void language sql as '';
        create function f(a text, b text default '') returns void language sql as '';
        notify pgrst;
        """)
      // Takes in the notification before one of the two goes.
      _ = try await finding("f(a uuid)", in: world)
      _ = try await finding(Self.progress, in: world)
      try await world.execute("drop function f(text, text)")
      let finding = try await finding("f(a uuid)", in: world)
      #expect(
        finding
          == .fail(
            """
            f: the REST API of edge cannot tell it from another one, for it goes by the arguments' \
            names alone; the database has no such other one any more, so its schema cache is stale
            """, expected: "/rest/v1/rpc/f with a",
            observed: """
              Could not choose the best candidate function between: public.f(a => uuid), \
              public.f(a => text, b => text) (PGRST203)
              """, fix: "notify pgrst, 'reload schema';"))
      try await world.execute(try #require(finding.fix))
      #expect(try await self.finding("f(a uuid)", in: world).status == .pass)
    }
  }

  @Test("A schema that the API does not expose is told, and the fix moves the function")
  func hidden() async throws {
    try await TestWorld.run(api: true) { world in
      try await world.execute(
        """
        create schema inner_parts;
        create function inner_parts.f(a uuid) returns void language sql as '';
        """)
      let finding = try await finding("inner_parts.f(a uuid)", in: world)
      #expect(
        finding
          == .fail(
            """
            inner_parts.f: the REST API of edge does not expose its schema, inner_parts
            """, expected: "/rest/v1/rpc/f with a",
            observed: "Invalid schema: inner_parts (PGRST106)",
            fix: """
              -- add inner_parts to the project's exposed schemas, or move the function:
              alter function inner_parts.f(uuid) set schema public;
              notify pgrst, 'reload schema';
              """))
      try await world.execute(try #require(finding.fix))
      #expect(try await self.finding("f(a uuid)", in: world).status == .pass)
    }
  }

  @Test("A key that the API refuses fails, and one that is not set cannot be told")
  func key() async throws {
    try await TestWorld.run(api: true) { world async throws in
      #expect(
        try await finding(Self.progress, in: world, key: "sb_secret_wrong")
          == .fail(
            """
            increment_embedding_job_progress: the REST API of edge does not accept the key (status \
            401): Invalid API key
            """,
            expected: """
              /rest/v1/rpc/increment_embedding_job_progress with job_id and increment_count
              """, observed: "status 401", fix: "export KEY='…'"))
      #expect(
        try await finding(Self.progress, in: world, key: nil)
          == .cannotTell(
            """
            increment_embedding_job_progress: the REST API of edge cannot be asked: KEY is not set
            """,
            expected: """
              /rest/v1/rpc/increment_embedding_job_progress with job_id and increment_count
              """, observed: "KEY is not set", fix: "export KEY='…'"))
    }
  }

  @Test("A gateway that answers everything alike is no proof, and neither is silence")
  func unproven() async throws {
    try await TestWorld.run(api: true) { world in
      let gateway = ScriptedServer { _ in
        [.answer("", status: 200, headers: ["Allow: OPTIONS,POST"])]
      }
      let alike = try await finding(Self.progress, in: world, rest: gateway.url)
      #expect(alike.status == .error)
      #expect(
        alike.observed == """
          what answers there (status 200) does not tell a function from one that cannot exist
          """)
      let nowhere = try await finding(Self.progress, in: world, rest: "http://127.0.0.1:1")
      #expect(nowhere.status == .error)
      #expect(
        nowhere.observed == "127.0.0.1 refused the connection on port 1: nothing listens there")
      #expect(nowhere.fix == "curl -i 'http://127.0.0.1:1/rest/v1/'")
    }
  }

  @Test("Where the database does not have it, the API is not asked")
  func databaseFirst() async throws {
    try await TestWorld.run([.functionMissing], api: true) { world in
      let finding = try await finding(Self.progress, in: world, rest: "http://127.0.0.1:1")
      #expect(finding.status == .fail)
      #expect(finding.observed == "there is no function increment_embedding_job_progress")
    }
  }
}
