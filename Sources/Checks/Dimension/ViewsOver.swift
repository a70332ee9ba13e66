internal import Core
internal import Postgres

/// The views over columns, which Postgres does not let change while these stand.
struct ViewsOver: Sendable, Equatable {
  /// A view, in the words that make it anew.
  struct View: Sendable, Equatable {
    let name: String
    /// The places of those of the asked columns that it shows or is made from, from 1.
    let columns: [Int]
    let isMaterialized: Bool
    /// Such as ` with (security_invoker=true)`; empty where there are none.
    let options: String
    let definition: String
    /// `grant` statements, without semicolons.
    let grants: [String]
  }

  /// Each after those that it is made of.
  let views: [View]
  /// The columns that were asked for.
  let asked: [VectorColumn]

  static let none = ViewsOver(views: [], asked: [])

  /// Words on the views that show these columns; nil where there are none.
  func warning(of columns: [ColumnFacts]) -> String? {
    let names = over(columns).map(\.name)
    guard !names.isEmpty else { return nil }
    return "-- \(names.joined(last: "and")) must be dropped before and made anew after"
  }

  private func over(_ columns: [ColumnFacts]) -> [View] {
    let places = columns.compactMap { asked.firstIndex(of: $0.base) }.map { $0 + 1 }
    return views.filter { !Set($0.columns).isDisjoint(with: places) }
  }

  /// A statement for each column, with the views taken away before them and made anew after them.
  func around(_ columns: [ColumnFacts], _ statement: (ColumnFacts) -> String) -> [String] {
    let statements = columns.map(statement)
    let views = over(columns)
    guard !views.isEmpty else { return statements }
    func kind(_ view: View) -> String { view.isMaterialized ? "materialized view" : "view" }
    return ["begin;"] + views.reversed().map { "drop \(kind($0)) \($0.name);" } + statements
      + views.flatMap { view in
        [
          "create \(kind(view)) \(view.name)\(view.options) as \(view.definition)"
        ] + view.grants.map { "\($0);" }
      } + ["commit;"]
  }

  /// The query for the views over some columns of tables, and the views over these.
  static func query(_ columns: [VectorColumn]) -> ReadQuery {
    ReadQuery(
      """
      with recursive users as (
        select rule.ev_class as view, asked.place, 1 as depth
        from unnest($1::text[], $2::text[]) with ordinality as asked(relation, name, place)
          join pg_attribute a on a.attrelid = to_regclass(asked.relation)
            and a.attname = asked.name and not a.attisdropped
          join pg_depend used on used.classid = 'pg_rewrite'::regclass
            and used.refclassid = 'pg_class'::regclass
            and used.refobjid = a.attrelid and used.refobjsubid = a.attnum
          join pg_rewrite rule on rule.oid = used.objid and rule.ev_class <> a.attrelid
        union
        select rule.ev_class, users.place, users.depth + 1
        from users
          join pg_depend used on used.classid = 'pg_rewrite'::regclass
            and used.refclassid = 'pg_class'::regclass and used.refobjid = users.view
          join pg_rewrite rule on rule.oid = used.objid and rule.ev_class <> users.view
        where users.depth < 16
      )
      select c.oid::regclass::text as name, found.columns, c.relkind = 'm' as is_materialized,
        coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') as options,
        pg_get_viewdef(c.oid) as definition,
        array(select format('grant %s on %s to %s',
            string_agg(lower(given.privilege_type), ', ' order by given.privilege_type),
            c.oid::regclass,
            case when given.grantee = 0 then 'public' else quote_ident(min(role.rolname)) end)
          from aclexplode(c.relacl) given left join pg_roles role on role.oid = given.grantee
          where given.grantee <> c.relowner
          group by given.grantee order by given.grantee) as grants
      from (select view, max(depth) as depth, array_agg(distinct place) as columns
          from users group by view) as found
        join pg_class c on c.oid = found.view
      order by found.depth, name
      """, [.textArray(columns.map(\.table.sql)), .textArray(columns.map(\.column))])
  }

  static func read(
    _ columns: [VectorColumn], over connection: ReadOnlyConnection
  ) async throws(PostgresFault) -> ViewsOver {
    var views: [View] = []
    for row in try await connection.query(query(columns)) {
      views.append(
        View(
          name: try row.text("name"), columns: try row.ints("columns"),
          isMaterialized: try row.bool("is_materialized"),
          options: try row.text("options"), definition: try row.text("definition"),
          grants: try row.texts("grants")))
    }
    return ViewsOver(views: views, asked: columns)
  }
}
