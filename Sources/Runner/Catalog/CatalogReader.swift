internal import Checklist
internal import Postgres

/// A pipeline that cannot be run as it stands.
struct PipelineMismatch: Error, Equatable {
  let message: String
}

/// Reads from the catalog what a pipeline's statements need to know.
struct CatalogReader {
  let database: Database

  func facts(for pipeline: Pipeline) async throws -> PipelineFacts {
    let vector = try await vectorFacts()
    let source = try await sourceFacts(pipeline.from)
    var targets: [TargetFacts] = []
    for target in pipeline.targets {
      targets.append(try await targetFacts(target))
    }
    var job: JobFacts?
    if let declared = pipeline.job { job = try await jobFacts(declared) }
    return PipelineFacts(source: source, targets: targets, job: job, vector: vector)
  }

  private func vectorFacts() async throws -> VectorFacts {
    // By the extension's own membership: its schema need not be on the search path.
    let rows = try await database.query(
      """
      select quote_ident(n.nspname) as schema, t.oid::int8 as type, t.typarray::int8 as array
      from pg_extension e
      join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid
        and d.deptype = 'e' and d.classid = 'pg_type'::regclass
      join pg_type t on t.oid = d.objid
      join pg_namespace n on n.oid = t.typnamespace
      where e.extname = 'vector' and t.typname = 'vector'
      """)
    guard let row = rows.first else {
      throw PipelineMismatch(message: "the database has no extension vector (pgvector)")
    }
    return VectorFacts(
      schema: try row.text("schema"), typeOID: UInt32(try row.int("type")),
      arrayOID: UInt32(try row.int("array")))
  }

  private func sourceFacts(_ source: Pipeline.Source) async throws -> SourceFacts {
    let row = try await table(source.table, column: source.key)
    guard let keyType = try row.optionalText("column_type") else {
      throw PipelineMismatch(message: "\(source.table) has no column \(source.key)")
    }
    let isTable = ["r", "p"].contains(try row.text("kind"))
    return SourceFacts(
      table: try row.text("name"), key: SQLText.name(source.key), keyType: keyType,
      canLock: isTable ? try row.bool("can_lock") : false)
  }

  private func targetFacts(_ target: Pipeline.Target) async throws -> TargetFacts {
    let column = target.assignments.first { $0.expression.contains("$embedding") }?.column
    let row = try await table(target.table, column: column ?? "")
    for assignment in target.assignments {
      guard try row.texts("columns").contains(assignment.column) else {
        throw PipelineMismatch(message: "\(target.table) has no column \(assignment.column)")
      }
    }
    let dimension = try row.optionalInt("modifier") ?? -1
    return TargetFacts(table: try row.text("name"), dimension: dimension > 0 ? dimension : nil)
  }

  private func jobFacts(_ job: Pipeline.Job) async throws -> JobFacts {
    let row = try await table(job.table, column: "id")
    let columns = Set(try row.texts("columns"))
    guard columns.isSuperset(of: ["id", "status"]),
      let keyType = try row.optionalText("column_type")
    else { throw PipelineMismatch(message: "\(job.table) has no columns id and status") }
    var progress: String?
    if let declared = job.progress {
      let found = try await database.query(
        """
        select format('%I.%I', n.nspname, p.proname) as name
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where p.oid = to_regproc($1)
        """, [.text(declared)])
      // One that is not there is called by its given name: Postgres then says what is missing, and
      // the run ends with that.
      progress = try found.first?.text("name") ?? SQLText.name(declared)
    }
    return JobFacts(
      table: try row.text("name"), columns: columns, keyType: keyType, progress: progress)
  }

  /// One row on a table: its name, its columns, and one column's type and modifier.
  private func table(_ name: String, column: String) async throws -> Row {
    let rows = try await database.query(
      """
      select format('%I.%I', n.nspname, c.relname) as name, c.relkind::text as kind,
        has_any_column_privilege(c.oid, 'UPDATE') and not row_security_active(c.oid)
          as can_lock,
        format_type(a.atttypid, null) as column_type, a.atttypmod as modifier,
        array(select attname::text from pg_attribute
          where attrelid = c.oid and attnum > 0 and not attisdropped) as columns
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      left join pg_attribute a on a.attrelid = c.oid and a.attname = $2 and a.attnum > 0
        and not a.attisdropped
      where c.oid = to_regclass($1)
      """, [.text(name), .text(column)])
    guard let row = rows.first else {
      throw PipelineMismatch(message: "there is no table \(name)")
    }
    return row
  }
}
