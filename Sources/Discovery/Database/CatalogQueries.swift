internal import Postgres

/// What the survey asks a database's catalog.
enum CatalogQueries {
  static let mostTables = 500
  static let mostFunctions = 1_000
  /// Characters of a function's body that are searched for names.
  static let longestBody = 8_000
  /// The roles of Supabase's API.
  static let roles = ["anon", "authenticated", "service_role"]

  /// Schemas that a platform keeps for itself, and the runner's own.
  private static let foreignSchemas = [
    "information_schema", "auth", "cron", "extensions", "graphql", "graphql_public", "net",
    "pgbouncer", "pgmq", "pgsodium", "pgsodium_masks", "preflight", "realtime", "storage",
    "supabase_functions", "supabase_migrations", "vault", "_analytics", "_realtime",
  ]

  /// Whether the schema `n` is the project's own; `$1` lists those that are not.
  private static let isOwn = "n.nspname !~ '^pg_' and n.nspname <> all ($1::text[])"

  /// Whether the relation `c` has a column of vectors.
  private static let holdsVectors = """
    exists (select from pg_attribute a join pg_type t on t.oid = a.atttypid
        left join pg_type b on b.oid = t.typbasetype and t.typtype = 'd'
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        and coalesce(b.typname, t.typname) in ('vector', 'halfvec'))
    """

  /// Tables with vectors or a status, and those of these names; one row more than are taken.
  ///
  /// Columns and keys come as arrays: a key by the numbers of its columns, `p` before the primary
  /// one's. The type modifier of pgvector's types is the dimension itself, -1 where there is none.
  static func tables(named names: [String]) -> ReadQuery {
    ReadQuery(
      """
      select case when pg_table_is_visible(c.oid) then null else n.nspname::text end as schema,
        c.relname::text as name, greatest(c.reltuples, 0)::int8 as rows,
        column_names, column_numbers, types, dimensions, is_not_null, is_filled, is_constrained,
        is_stored, operator_classes,
        has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
          and not row_security_active(c.oid) as takes_rows,
        array(select case when i.indisprimary then 'p' else '' end || (
            select string_agg(key.number::text, ' ' order by key.place)
            from unnest(i.indkey::int2[]) with ordinality as key(number, place)
            where key.place <= i.indnkeyatts)
          from pg_index i
          where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indimmediate
            and i.indexprs is null and i.indpred is null
          order by i.indexrelid) as keys
      from pg_class c join pg_namespace n on n.oid = c.relnamespace, lateral (
        select array_agg(a.attname::text order by a.attnum) as column_names,
          array_agg(a.attnum::int4 order by a.attnum) as column_numbers,
          array_agg(coalesce(b.typname, t.typname)::text order by a.attnum) as types,
          array_agg(case when t.typtype = 'd' then t.typtypmod else a.atttypmod end
            order by a.attnum) as dimensions,
          array_agg(a.attnotnull::int4 order by a.attnum) as is_not_null,
          array_agg((a.atthasdef or a.attidentity <> '' or a.attgenerated <> ''
            or t.typdefault is not null)::int4 order by a.attnum) as is_filled,
          array_agg(exists (select from pg_constraint k where k.conrelid = c.oid
            and k.contype in ('c', 'f') and a.attnum = any (k.conkey))::int4 order by a.attnum)
            as is_constrained,
          array_agg((coalesce(b.typname, t.typname) in ('vector', 'halfvec') and exists (
            select from pg_stats s where s.schemaname = n.nspname and s.tablename = c.relname
              and s.attname = a.attname and s.null_frac < 1))::int4 order by a.attnum) as is_stored,
          array_agg(coalesce((select min(o.opcname::text) from pg_index i
              join pg_opclass o on o.oid = i.indclass[0] join pg_am m on m.oid = o.opcmethod
            where i.indrelid = c.oid and i.indkey[0] = a.attnum
              and m.amname in ('hnsw', 'ivfflat')), '') order by a.attnum) as operator_classes
        from pg_attribute a join pg_type t on t.oid = a.atttypid
          left join pg_type b on b.oid = t.typbasetype and t.typtype = 'd'
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
      where c.relkind in ('r', 'p') and not c.relispartition and \(isOwn)
        and has_schema_privilege(n.oid, 'usage') and column_names is not null
        and (\(holdsVectors) or 'status' = any (column_names) or c.relname = any ($2::text[]))
        and not exists (select from pg_depend where classid = 'pg_class'::regclass
          and objid = c.oid and deptype = 'e')
      order by n.nspname, c.relname limit \(mostTables + 1)
      """, [.textArray(foreignSchemas), .textArray(names)])
  }

  /// The project's own functions; one row more than are taken.
  static let functions = ReadQuery(
    """
    select case when pg_function_is_visible(p.oid) then null else n.nspname::text end as schema,
      p.proname::text as name, coalesce(p.proargnames, '{}') as names,
      coalesce(p.proargmodes::text[], '{}') as modes,
      array(select format_type(type, null) from unnest(p.proargtypes) with ordinality
        as input(type, number) order by number) as types,
      p.pronargdefaults::int as defaults, format_type(p.prorettype, null) as return_type,
      p.proretset as returns_set,
      array(select format_type(p.proallargtypes[place], null) from unnest(p.proargmodes)
        with ordinality as mode(letter, place) where letter = 't' order by place) as column_types,
      left(coalesce(p.prosrc, ''), \(longestBody)) as body,
      exists (select from pg_proc other where other.proname = p.proname
        and other.pronamespace = p.pronamespace and other.oid <> p.oid) as is_overloaded,
      array(select role.rolname::text from pg_roles role where role.rolname = any ($2::text[])
        and has_function_privilege(role.oid, p.oid, 'execute') order by 1) as executors
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prokind = 'f' and \(isOwn) and has_schema_privilege(n.oid, 'usage')
      and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
      and not exists (select from pg_depend where classid = 'pg_proc'::regclass
        and objid = p.oid and deptype = 'e')
    order by n.nspname, p.proname, p.oid limit \(mostFunctions + 1)
    """, [.textArray(foreignSchemas), .textArray(roles)])

  /// The roles that exist, which of these functions there are, and which schemas are closed to the
  /// one who asks although they hold tables with vectors.
  static func surroundings(functions: [String]) -> ReadQuery {
    ReadQuery(
      """
      select
        array(select rolname::text from pg_roles where rolname = any ($2::text[]) order by 1)
          as roles,
        array(select distinct proname::text from pg_proc where proname = any ($3::text[]))
          as functions,
        array(select n.nspname::text from pg_namespace n
          where \(isOwn) and not has_schema_privilege(n.oid, 'usage')
            and exists (select from pg_class c where c.relnamespace = n.oid
              and c.relkind in ('r', 'p') and \(holdsVectors))
          order by 1 limit 100) as closed
      """, [.textArray(foreignSchemas), .textArray(roles), .textArray(functions)])
  }
}
