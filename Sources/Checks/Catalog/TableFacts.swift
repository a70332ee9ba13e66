internal import Core
internal import Postgres

/// A table, as the catalog knows it.
struct TableFacts: Sendable, Equatable {
  struct Column: Sendable, Equatable {
    let name: String
    /// As Postgres writes it, with its modifier.
    let type: String
    let isNotNull: Bool
    /// Whether an insert that does not name it gets a value all the same.
    let isFilled: Bool
  }

  /// `r` for a table, `v` for a view, and so on.
  let kind: String
  let hasRowSecurity: Bool
  let columns: [Column]
  let uniqueIndexes: [UniqueIndex]
  /// The privileges of the asked roles, by role; a role that does not exist is not there.
  let privileges: [String: [String]]
  /// What row security does not keep the asked roles from, by role.
  let unbarred: [String: [String]]
  /// The asked types as Postgres names them, without modifiers; empty for one that does not exist.
  let types: [String]

  /// What came of looking for a table.
  enum Lookup: Sendable, Equatable {
    case found(TableFacts)
    case missing(nearest: String?)
  }

  /// The one query that tells all of it.
  ///
  /// - Parameters:
  ///   - table: Looked for along the search path where it names no schema.
  ///   - roles: Whose privileges are asked; `public` is everybody.
  ///   - types: Names of types that are to be compared with those of columns.
  /// - Returns: What `read` sends.
  static func query(
    _ table: QualifiedName, roles: [String] = [], types: [String] = []
  ) -> ReadQuery {
    ReadQuery(
      """
      with wanted as materialized (select to_regclass($1) as relation)
      select 'table' as sort, c.relname::text as name, null::text as other, c.relkind::text as type,
        '{}'::text[] as names,
        case when c.relrowsecurity then array['row_security'] else '{}' end as words
      from pg_class c where c.oid = (select relation from wanted)
      union all
      select 'near', '', null, '', case when relation is null then \(NearNames.tables)
        else '{}' end, '{}' from wanted
      union all
      (select 'column', a.attname::text, null, format_type(a.atttypid, a.atttypmod), '{}',
        array_remove(array[case when a.attnotnull then 'not_null' end,
          case when a.atthasdef or a.attidentity <> '' or a.attgenerated <> ''
            or t.typdefault is not null then 'filled' end], null)
      from pg_attribute a join pg_type t on t.oid = a.atttypid
      where a.attrelid = (select relation from wanted) and a.attnum > 0 and not a.attisdropped
      order by a.attnum)
      union all
      select 'index', indexes.* from (
        \(UniqueIndex.select(of: "(select relation from wanted)"))) as indexes
      union all
      select 'role', role.name, null, '', array(\(TableFacts.unbarred)), array(
        select privilege from unnest(array['select', 'insert', 'update', 'delete', 'truncate',
          'references', 'trigger']) as privilege
        where has_table_privilege(role.oid, (select relation from wanted), privilege))
      from (select rolname::text as name, oid, rolsuper or rolbypassrls as is_free
          from pg_roles where rolname = any($2::text[])
        union all select 'public', 0::oid, false where 'public' = any($2::text[])) as role
      union all
      select 'types', '', null, '', array(select coalesce(format_type(to_regtype(name), null), '')
        from unnest($3::text[]) with ordinality as asked(name, place) order by place), '{}'
      """, [.text(table.sql), .textArray(roles), .textArray(types)])
  }

  /// A subquery for the commands of which row security does not bar all of a role's rows.
  ///
  /// It is off, or the role is above it or owns the table, or a permissive policy is for the command and
  /// the role ("Row Security Policies" in the Postgres manual). Which rows a policy lets through is not
  /// looked at.
  private static let unbarred = """
    select command from pg_class c, (values ('select', 'r'), ('insert', 'a'), ('update', 'w'),
        ('delete', 'd')) as commands(command, letter)
      where c.oid = (select relation from wanted) and (not c.relrowsecurity or role.is_free
        or role.oid <> 0 and not c.relforcerowsecurity and pg_has_role(role.oid, c.relowner, 'usage')
        or exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive
          and p.polcmd::text in ('*', letter) and (0 = any(p.polroles) or role.oid <> 0
            and exists (select from unnest(p.polroles) as member where member <> 0
              and pg_has_role(role.oid, member, 'usage')))))
    """

  /// Reads all of it; the parameters are those of the query.
  ///
  /// - Returns: The table, or what may have been meant.
  /// - Throws: The fault that kept the catalog from answering.
  static func read(
    _ table: QualifiedName, roles: [String] = [], types: [String] = [],
    over connection: ReadOnlyConnection
  ) async throws(PostgresFault) -> Lookup {
    let rows = try await connection.query(query(table, roles: roles, types: types))
    var entries: [CatalogEntry] = []
    for row in rows { entries.append(try CatalogEntry(row)) }
    func all(_ sort: String) -> [CatalogEntry] { entries.filter { $0.sort == sort } }
    guard let found = all("table").first else {
      return .missing(nearest: all("near").first?.names.nearest(to: table.name))
    }
    return .found(
      TableFacts(
        kind: found.type, hasRowSecurity: found.words.contains("row_security"),
        columns: all("column").map { entry in
          Column(
            name: entry.name, type: entry.type, isNotNull: entry.words.contains("not_null"),
            isFilled: entry.words.contains("filled"))
        },
        uniqueIndexes: all("index").map(UniqueIndex.init),
        privileges: Dictionary(
          all("role").map { ($0.name, $0.words) }, uniquingKeysWith: { first, _ in first }),
        unbarred: Dictionary(
          all("role").map { ($0.name, $0.names) }, uniquingKeysWith: { first, _ in first }),
        types: all("types").first?.names ?? []))
  }

  func column(_ name: String) -> Column? { columns.first { $0.name == name } }
}
