internal import Core
internal import Postgres

/// A column for vectors, as the checklist names it.
struct VectorColumn: Sendable, Equatable {
  let table: QualifiedName
  let column: String

  /// Nil where the text is no `TABLE.COLUMN` or `SCHEMA.TABLE.COLUMN`.
  init?(_ text: String) {
    guard let name = QualifiedName(text), (2...3).contains(name.parts.count),
      let table = name.parent
    else { return nil }
    self.table = table
    column = name.name
  }

  var text: String { "\(table.sql).\(SQLText.name(column))" }
}

/// A column for vectors, as the catalog knows it.
struct ColumnFacts: Sendable, Equatable {
  enum State: Sendable, Equatable {
    /// Vectors of one length.
    case sized(Int)
    /// Vectors of any length.
    case unsized
    /// Not for vectors at all.
    case otherType
    case columnMissing(nearest: String?)
    case tableMissing(nearest: String?)
  }

  let column: VectorColumn
  /// The column of a table that a view shows under this name; the column itself where it is a
  /// table's, or where the view makes it from something else.
  let base: VectorColumn
  let state: State
  /// As Postgres writes it, such as `vector(384)`; empty where there is no column.
  let type: String
  /// `vector`, `halfvec`, `sparsevec`, or another type's name.
  let baseType: String
  let isNotNull: Bool
  /// Whether the column is a table's own, and no view's.
  let isTable: Bool
  /// Whether the table is one of partitions, each with indexes of its own.
  let isPartitioned: Bool
  /// Whether the database has pgvector at all.
  let hasExtension: Bool

  /// The most dimensions that an index takes, from pgvector's README; nil where it depends.
  var indexLimit: Int? {
    switch baseType {
    case "vector": 2_000
    case "halfvec": 4_000
    default: nil
    }
  }

  var dimension: Int? { if case .sized(let dimension) = state { dimension } else { nil } }

  /// SQL that gives columns another dimension, past the views over them.
  static func alterations(
    of columns: [ColumnFacts], to dimension: Int, _ views: ViewsOver
  ) -> [String] {
    guard !columns.isEmpty else { return [] }
    let strict = columns.filter(\.isNotNull).map(\.base.table.sql)
    return ["-- stored vectors of another length cannot be kept: they have to be made again"]
      + strict.map { "-- \($0) takes no null there: `truncate \($0)` first, if it has rows" }
      + views.around(columns) { facts in
        let type = facts.state == .otherType ? "vector" : facts.baseType
        return "alter table \(facts.base.table.sql) "
          + "alter column \(SQLText.name(facts.base.column)) "
          + "type \(type)(\(dimension)) using null;"
      }
  }

