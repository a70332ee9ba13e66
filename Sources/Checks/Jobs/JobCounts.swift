internal import Core
internal import Postgres

/// How many jobs of a table are in which trouble.
struct JobCounts: Sendable, Equatable {
  let stuck: Int
  /// Seconds.
  let longestStuck: Int
  let empty: Int
  /// The items that the empty jobs were to do.
  let emptyItems: Int
  let silent: Int
  let backlog: Int
  /// Whether row security may hide jobs from this role.
  let isHidden: Bool
  private let columns: Set<String>

  /// The one query that counts; the columns beyond `status`, `items_total` and `items_processed` may
  /// be absent, which shows in the row as JSON.
  static func query(_ table: QualifiedName, stuckAfter: Duration) -> ReadQuery {
    ReadQuery(
      """
      with job as materialized (
        select status::text, items_total::bigint as total, items_processed::bigint as done,
          to_jsonb(row) as fields
        from \(table.sql) as row
        where status::text in ('pending', 'processing')
          or status::text = 'completed' and items_processed = 0 and items_total > 0
          or status::text = 'failed'
      ), aged as (
        select *, extract(epoch from now() - coalesce(fields ->> 'updated_at',
          fields ->> 'started_at', fields ->> 'created_at')::timestamptz) as age
        from job
      )
      select
        count(*) filter (where status = 'processing' and (age is null or age > $1)) as stuck,
        coalesce(max(age) filter (where status = 'processing'), 0)::bigint as longest,
        count(*) filter (where status = 'completed') as empty,
        coalesce(sum(total) filter (where status = 'completed'), 0)::bigint as empty_items,
        count(*) filter (where status = 'failed'
          and coalesce(trim(fields ->> 'error_message'), '') = '') as silent,
        coalesce(sum(greatest(total - done, 0))
          filter (where status in ('pending', 'processing')), 0)::bigint as backlog,
        row_security_active($2::text::regclass) and (
          exists (select from pg_policy where polrelid = $2::text::regclass and not polpermissive)
          or not exists (select from pg_policy policy where polrelid = $2::text::regclass
            and polcmd in ('r', '*') and pg_get_expr(polqual, polrelid) = 'true'
            and exists (select from unnest(polroles) as role
              where role = 0 or pg_has_role(role, 'usage')))) as is_hidden,
        array(select attname::text from pg_attribute
          where attrelid = $2::text::regclass and attnum > 0 and not attisdropped) as columns
      from aged
      """, [.float8(stuckAfter.seconds), .text(table.sql)])
  }

  static func read(
    _ table: QualifiedName, stuckAfter: Duration, over connection: ReadOnlyConnection
  ) async throws(PostgresFault) -> JobCounts {
    let rows = try await connection.query(query(table, stuckAfter: stuckAfter))
    guard let row = rows.first else { throw .columnMissing("stuck") }
    return JobCounts(
      stuck: try row.int("stuck"), longestStuck: try row.int("longest"),
      empty: try row.int("empty"), emptyItems: try row.int("empty_items"),
      silent: try row.int("silent"), backlog: try row.int("backlog"),
      isHidden: try row.bool("is_hidden"), columns: Set(try row.texts("columns")))
  }

  /// SQL that has the troubled jobs say that they failed, and why.
  func failing(
    _ table: QualifiedName, _ trouble: JobsCheck.Assertion, after stuckAfter: Duration
  ) -> String {
    let age = "interval '\(Int(stuckAfter.seconds)) seconds'"
    let touched = ["updated_at", "started_at", "created_at"].filter(columns.contains)
    let time = touched.count > 1 ? "coalesce(\(touched.joined(separator: ", ")))" : touched.first
    let (reason, condition): (String, String) =
      switch trouble {
      case .stuck, .backlog:
        (
          "stuck: no progress for \(stuckAfter.text)",
          "status = 'processing'" + (time.map { " and \($0) < now() - \(age)" } ?? "")
        )
      case .empty:
        (
          "completed with 0 of its items: errors were swallowed",
          "status = 'completed' and items_processed = 0 and items_total > 0"
        )
      case .silent:
        (
          "failed without a message: errors were swallowed",
          "status = 'failed' and coalesce(trim(error_message), '') = ''"
        )
      }
    var set = ["status = 'failed'"]
    if columns.contains("error_message") {
      set.append("error_message = \(SQLText.literal(reason))")
    }
    if columns.contains("completed_at") {
      set.append("completed_at = coalesce(completed_at, now())")
    }
    if columns.contains("updated_at") { set.append("updated_at = now()") }
    return "update \(table.sql) set \(set.joined(separator: ", ")) where \(condition);"
  }
}
