/// Statements on the one row of the user's job table that tells of a run.
///
/// A job table has to have a `status`; of the other columns of the postmortem's table those are
/// written that are there.
struct JobSQL: Sendable {
  let facts: JobFacts

  /// Makes the row.
  ///
  /// Parameter: how many items the run has. Answers the row's key as text.
  var begin: String {
    let columns = assignments([
      ("status", "'processing'"), ("items_total", "$1::integer"), ("items_processed", "0"),
      ("started_at", "now()"), ("updated_at", "now()"),
    ])
    return """
      insert into \(facts.table) (\(columns.map(\.column).joined(separator: ", ")))
      select \(columns.map(\.value).joined(separator: ", "))
      from (select $1::integer) as given (total)
      returning id::text as id
      """
  }

  /// Ends the row.
  ///
  /// Parameters: its key, its last status, how many items the run stored, what there is to say.
  var end: String {
    var wanted = [
      ("status", "given.status"), ("error_message", "given.message"), ("completed_at", "now()"),
      ("updated_at", "now()"),
    ]
    // Without a function of the user's there is nobody else to count.
    if facts.progress == nil { wanted.append(("items_processed", "given.stored")) }
    let set = assignments(wanted).map { "\($0.column) = \($0.value)" }.joined(separator: ", ")
    return """
      update \(facts.table) set \(set)
      from (select $2::text as status, $3::integer as stored, $4::text as message) as given
      where id = $1::text::\(facts.keyType)
      """
  }

  /// What the row says.
  ///
  /// Parameter: its key. A column that is not there is null.
  var read: String {
    """
    select job.status::text as status, \(column("items_total")) as items_total,
      \(column("items_processed")) as items_processed
    from \(facts.table) as job where job.id = $1::text::\(facts.keyType)
    """
  }

  /// How many jobs younger than the run stand still, apart from its own.
  ///
  /// Parameters: the row's key, the run's id, how many seconds without a change are too long.
  var countStuck: String? {
    guard facts.columns.isSuperset(of: ["created_at", "updated_at"]) else { return nil }
    return """
      select count(*) as stuck from \(facts.table) as job
      where job.id <> $1::text::\(facts.keyType) and job.status::text = 'processing'
        and job.created_at >= (select created_at from preflight.run where id = $2::uuid)
        and job.updated_at < clock_timestamp() - make_interval(secs => $3::float8)
      """
  }

  func column(_ name: String) -> String {
    facts.columns.contains(name) ? "job.\(name)::integer" : "null::integer"
  }

  private func assignments(
    _ wanted: [(column: String, value: String)]
  ) -> [(column: String, value: String)] {
    wanted.filter { facts.columns.contains($0.column) }
  }
}
