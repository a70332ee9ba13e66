/// Pieces of catalog queries that find what a mistyped name may have meant.
enum NearNames {
  /// The names of the relations that the search path sees, as `text[]`; at most a thousand.
  static let tables = """
    array(select r.relname::text from pg_class r
      where r.relkind in ('r', 'p', 'v', 'm', 'f') and pg_table_is_visible(r.oid)
        and r.relnamespace <> 'pg_catalog'::regnamespace
      order by 1 limit 1000)
    """

  /// The names of the columns of the relation `table`, as `text[]`, in their order.
  static func columns(of table: String) -> String {
    """
    array(select near.attname::text from pg_attribute near
      where near.attrelid = \(table) and near.attnum > 0 and not near.attisdropped
      order by near.attnum)
    """
  }
}
