internal import Core
internal import Postgres

/// Where a function with its owner's rights looks names up, and who may put names of his own there.
///
/// Whoever gets a table or an operator in front of the one that is meant has it used with the owner's
/// rights (Postgres' manual, "Writing SECURITY DEFINER Functions Safely").
struct DefinerPath: Sendable, Equatable {
  /// The schemas that the function sets for itself; nil where it takes its caller's.
  let own: [String]?
  /// The schemas in which this connection finds names.
  let session: [String]
  /// Who else than the function's owner may create something in one of these schemas.
  let creators: [Creator]

  /// One who may create in a schema; `public` for everybody.
  struct Creator: Sendable, Equatable {
    let schema: String
    let role: String
  }

  /// That of a function that sets none.
  var inherited: DefinerPath { DefinerPath(own: nil, session: session, creators: creators) }

  private static let temporary = "pg_temp"

  /// What a caller can do to it; empty where nothing.
  var faults: [String] {
    let rights = "it runs with its owner's rights and "
    guard let own else { return [rights + "looks names up in its caller's search_path"] }
    // With no schema at all its body names the schema of whatever it uses.
    guard !own.isEmpty else { return [] }
    var faults: [String] = []
    // Postgres looks into the caller's temporary tables first, unless they have a place of their own.
    if own.last != DefinerPath.temporary {
      faults.append(rights + "takes its caller's temporary tables for the ones that are meant")
    }
    for creator in creators where own.contains(creator.schema) {
      let who = creator.role == "public" ? "everybody" : creator.role
      faults.append(rights + "finds what \(who) may create in the schema \(creator.schema)")
    }
    return faults
  }

  /// The words that set it, for behind `create function` or `alter function`.
  var setting: String {
    let schemas = (own ?? session).filter { $0 != DefinerPath.temporary }
    guard own?.isEmpty != true else { return "set search_path = ''" }
    return "set search_path = "
      + (schemas.map(SQLText.name) + [DefinerPath.temporary]).joined(separator: ", ")
  }

  /// The statements that mend it for an existing function.
  func mending(_ function: String) -> String {
    (revocations + ["alter function \(function) \(setting);"]).joined(separator: "\n")
  }

  /// The statements that leave its schemas to their owners.
  var revocations: [String] {
    creators.filter { (own ?? session).contains($0.schema) }
      .map {
        "revoke create on schema \(SQLText.name($0.schema)) from \(SQLText.roles([$0.role]));"
      }
  }

  /// The columns that are read here, for a query with a function `p`, which may be null.
  static let columns = "path.own_path, path.session_path, path.open_schemas, path.creators"

  /// Where they come from; who may become the owner anyway gains nothing by creating, and is left out.
  static let join = """
    left join lateral (
      select (select array(select btrim(part, ' "')
            from unnest(string_to_array(substr(setting, length('search_path=') + 1), ',')) as part
            where btrim(part, ' "') <> '')
          from unnest(p.proconfig) as setting where starts_with(setting, 'search_path='))
          as own_path,
        current_schemas(false)::text[] as session_path,
        coalesce(array_agg(open.schema), '{}') as open_schemas,
        coalesce(array_agg(open.creator), '{}') as creators
      from (select distinct n.nspname::text as schema,
          case grantee when 0 then 'public' else pg_get_userbyid(grantee)::text end as creator
        from pg_namespace n cross join aclexplode(n.nspacl)
        where privilege_type = 'CREATE' and grantee <> n.nspowner
          and (grantee = 0 or not pg_has_role(grantee, coalesce(p.proowner,
            (select oid from pg_roles where rolname = current_user)), 'member'))
        order by 1, 2) as open
    ) as path on true
    """

}

extension DefinerPath {
  init(_ row: Row) throws(PostgresFault) {
    self.init(
      own: try row.optionalTexts("own_path"), session: try row.texts("session_path"),
      creators: zip(try row.texts("open_schemas"), try row.texts("creators"))
        .map { Creator(schema: $0, role: $1) })
  }
}
