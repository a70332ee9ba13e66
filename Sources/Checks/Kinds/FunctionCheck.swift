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
        example: "stable"),
      Field(
        "security", .word(["invoker", "definer"]), "Whose rights it runs with.",
        example: "invoker"),
    ],
    passesWhen: """
      A function of this name has exactly these arguments, by name (as PostgREST finds it) and type; \
      `returns`, `executable_by`, `not_executable_by`, `volatility` and `security` hold; and no other \
      function could be meant by a call with these names.
      """,
    cannotTellWhen: "The catalog cannot be read.",
    needs: "Any role of the database.")

  private let wanted: FunctionWish
  private let database: String

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
    database = settings.text("in")
  }

  package var services: [String] { [database] }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    var sql = FunctionSQL(wanted: wanted, jobTable: jobTable(in: services))
    return await services.reading(from: database, within: timeout) {
      connection throws(PostgresFault) in
      let name = wanted.signature.name
      let lookup = try await FunctionLookup.read(
        name, types: wanted.types, roles: wanted.executors + wanted.forbidden, over: connection)
      let nearest =
        lookup.functions.isEmpty
        ? try await FunctionLookup.names(near: name, over: connection).nearest(to: name.name) : nil
      func finding() -> Finding {
        FunctionJudgement(wanted: wanted, lookup: lookup, sql: sql, nearest: nearest).finding
      }
      guard let table = sql.jobTable, finding().status != .pass else { return finding() }
      let rows = try await connection.query(
        """
        select exists (select from pg_attribute where attrelid = to_regclass($1)
          and attname = 'updated_at' and not attisdropped) as has_time
        """, [.text(table)])
      sql.jobTableHasTime = try rows.first?.bool("has_time") ?? false
      return finding()
    }
  }

  /// The table in which a pipeline has this function count.
  private func jobTable(in services: Services) -> String? {
    services.pipelines.lazy.compactMap { try? $0.filled(from: services.variables) }
      .compactMap(\.job).first { job in
        job.progress.flatMap { QualifiedName($0) }?.name == wanted.signature.name.name
      }?.table
  }
}
