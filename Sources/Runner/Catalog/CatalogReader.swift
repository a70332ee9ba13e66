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
      targets.append(try await targetFacts(target, of: pipeline.from))
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
    let table = try await table(source.table)
    let isTable = ["r", "p"].contains(table.kind)
    return SourceFacts(
      table: table.name, key: try source.key.map { try table.column($0) },
      isKeyProven: try await isProven(source.key, in: table), keepsRows: isTable,
      canLock: isTable && table.canLock)
  }

  private func targetFacts(
    _ target: Pipeline.Target, of source: Pipeline.Source
  ) async throws -> TargetFacts {
    let table = try await table(target.table)
    if case .update = target { for name in source.key { _ = try table.column(name) } }
    let vector = target.assignments.first { $0.expression.contains("$embedding") }?.column
    return TargetFacts(
      table: table.name, columns: try target.assignments.map { try table.column($0.column) },
      dimension: try await dimension(of: vector, in: table))
  }

  /// Whether a unique index covers no column but these, and none of them can be null.
  private func isProven(_ key: [String], in table: TableFacts) async throws -> Bool {
    try await database.query(
      """
      with key as (
        select attnum, attnotnull from pg_attribute
        where attrelid = $1::text::regclass and attname = any ($2::text[])
      )
      select (select bool_and(attnotnull) from key) and exists (
        select from pg_index where indrelid = $1::text::regclass and indisunique and indisvalid
          and indpred is null and indexprs is null
          and not exists (select from generate_series(0, indnkeyatts - 1) as place
            where indkey[place] not in (select attnum from key))) as is_proven
      """, [.text(table.name), .textArray(key)]
    ).first?.bool("is_proven") ?? false
  }

  /// The declared length of a column's vectors, which may stand with its domain.
  private func dimension(of column: String?, in table: TableFacts) async throws -> Int? {
    guard let column else { return nil }
    let modifier = try await database.query(
      """
      with recursive typed (type, modifier) as (
        select atttypid, atttypmod from pg_attribute
        where attrelid = $1::text::regclass and attname = $2
        union all
        select domain.typbasetype, domain.typtypmod from typed
        join pg_type as domain on domain.oid = typed.type and domain.typtype = 'd'
      )
      select max(modifier) as modifier from typed
      """, [.text(table.name), .text(column)]
    ).first?.optionalInt("modifier")
    return modifier.flatMap { $0 > 0 ? $0 : nil }
  }

  private func jobFacts(_ job: Pipeline.Job) async throws -> JobFacts {
    let table = try await table(job.table)
    let columns = Set(table.columns.keys)
    guard columns.isSuperset(of: ["id", "status"]), let keyType = table.columns["id"] else {
      throw PipelineMismatch(message: "\(job.table) has no columns id and status")
    }
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
      table: table.name, columns: columns, keyType: keyType, progress: progress)
  }

  private func table(_ name: String) async throws -> TableFacts {
    let rows = try await database.query(
      """
      select format('%I.%I', n.nspname, c.relname) as name, c.relkind::text as kind,
        has_any_column_privilege(c.oid, 'UPDATE') and not row_security_active(c.oid)
          as can_lock,
        array_agg(a.attname::text order by a.attnum) as columns,
        -- Without -1, character(8) would be told as character, which is character(1).
        array_agg(format_type(a.atttypid, -1) order by a.attnum) as types,
        array_agg(a.attname::text) filter (where t.typcategory = 'D') as times
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_type t on t.oid = a.atttypid
      where c.oid = to_regclass($1)
      group by n.nspname, c.oid
      """, [.text(name)])
    guard let row = rows.first else {
      throw PipelineMismatch(message: "there is no table \(name)")
    }
    return TableFacts(
      given: name, name: try row.text("name"), kind: try row.text("kind"),
      canLock: try row.bool("can_lock"),
      columns: Dictionary(
        uniqueKeysWithValues: zip(try row.texts("columns"), try row.texts("types"))),
      times: try row.optionalTexts("times") ?? [])
  }
}

/// What the catalog says of one table or view.
private struct TableFacts {
  /// As the pipeline names it.
  let given: String
  /// Qualified and quoted.
  let name: String
  /// As `pg_class.relkind`.
  let kind: String
  let canLock: Bool
  /// Names to types.
  let columns: [String: String]
  /// The names of those that hold dates or times.
  let times: [String]

  func column(_ column: String) throws(PipelineMismatch) -> ColumnFacts {
    guard let type = columns[column] else {
      throw PipelineMismatch(message: "\(given) has no column \(column)")
    }
    return ColumnFacts(
      name: SQLText.name(column), type: type, isTime: times.contains(column))
  }
}
