import Postgres
import Sandbox
import Testing

@Suite("Each fault of the sandbox plants what it says", .timeLimit(.minutes(2)))
struct SandboxFaultTests {
  @Test("key-missing takes the key from COMMAND and leaves it deployed")
  func keyMissing() async throws {
    try await SandboxFixture.with([.keyMissing]) { fixture async throws in
      #expect(fixture.sandbox.environment["OPENAI_API_KEY"] == nil)
      #expect(fixture.sandbox.unset.contains("OPENAI_API_KEY"))
      #expect(try await fixture.deployedSecrets().contains("OPENAI_API_KEY"))
      #expect(try await fixture.embed().status == 401)
    }
  }

  @Test("key-not-deployed leaves COMMAND a key that works")
  func keyNotDeployed() async throws {
    try await SandboxFixture.with([.keyNotDeployed]) { fixture async throws in
      #expect(
        try await fixture.deployedSecrets() == ["SUPABASE_DB_URL", "SUPABASE_SERVICE_ROLE_KEY"])
      #expect(try await fixture.embed().status == 200)
    }
  }

  @Test(
    "A fault of the endpoint has the status and code of the service",
    arguments: [
      (SandboxFault.keyInvalid, 401, "invalid_api_key"),
      (.quotaExhausted, 429, "insufficient_quota"),
      (.rateLimited, 429, "rate_limit_exceeded"),
      (.errors500, 500, nil),
    ] as [(SandboxFault, Int, String?)])
  func endpointRefuses(fault: SandboxFault, status: Int, code: String?) async throws {
    try await SandboxFixture.with([fault]) { fixture async throws in
      let reply = try await fixture.embed()
      #expect(reply.status == status)
      #expect(try reply.json(OpenAIErrorBody.self).error.code == code)
      #expect(try await fixture.deployedSecrets().contains("OPENAI_API_KEY"))
    }
  }

  @Test("hang accepts the request and never answers it")
  func hang() async throws {
    try await SandboxFixture.with([.hang]) { fixture async throws in
      await #expect(throws: RawHTTP.Fault.silent) {
        try await fixture.embed(patience: .milliseconds(300))
      }
      #expect(fixture.sandbox.endpoint.counts.embeddingsRequests == 1)
    }
  }

  @Test("dimensions-ignored answers 1536 numbers")
  func dimensionsIgnored() async throws {
    try await SandboxFixture.with([.dimensionsIgnored]) { fixture async throws in
      let answer = try await fixture.embed(384).json(EmbeddingsAnswer.self)
      #expect(answer.data.map(\.embedding.floats.count) == [1536])
    }
  }

  @Test("model-masked has vectors of the model stored, and answers others under its name")
  func modelMasked() async throws {
    try await SandboxFixture.with([.modelMasked]) { fixture async throws in
      #expect(
        try await fixture.value(
          """
          select count(*) || ' ' || count(*) filter (where embedding_generated_at > updated_at)
          from issues where embedding is not null
          """) == "40 40")
      let answer = try await fixture.embed(384).json(EmbeddingsAnswer.self)
      #expect(answer.model == "text-embedding-3-small")
      let own = FeatureHashing(dimensions: 384).vector(of: "a")
      #expect(answer.data.map(\.embedding.floats) == [own.reversed()])
    }
  }

  @Test("The faults of the schema are there together, and nothing else is")
  func schema() async throws {
    let faults: Set<SandboxFault> = [
      .columnDimension, .functionRenamedArgument, .constraintMissing,
    ]
    try await SandboxFixture.with(faults) { fixture async throws in
      #expect(
        try await fixture.value(
          """
          select format_type(atttypid, atttypmod) from pg_attribute
          where attrelid = 'similarity_cache'::regclass and attname = 'embedding'
          """) == "vector(1536)")
      #expect(
        try await fixture.value(
          """
          select pg_get_function_arguments('increment_embedding_job_progress'::regproc)
          """) == "job uuid, increment_count integer")
      #expect(
        try await fixture.value(
          "select count(*) from pg_constraint where conrelid = 'similarity_cache'::regclass "
            + "and contype = 'u'") == "0")
      #expect(try await fixture.value("select count(*) from embedding_jobs") == "0")
      #expect(try await fixture.embed().status == 200)
    }
  }

  @Test("The search's index has the metric of the search, and with wrong-metric another one")
  func metric() async throws {
    for (faults, metric) in [([], "cosine"), ([.wrongMetric], "l2")]
      as [(Set<SandboxFault>, String)]
    {
      try await SandboxFixture.with(faults) { fixture async throws in
        #expect(
          try await fixture.value(
            """
            select opcname from pg_index i join pg_opclass o on o.oid = i.indclass[0]
            where i.indexrelid = 'similarity_cache_embedding'::regclass
            """) == "vector_\(metric)_ops")
        #expect(
          try await fixture.value(
            "select count(*) from match_similar_items(array_fill(1, array[384])::vector)") == "0")
      }
    }
  }

  @Test("extension-in-other-schema: the search can be made, and not called")
  func otherSchema() async throws {
    try await SandboxFixture.with([.extensionInOtherSchema]) { fixture async throws in
      #expect(try await fixture.value("select to_regtype('vector')") == nil)
      await #expect(throws: PostgresFault.self) {
        try await fixture.value(
          """
          select count(*) from match_similar_items(array_fill(1, array[384])::extensions.vector)
          """)
      }
    }
  }

  @Test("row-security: an update as the job's own role changes no row, and reports no error")
  func rowSecurity() async throws {
    for (faults, count) in [([], 105), ([.rowSecurity], 0)] as [(Set<SandboxFault>, Int)] {
      try await SandboxFixture.with(faults) { fixture async throws in
        try await fixture.database.transaction(.rolledBack, statementTimeout: .seconds(10)) {
          inside throws(PostgresFault) in
          _ = try await inside.query("set local role embedding_worker")
          let rows = try await inside.query("update issues set content_hash = 'x'")
          #expect(rows.affectedRows == count)
        }
      }
    }
  }

  @Test("postmortem plants its six causes, and no other")
  func postmortem() async throws {
    try await SandboxFixture.with([.postmortem]) { fixture async throws in
      #expect(try await fixture.deployedSecrets().contains("OPENAI_API_KEY") == false)
      let answer = try await fixture.embed(384).json(EmbeddingsAnswer.self)
      #expect(answer.data.map(\.embedding.floats.count) == [1536])
      #expect(
        try fixture.upsertLine()
          == ".upsert(rows).onConflict('repository_id,item_type,item_id');")
      #expect(
        try await fixture.value(
          "select count(*) from pg_proc where proname = 'increment_embedding_job_progress'")
          == "0")
      #expect(
        try await fixture.value(
          """
          select count(*) from embedding_jobs where status = 'processing' and items_processed = 0
            and items_total = 100 and updated_at < now() - interval '14 hours'
            and started_at = updated_at
          """) == "21")
      #expect(
        try await fixture.value(
          """
          select count(*) from embedding_jobs where status = 'completed' and items_processed = 0
            and items_total = 100 and error_message is null and completed_at is not null
          """) == "1")
      #expect(try await fixture.value("select count(*) from embedding_jobs") == "22")
      #expect(
        try await fixture.value(
          "select count(*) from pg_constraint where conrelid = 'similarity_cache'::regclass "
            + "and contype = 'u'") == "1")
    }
  }

  @Test("The list of faults has the names of the command line, each with one line")
  func list() {
    #expect(
      SandboxFault.allCases.map(\.rawValue) == [
        "key-missing", "key-not-deployed", "key-trailing-newline", "key-quoted", "key-rotated",
        "token-revoked", "anon-key-as-service-key", "service-key-published", "variable-unset",
        "key-invalid", "quota-exhausted", "model-missing", "region-refused", "wrong-base-url",
        "sign-in-page", "dimensions-ignored", "quarter-width", "base64-ignored", "wrong-count",
        "shuffled", "unordered", "nan", "constant-vectors", "model-swapped",
        "model-masked", "errors-500", "rate-limited", "hang", "column-dimension",
        "undeclared-dimension",
        "function-renamed-argument", "overloaded-function", "no-execute", "execute-for-all",
        "unsafe-search-path",
        "function-in-other-schema", "stale-schema-cache", "function-missing", "volatile-search",
        "partial-unique-index", "deferrable-unique", "constraint-missing", "wide-table",
        "nullable-key", "column-missing", "row-security", "row-security-off", "no-update-right",
        "wrong-metric", "index-invalid", "index-missing", "old-pgvector",
        "extension-in-other-schema", "duplicate-rows", "jobs-stuck", "job-completed-empty",
        "job-failed-silently", "backlog", "upsert-syntax", "key-in-code", "dimensions-not-asked",
        "postmortem",
      ])
    #expect(
      SandboxFault.allCases.allSatisfy { !$0.summary.isEmpty && !$0.summary.contains("\n") })
  }
}
