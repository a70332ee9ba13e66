internal import Core
internal import Postgres

/// One function of a name, as the catalog knows it.
struct FunctionFacts: Sendable, Equatable {
  let schema: String
  /// Whether the search path finds it without its schema.
  let isVisible: Bool
  /// As Postgres writes it, such as `f(uuid, integer)`.
  let identity: String
  /// `f` for a function, `p` for a procedure, and so on.
  let kind: String
  let language: String
  let body: String
  let argumentNames: [String]
  let argumentTypes: [String]
  /// The last so many arguments may be left out.
  let defaults: Int
  let returnType: String
  let returnsSet: Bool
  /// The columns of `returns table (…)`.
  let columnNames: [String]
  let columnTypes: [String]
  /// `immutable`, `stable` or `volatile`.
  let volatility: String
  let isDefiner: Bool
  let path: DefinerPath
  /// Those of the asked roles that may execute it.
  let executors: [String]

  /// As SQL writes what it gives back.
  var returns: String {
    guard columnNames.isEmpty else {
      return "table ("
        + zip(columnNames, columnTypes).map { "\($0) \($1)" }.joined(separator: ", ") + ")"
    }
    return (returnsSet ? "setof " : "") + returnType
  }

  /// Its own signature, with its names.
  var signature: String {
    let arguments = zip(argumentNames, argumentTypes).map { name, type in
      name.isEmpty ? type : "\(name) \(type)"
    }
    return "\(identity.prefix { $0 != "(" })(\(arguments.joined(separator: ", ")))"
  }
}

/// What one query tells of a function and everything that could be taken for it.
struct FunctionLookup: Sendable, Equatable {
  let functions: [FunctionFacts]
  /// The asked types as Postgres names them, in their order; empty for one that does not exist.
  let types: [String]
  /// Those of the asked roles that exist.
  let roles: [String]
  /// Where a function that is still to be made would look names up; nil only without an answer.
  let path: DefinerPath?

  /// The one query that finds the functions of a name.
  static func query(_ name: QualifiedName, types: [String], roles: [String]) -> ReadQuery {
    // One row at least, so that types and roles come along also where there is no function.
    ReadQuery(
      """
      select n.nspname::text as schema, pg_function_is_visible(p.oid) as is_visible,
        p.oid::regprocedure::text as identity, p.prokind::text as kind, l.lanname::text as language,
        coalesce(p.prosrc, '') as body,
        coalesce(p.proargnames, '{}') as names, coalesce(p.proargmodes::text[], '{}') as modes,
        array(select format_type(type, null) from unnest(p.proargtypes) with ordinality
          as input(type, number) order by number) as argument_types,
        p.pronargdefaults::int as defaults, format_type(p.prorettype, null) as return_type,
        p.proretset as returns_set,
        array(select format_type(p.proallargtypes[place], null) from unnest(p.proargmodes)
          with ordinality as mode(letter, place) where letter = 't' order by place) as column_types,
        case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end
          as volatility,
        p.prosecdef as is_definer,
        array(select role.name from asked_roles role
          where has_function_privilege(role.oid, p.oid, 'execute')) as executors,
        array(select coalesce(format_type(to_regtype(name), null), '')
          from unnest($3::text[]) with ordinality as asked(name, place) order by place) as types,
        array(select name from asked_roles) as roles,
        \(DefinerPath.columns)
      from (select 1) as always
        left join pg_proc p on p.proname = $1 and ($2::text is null or p.pronamespace
          = (select oid from pg_namespace where nspname = $2))
        left join pg_namespace n on n.oid = p.pronamespace
        left join pg_language l on l.oid = p.prolang
        \(DefinerPath.join.replacing("\n", with: "\n    "))
      order by is_visible desc, identity
      limit 100
      """.withAskedRoles,
      [
        .text(name.name), name.schema.map { .text($0) } ?? .null, .textArray(types),
        .textArray(roles),
      ])
  }

  static func read(
    _ name: QualifiedName, types: [String], roles: [String], over connection: ReadOnlyConnection
  ) async throws(PostgresFault) -> FunctionLookup {
    let rows = try await connection.query(query(name, types: types, roles: roles))
    var functions: [FunctionFacts] = []
    for row in rows where try !row.isNull("identity") { functions.append(try FunctionFacts(row)) }
    var path: DefinerPath?
    if let row = rows.first { path = try DefinerPath(row).inherited }
    return FunctionLookup(
      functions: functions, types: try rows.first?.texts("types") ?? [],
      roles: try rows.first?.texts("roles") ?? [], path: path)
  }

  /// The query for the names of functions that the search path sees, or that the schema holds.
  static func nearQuery(_ name: QualifiedName) -> ReadQuery {
    ReadQuery(
      """
      select array(select distinct p.proname::text from pg_proc p
          join pg_namespace n on n.oid = p.pronamespace
        where n.nspname not in ('pg_catalog', 'information_schema')
          and case when $1::text is null then pg_function_is_visible(p.oid)
            else n.nspname = $1 end
        limit 10000) as names
      """, [name.schema.map { .text($0) } ?? .null])
  }

  static func names(
    near name: QualifiedName, over connection: ReadOnlyConnection
  ) async throws(PostgresFault) -> [String] {
    let rows = try await connection.query(nearQuery(name))
    return try rows.first?.texts("names") ?? []
  }
}

extension FunctionFacts {
  fileprivate init(_ row: Row) throws(PostgresFault) {
    schema = try row.text("schema")
    isVisible = try row.bool("is_visible")
    identity = try row.text("identity")
    kind = try row.text("kind")
    language = try row.text("language")
    body = try row.text("body")
    let names = try row.texts("names")
    let modes = try row.texts("modes")
    let types = try row.texts("argument_types")
    // Without modes all arguments are inputs; without names they have none.
    func named(_ letters: Set<String>) -> [String] {
      zip(names, modes).filter { letters.contains($0.1) }.map(\.0)
    }
    argumentTypes = types
    argumentNames =
      names.isEmpty
      ? types.map { _ in "" } : modes.isEmpty ? names : named(["i", "b", "v"])
    columnNames = named(["t"])
    defaults = try row.int("defaults")
    returnType = try row.text("return_type")
    returnsSet = try row.bool("returns_set")
    columnTypes = try row.texts("column_types")
    volatility = try row.text("volatility")
    isDefiner = try row.bool("is_definer")
    path = try DefinerPath(row)
    executors = try row.texts("executors")
  }
}

extension String {
  /// The query with `asked_roles`: those of the roles in `$4` that exist, `public` among them.
  ///
  /// Privileges of `public`, which is no role of the catalog, are asked for under the number 0.
  fileprivate var withAskedRoles: String {
    """
    with asked_roles as (
      select rolname::text as name, oid from pg_roles where rolname = any($4::text[])
      union all select 'public', 0::oid where 'public' = any($4::text[]))
    """ + "\n" + self
  }
}
