internal import Core
internal import Postgres

/// A unique index, seen as what `on conflict` could rely on.
struct UniqueIndex: Sendable, Equatable {
  let name: String
  /// The constraint that the index serves, where there is one.
  let constraint: String?
  let isPrimary: Bool
  let columns: [String]
  let hasExpressions: Bool
  let isPartial: Bool
  let isDeferrable: Bool
  let isValid: Bool

  /// Whether rows are unique by these columns, whatever their order, for each statement at once.
  func serves(_ wanted: [String]) -> Bool {
    covers(wanted) && obstacle == nil
  }

  private func covers(_ wanted: [String]) -> Bool {
    !hasExpressions && Set(columns) == Set(wanted)
  }

  /// Why `on conflict` cannot rely on it, whatever its columns.
  ///
  /// Postgres infers an arbiter from indexes that are valid, immediate (else error 55000) and, where
  /// the statement has no predicate of its own, not partial (else 42P10).
  private var obstacle: String? {
    if hasExpressions { return "it is over an expression" }
    if !isValid { return "it is invalid, as a failed `create index concurrently` leaves it" }
    if isPartial { return "it is partial" }
    if isDeferrable { return "its constraint is deferrable" }
    return nil
  }

  /// Why it is not what is wanted.
  func reason(against wanted: [String]) -> String {
    covers(wanted) || hasExpressions
      ? obstacle ?? "" : "it is on (\(columns.joined(separator: ", ")))"
  }

  /// How near it comes to what is wanted.
  func likeness(to wanted: [String]) -> Int {
    Set(columns).intersection(wanted).count * 2 - Set(columns).symmetricDifference(wanted).count
  }

  /// SQL that takes it away.
  func removal(from table: String) -> String {
    constraint.map { "alter table \(table) drop constraint \(SQLText.name($0));" }
      ?? "drop index \(SQLText.name(name));"
  }

  /// A `select` of all unique indexes of the relation with the oid `table`, as rows of a catalog
  /// query: name, constraint, columns, and a word for each property that holds.
  static func select(of table: String) -> String {
    """
    select x.relname::text, k.conname::text, '', array(
        select coalesce(a.attname::text, '') from unnest(i.indkey::int2[]) with ordinality
          as key(number, place)
        left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = key.number
        where key.place <= i.indnkeyatts order by key.place),
      array_remove(array[case when i.indisprimary then 'primary' end,
        case when i.indexprs is not null then 'expressions' end,
        case when i.indpred is not null then 'partial' end,
        case when not i.indimmediate then 'deferrable' end,
        case when not i.indisvalid then 'invalid' end], null)
    from pg_index i
      join pg_class x on x.oid = i.indexrelid
      left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u')
    where i.indrelid = \(table) and i.indisunique
    """
  }

  init(_ entry: CatalogEntry) {
    name = entry.name
    constraint = entry.other
    columns = entry.names
    isPrimary = entry.words.contains("primary")
    hasExpressions = entry.words.contains("expressions")
    isPartial = entry.words.contains("partial")
    isDeferrable = entry.words.contains("deferrable")
    isValid = !entry.words.contains("invalid")
  }
}

/// A row of a query that tells several sorts of things about one table.
struct CatalogEntry: Sendable, Equatable {
  let sort: String
  let name: String
  let other: String?
  let type: String
  let names: [String]
  let words: [String]

  init(_ row: Row) throws(PostgresFault) {
    sort = try row.text("sort")
    name = try row.text("name")
    other = try row.optionalText("other")
    type = try row.text("type")
    names = try row.texts("names")
    words = try row.texts("words")
  }
}
