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
  let state: State
  /// As Postgres writes it, such as `vector(384)`; empty where there is no column.
  let type: String
  /// `vector`, `halfvec`, `sparsevec`, or another type's name.
  let baseType: String
  let isNotNull: Bool
  let isTable: Bool
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

  /// SQL that gives columns another dimension.
  static func alterations(of columns: [ColumnFacts], to dimension: Int) -> [String] {
    guard !columns.isEmpty else { return [] }
    let strict = columns.filter(\.isNotNull).map(\.column.table.sql)
    return ["-- stored vectors of another length cannot be kept: they have to be made again"]
      + strict.map { "-- \($0) takes no null there: `truncate \($0)` first, if it has rows" }
      + columns.map { facts in
        let type = facts.state == .otherType ? "vector" : facts.baseType
        return "alter table \(facts.column.table.sql) "
          + "alter column \(SQLText.name(facts.column.column)) "
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
        coalesce(c.relkind in ('r', 'p', 'f'), false) as is_table,
        coalesce(format_type(a.atttypid, a.atttypmod), '') as type,
        coalesce(b.typname, t.typname, '')::text as base_type,
        coalesce(case when t.typtype = 'd' then t.typtypmod else a.atttypmod end, -1) as dimension,
        coalesce(a.attnotnull, false) as is_not_null,
        exists (select from pg_extension where extname = 'vector') as has_extension,
        case when c.oid is null then \(NearNames.tables)
          when a.attnum is null then \(NearNames.columns(of: "c.oid")) end as near
      from unnest($1::text[], $2::text[]) with ordinality as asked(relation, name, place)
        left join pg_class c on c.oid = to_regclass(asked.relation)
        left join pg_attribute a on a.attrelid = c.oid and a.attname = asked.name
          and a.attnum > 0 and not a.attisdropped
        left join pg_type t on t.oid = a.atttypid
        left join pg_type b on b.oid = t.typbasetype and t.typtype = 'd'
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
    isTable = try row.bool("is_table")
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