  /// The one query that looks up columns, in their order.
  ///
  /// The type modifier of pgvector's types is the dimension itself, -1 where there is none
  /// (`vector_typmod_in`); that of a domain stands with the domain.
  static func query(_ columns: [VectorColumn]) -> ReadQuery {
    ReadQuery(
      """
      select c.oid is not null as has_table, a.attnum is not null as has_column,
        case when c.relkind in ('v', 'm') then b.relation::regclass::text end as base_table,
        own.attname::text as base_column, coalesce(c.relkind = 'p', false) as is_partitioned,
        coalesce(c.relkind in ('r', 'p', 'f'), false) as is_table,
        coalesce(format_type(own.atttypid, own.atttypmod), '') as type,
        coalesce(d.typname, t.typname, '')::text as base_type,
        coalesce(case when t.typtype = 'd' then t.typtypmod else own.atttypmod end, -1)
          as dimension,
        coalesce(own.attnotnull, false) as is_not_null,
        exists (select from pg_extension where extname = 'vector') as has_extension,
        case when c.oid is null then \(NearNames.tables)
          when a.attnum is null then \(NearNames.columns(of: "c.oid")) end as near
      from unnest($1::text[], $2::text[]) with ordinality as asked(relation, name, place)
        left join pg_class c on c.oid = to_regclass(asked.relation)
        left join pg_attribute a on a.attrelid = c.oid and a.attname = asked.name
          and a.attnum > 0 and not a.attisdropped
        left join lateral (
          -- A view's column, followed down to that of the table, as long as it keeps its name.
          with recursive source as (
            select c.oid as relation, a.attnum as number, c.relkind as kind, 0 as depth
            union all
            select used.refobjid, used.refobjsubid::int2, owner.relkind, source.depth + 1
            from source
              join pg_rewrite rule on rule.ev_class = source.relation
              join pg_depend used on used.classid = 'pg_rewrite'::regclass
                and used.objid = rule.oid and used.refclassid = 'pg_class'::regclass
                and used.refobjid <> source.relation and used.refobjsubid > 0
              join pg_attribute below on below.attrelid = used.refobjid
                and below.attnum = used.refobjsubid and below.attname = a.attname
              join pg_class owner on owner.oid = used.refobjid
            where source.kind in ('v', 'm') and source.depth < 16
          ), tables as (
            select distinct relation, number from source where kind not in ('v', 'm')
          )
          select relation, number from tables where (select count(*) from tables) = 1
        ) b on true
        left join pg_attribute own on own.attrelid = coalesce(b.relation, a.attrelid)
          and own.attnum = coalesce(b.number, a.attnum)
        left join pg_type t on t.oid = own.atttypid
        left join pg_type d on d.oid = t.typbasetype and t.typtype = 'd'
      order by asked.place
      """, [.textArray(columns.map(\.table.sql)), .textArray(columns.map(\.column))])
  }

  static func read(
    _ columns: [VectorColumn], over connection: ReadOnlyConnection
  ) async throws(PostgresFault) -> [ColumnFacts] {
    let rows = try await connection.query(query(columns))
    var facts: [ColumnFacts] = []
    for (column, row) in zip(columns, rows) { facts.append(try ColumnFacts(of: column, row)) }
    return facts
  }

  private init(of column: VectorColumn, _ row: Row) throws(PostgresFault) {
    self.column = column
    type = try row.text("type")
    baseType = try row.text("base_type")
    isNotNull = try row.bool("is_not_null")
    base =
      if let table = try row.optionalText("base_table"),
        let found = VectorColumn("\(table).\(SQLText.name(try row.text("base_column")))")
      {
        found
      } else { column }
    isTable = try row.bool("is_table")
    isPartitioned = try row.bool("is_partitioned")
    hasExtension = try row.bool("has_extension")
    let dimension = try row.int("dimension")
    let near = try row.optionalTexts("near") ?? []
    if try !row.bool("has_table") {
      state = .tableMissing(nearest: near.nearest(to: column.table.name))
    } else if try !row.bool("has_column") {
      state = .columnMissing(nearest: near.nearest(to: column.column))
    } else if !["vector", "halfvec", "sparsevec"].contains(baseType) {
      state = .otherType
    } else {
      state = dimension > 0 ? .sized(dimension) : .unsized
    }
  }
}

extension ColumnFacts {
  /// What keeps the column from holding vectors.
  ///
  /// - Parameter field: The checklist's field that names the column.
  /// - Returns: It, and what mends it; nil where the column can hold them.
  func lack(namedBy field: String) -> (observed: String, fix: String)? {
    let (table, name) = (column.table.sql, SQLText.name(column.column))
    func meant(_ near: String?) -> String { near.map { "; did you mean \($0)?" } ?? "" }
    switch state {
    case .sized, .unsized: return nil
    case .tableMissing(let near):
      return ("there is no table \(table)\(meant(near))", "\(field): \(near ?? "TABLE").\(name)")
    case .columnMissing(let near):
      return (
        "\(table) has no column \(name)\(meant(near))",
        near.map { "\(field): \(table).\($0)" } ?? "alter table \(table) add column \(name) …;"
      )
    case .otherType:
      return (
        "\(column.text) is of type \(type)",
        "alter table \(table) alter column \(name) type vector(…) using null;"
      )
    }
  }
}
