import FoundationEssentials
import Postgres
import Sandbox
import Testing

@Suite("The sandbox without a fault", .timeLimit(.minutes(1)))
struct WorldTests {
  @Test("It has the postmortem's schema, rows to embed, deployed secrets and a right upsert")
  func healthy() async throws {
    try await SandboxFixture.with { fixture async throws in
      #expect(
        try await fixture.value("select count(*) >= 100 from issues") == "true")
      #expect(
        try await fixture.value(
          "select count(distinct title || coalesce(body, '')) = count(*) from issues") == "true")
      #expect(
        try await fixture.value(
          """
          select string_agg(item_type || ' ' || n, ', ' order by item_type) from (
            select item_type, count(*) as n from items_needing_embeddings group by item_type) as c
          """) == "discussion 8, issue 105, pull_request 12")
      #expect(
        try await fixture.value(
          """
          select string_agg(format_type(atttypid, atttypmod), ' ') from pg_attribute
          where attname = 'embedding' and attnum > 0 and attrelid in (
            'issues'::regclass, 'pull_requests'::regclass, 'discussions'::regclass,
            'similarity_cache'::regclass)
          """) == "vector(384) vector(384) vector(384) vector(384)")
      #expect(try await fixture.value("select count(*) from embedding_jobs") == "0")
      #expect(
        try await fixture.deployedSecrets()
          == ["OPENAI_API_KEY", "SUPABASE_DB_URL", "SUPABASE_SERVICE_ROLE_KEY"])
      #expect(
        try fixture.upsertLine()
          == ".upsert(rows, { onConflict: 'repository_id,item_type,item_id' });")
    }
  }

  @Test("The progress function counts, and only the service role may call it")
  func progressFunction() async throws {
    try await SandboxFixture.with { fixture async throws in
      _ = try await fixture.database.query("insert into embedding_jobs (items_total) values (100)")
      _ = try await fixture.database.query(
        "select increment_embedding_job_progress(job_id => id, increment_count => 20) "
          + "from embedding_jobs")
      #expect(try await fixture.value("select items_processed from embedding_jobs") == "20")
      #expect(
        try await fixture.value(
          """
          select string_agg(rolname, ' ' order by rolname) from pg_roles
          where rolname in ('anon', 'authenticated', 'service_role') and has_function_privilege(
            oid, 'increment_embedding_job_progress(uuid, integer)', 'execute')
          """) == "service_role")
      #expect(
        try await fixture.value(
          """
          select string_agg(rolname || ' ' || rolcanlogin || ' ' || rolbypassrls, ', '
            order by rolname)
          from pg_roles where rolname in ('anon', 'authenticated', 'service_role')
          """) == "anon false false, authenticated false false, service_role false true")
    }
  }

  @Test("COMMAND's variables have the shapes of the real ones, and others in each sandbox")
  func environment() async throws {
    var keys: Set<String> = []
    for _ in 0..<2 {
      try await SandboxFixture.with { fixture async throws in
        let environment = fixture.sandbox.environment
        func matches(_ name: String, _ form: Regex<Substring>) -> Bool {
          environment[name]?.wholeMatch(of: form) != nil
        }
        #expect(
          matches("DATABASE_URL", /postgres:\/\/postgres:[a-z0-9]+@127\.0\.0\.1:\d+\/postgres/))
        #expect(matches("OPENAI_BASE_URL", /http:\/\/127\.0\.0\.1:\d+\/v1/))
        #expect(matches("OPENAI_API_KEY", /sk-[A-Za-z0-9]{48}/))
        #expect(matches("SUPABASE_PROJECT_REF", /[a-z]{20}/))
        #expect(matches("SUPABASE_ACCESS_TOKEN", /sbp_[0-9a-f]{40}/))
        #expect(matches("SUPABASE_SERVICE_ROLE_KEY", /sb_secret_[a-z0-9]{22}_[a-z0-9]{8}/))
        #expect(matches("SUPABASE_ANON_KEY", /sb_publishable_[a-z0-9]{22}_[a-z0-9]{8}/))
        #expect(environment["SUPABASE_API_URL"] == fixture.sandbox.endpoint.url)
        #expect(environment["SUPABASE_URL"] == fixture.sandbox.endpoint.url)
        #expect(environment["SOURCE_ROOT"] == fixture.sandbox.sourceRoot)
        #expect(environment.count == 10)
        #expect(!fixture.sandbox.unset.contains("OPENAI_API_KEY"))
        keys.insert(environment["OPENAI_API_KEY"] ?? "")
      }
    }
    #expect(keys.count == 2)
  }

  @Test("When it has stopped, its folder and its servers are gone")
  func stopped() async throws {
    let sandbox = try await Sandbox.start(SandboxOptions())
    let (root, port) = (sandbox.sourceRoot, sandbox.endpoint.port)
    #expect(FileManager.default.fileExists(atPath: root))
    await sandbox.stop()
    await sandbox.stop()
    #expect(!FileManager.default.fileExists(atPath: root))
    #expect(!FileManager.default.fileExists(atPath: String(root.dropLast("/source".count))))
    // Another test's endpoint may have the port by now; that one does not know the key.
    let reply = try? await RawHTTP.send(
      "GET", "/v1/models", port: port, bearer: sandbox.environment["OPENAI_API_KEY"])
    #expect(reply?.status != 200)
    await #expect(throws: PostgresFault.self) {
      _ = try await Connection.open(sandbox.databaseURL, timeout: .seconds(5))
    }
  }
}
