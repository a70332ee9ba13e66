internal import Core
internal import Postgres

/// An index for searching by likeness, as the catalog knows it.
struct VectorIndex: Sendable, Equatable {
  /// With its schema, where the search path does not have it.
  let name: String
  /// `hnsw` or `ivfflat`.
  let method: String
  let operatorClass: String
  /// The type to which the index casts the column; nil where it is on the column as it is.
  let cast: String?
  let isValid: Bool
  let isReady: Bool
  /// The rows that it covers; nil where it leaves none with a vector out.
  let predicate: String?
  /// Whether it had no vector when it was built or last vacuumed.
  let isEmpty: Bool

  var metric: VectorMetric? { VectorMetric(operatorClass: operatorClass) }

  /// The pgvector of a database, and what else its server has to offer.
  struct Library: Sendable, Equatable {
    let version: String
    let offered: String?
    /// The extension's schema, where the search path does not have it.
    let schema: String?
  }

  /// The one query that finds the indexes of a column and its casts.
  static func query(_ column: VectorColumn) -> ReadQuery {
    // One row at least, so that the extension comes along also where there is no index.
    ReadQuery(
      """
      select e.extversion as version, o.default_version::text as offered,
        case when n.nspname <> all (current_schemas(true)) then n.nspname::text end as schema,
        found.*
      from (select 1) as always
        left join pg_extension e on e.extname = 'vector'
        left join pg_namespace n on n.oid = e.extnamespace
        left join pg_available_extensions o on o.name = 'vector'
        left join lateral (
          select i.indexrelid::regclass::text as index, m.amname::text as method,
            c.opcname::text as operator_class, i.indisvalid as is_valid, i.indisready as is_ready,
            case when i.indkey[0] = 0 then format_type(k.atttypid, k.atttypmod) end as type_cast,
            nullif(pg_get_expr(i.indpred, i.indrelid), format('(%I IS NOT NULL)', a.attname))
              as predicate,
            x.reltuples = 0 as is_empty
          from pg_index i
            join pg_class x on x.oid = i.indexrelid
            join pg_am m on m.oid = x.relam
            join pg_opclass c on c.oid = i.indclass[0]
            join pg_attribute k on k.attrelid = i.indexrelid and k.attnum = 1
            join pg_attribute a on a.attrelid = i.indrelid and a.attname = $2
          where i.indrelid = to_regclass($1) and m.amname in ('hnsw', 'ivfflat')
            and (i.indkey[0] = a.attnum or pg_get_indexdef(i.indexrelid, 1, true)
              = format('(%I::%s)', a.attname, format_type(k.atttypid, k.atttypmod)))
          order by 1 limit 100
        ) as found on true
      """, [.text(column.table.sql), .text(column.column)])
  }

  static func read(
    _ column: VectorColumn, over connection: ReadOnlyConnection
  ) async throws(PostgresFault) -> (library: Library?, indexes: [VectorIndex]) {
    let rows = try await connection.query(query(column))
    var indexes: [VectorIndex] = []
    for row in rows where try !row.isNull("index") { indexes.append(try VectorIndex(row)) }
    guard let row = rows.first, let version = try row.optionalText("version") else {
      return (nil, indexes)
    }
    return (
      Library(
        version: version, offered: try row.optionalText("offered"),
        schema: try row.optionalText("schema")),
      indexes
    )
  }

  private init(_ row: Row) throws(PostgresFault) {
    name = try row.text("index")
    method = try row.text("method")
    operatorClass = try row.text("operator_class")
    cast = try row.optionalText("type_cast")
    isValid = try row.bool("is_valid")
    isReady = try row.bool("is_ready")
    predicate = try row.optionalText("predicate")
    isEmpty = try row.bool("is_empty")
  }

  /// Why it does not serve such a search; nil where it does.
  func obstacle(to metric: VectorMetric, by method: String?) -> String? {
    if let method, method != self.method { return "it is \(self.method)" }
    if self.metric != metric {
      return "it is by \(operatorClass)" + (self.metric.map { ", for \($0.rawValue)" } ?? "")
    }
    if let predicate { return "it covers only rows where \(predicate)" }
    if !isReady { return "it is not ready, and may still be being built" }
    return isValid ? nil : "it is invalid, as a failed `create index concurrently` leaves it"
  }

  /// Whether building it again would make it serve.
  func isMendable(for metric: VectorMetric, by method: String?) -> Bool {
    (method == nil || method == self.method) && self.metric == metric && predicate == nil
  }
}

/// A function that searches, with what it searches by.
struct SearchFunction: Sendable, Equatable {
  /// As Postgres writes it, such as `match_documents(vector)`.
  let identity: String
  let body: String
  /// The statement that makes it anew.
  let definition: String

  /// The query for the functions that a call by this name can reach.
  static func query(_ name: QualifiedName) -> ReadQuery {
    ReadQuery(
      """
      select p.oid::regprocedure::text as identity, coalesce(p.prosrc, '') as body,
        pg_get_functiondef(p.oid) as definition
      from pg_proc p
      where p.proname = $1 and p.prokind = 'f' and case when $2::text is null
        then pg_function_is_visible(p.oid)
        else p.pronamespace = (select oid from pg_namespace where nspname = $2) end
      order by 1 limit 100
      """, [.text(name.name), name.schema.map { .text($0) } ?? .null])
  }

  static func read(
    _ name: QualifiedName, over connection: ReadOnlyConnection
  ) async throws(PostgresFault) -> [SearchFunction] {
    var functions: [SearchFunction] = []
    for row in try await connection.query(query(name)) {
      functions.append(
        SearchFunction(
          identity: try row.text("identity"), body: try row.text("body"),
          definition: try row.text("definition")))
    }
    return functions
  }
}
