package import Checklist
package import Core
package import Gate
internal import Postgres

/// Whether a database function can be called as the code calls it.
package struct FunctionCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "function", .text, "The signature, with the arguments' names and types.",
      example: "increment_embedding_job_progress(job_id uuid, increment_count integer)"),
    summary:
      "A database function exists with these argument names, and the right roles may call it.",
    settings: [
      Field(
        "in", .service(kind: "postgres"), "The database.", isRequired: true, example: "database"),
      Field("returns", .text, "What it returns.", example: "void"),
      Field(
        "executable_by", .oneOrMany(.text), "Roles that may execute it.",
        example: "[service_role]"),
      Field(
        "not_executable_by", .oneOrMany(.text), "Roles that may not, `public` among them.",
        example: "[anon]"),
      Field(
        "volatility", .word(["immutable", "stable", "volatile"]), "What it promises the planner.",
        example: "volatile"),
      Field(
        "security", .word(["invoker", "definer"]), "Whose rights it runs with.",
        example: "invoker"),
      Field(
        "exposed_by", .service(kind: "supabase"),
        "The project whose REST API must find it by these argument names; it is not called.",
        example: "edge"),
    ] + FunctionCall.fields,
    passesWhen: """
      A function of this name has exactly these arguments, by name (as PostgREST finds it) and type; \
      `returns`, `executable_by`, `not_executable_by`, `volatility` and `security` hold; no other \
      function could be meant by a call with these names; one that runs with its owner's rights \
      (`security definer`) sets its own `search_path`, with `pg_temp` last and no schema in which \
      others may create; the REST API of `exposed_by` finds it; and \
      where there is a `call`, it answers what `expect` says. The call is made in a transaction that is \
      rolled back; what no transaction holds stays, such as the numbers that a sequence gave, or a \
      request to another server.
      """,
    cannotTellWhen: """
      The catalog cannot be read; the REST API cannot be asked; or the call waits a second for a lock, \
      takes longer than the timeout, or is not for this role to make.
      """,
    needs: """
      Any role of the database; for a `call` one that may execute it; with `exposed_by`, `key` of that \
      service.
      """,
    failures: [
      .init(
        when: "there is no such function, or its arguments have other names or types",
        mending: """
          Make it by the SQL of the finding, or call it by the names that it has; PostgREST \
          finds functions by the arguments' names.
          """),
      .init(
        when: "a role may not execute it, or one may that must not",
        mending: """
          `grant` or `revoke` by the SQL of the finding; `public` may execute new functions.
          """),
      .init(
        when: "another function of the name could be meant",
        mending: "Drop the one that is not wanted."),
      .init(
        when: "it returns something else, or promises something else",
        mending: "Replace it by the SQL of the finding."),
      .init(
        when: "it is `security definer`, and a caller could have it use a table of his own",
        mending: """
          Set its `search_path` by the SQL of the finding, or to `''` where its body names the \
          schema of whatever it uses.
          """),
      .init(
        when: "the database has it and the REST API of `exposed_by` has not",
        mending: "Have its schema cache read anew: `notify pgrst, 'reload schema';`."),
      .init(
        when: "the call fails, or answers something else",
        mending: "Call it as the finding does, and mend its body or the rows that it reads."),
    ])

  private let wanted: FunctionWish
  private let call: FunctionCall?
  private let database: String
  private let exposure: ExposureCheck?

  package init(_ settings: Settings) throws(Diagnostic) {
    func reading<Value>(
      _ field: String, _ read: (String) throws(FunctionSignature.Fault) -> Value
    ) throws(Diagnostic) -> Value? {
      guard let text = settings.optionalText(field) else { return nil }
      do throws(FunctionSignature.Fault) {
        return try read(text)
      } catch {
        throw Diagnostic(
          error.message, at: settings[field]?.location ?? settings.location,
          help: "write NAME(ARGUMENT TYPE, ARGUMENT TYPE)")
      }
    }
    guard let signature = try reading("function", FunctionSignature.init) else {
      preconditionFailure("the subject of a check is required")
    }
    wanted = FunctionWish(
      signature: signature, returns: try reading("returns", ReturnType.init),
      executors: settings.texts("executable_by"), forbidden: settings.texts("not_executable_by"),
      volatility: settings.optionalText("volatility"),
      security: settings.optionalText("security"))
    call = try FunctionCall(of: signature, settings)
    database = settings.text("in")
    exposure = settings.optionalText("exposed_by").map {
      ExposureCheck(service: $0, signature: signature)
    }
  }

  package var services: [String] { [database] + (exposure.map { [$0.service] } ?? []) }

  package func questions(in services: Services) -> [Question] {
    let lookup = FunctionLookup.query(
      wanted.signature.name, types: wanted.types, roles: wanted.executors + wanted.forbidden)
    let near = FunctionLookup.nearQuery(wanted.signature.name)
    return [
      .reading(lookup, of: database),
      .reading(near, of: database, condition: "where there is no function of that name"),
    ]
      + (jobTable(in: services).map { table in
        [
          .reading(
            FunctionCheck.timeQuery(table), of: database, condition: "where the check fails")
        ]
      } ?? []) + (exposure?.questions(in: services) ?? [])
      + (call.map { [$0.question(to: database)] } ?? [])
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    var (finding, function) = await inDatabase(services, timeout)
    if let exposure, let function, finding.status == .pass {
      finding = await exposure.judged(finding, function, in: services)
    }
    guard let call, finding.status == .pass else { return finding }
    return await call.finding(in: services, of: database, within: timeout, after: finding)
  }

  /// What the database says, and its function where there is one as asked for.
  private func inDatabase(
    _ services: Services, _ timeout: Duration
  ) async -> (Finding, FunctionFacts?) {
    var function: FunctionFacts?
    var sql = FunctionSQL(
      wanted: wanted, jobTable: jobTable(in: services), isExposed: exposure != nil)
    let finding = await services.reading(from: database, within: timeout) {
      connection throws(PostgresFault) in
      let name = wanted.signature.name
      let lookup = try await FunctionLookup.read(
        name, types: wanted.types, roles: wanted.executors + wanted.forbidden, over: connection)
      let nearest =
        lookup.functions.isEmpty
        ? try await FunctionLookup.names(near: name, over: connection).nearest(to: name.name) : nil
      sql.path = lookup.path
      func finding() -> Finding {
        let judgement = FunctionJudgement(
          wanted: wanted, lookup: lookup, sql: sql, nearest: nearest)
        function = judgement.exact
        return judgement.finding
      }
      guard let table = sql.jobTable, finding().status != .pass else { return finding() }
      let rows = try await connection.query(FunctionCheck.timeQuery(table))
      sql.jobTableHasTime = try rows.first?.bool("has_time") ?? false
      return finding()
    }
    return (finding, function)
  }

  /// The query that tells how a missing function would mark a job as touched.
  private static func timeQuery(_ table: String) -> ReadQuery {
    ReadQuery(
      """
      select exists (select from pg_attribute where attrelid = to_regclass($1)
        and attname = 'updated_at' and not attisdropped) as has_time
      """, [.text(table)])
  }

  /// The table in which a pipeline has this function count.
  private func jobTable(in services: Services) -> String? {
    services.pipelines.lazy.compactMap { try? $0.filled(from: services.variables) }
      .compactMap(\.job).first { job in
        job.progress.flatMap { QualifiedName($0) }?.name == wanted.signature.name.name
      }?.table
  }
}
