extension QueueSQL {
  /// A pipeline's open run and what its items wait for.
  ///
  /// Parameter: the pipeline's name.
  static let openRun = """
    select run.state, run.total, run.processed + run.failed + run.skipped as finished,
      extract(epoch from clock_timestamp() - run.created_at)::float8 as age,
      \(count("batch.state = 0 and batch.not_before <= clock_timestamp()")) as claimable,
      \(count("batch.state = 1")) as leased,
      \(count("batch.state = 0 and batch.not_before > clock_timestamp()")) as waiting,
      (select count(*) from preflight.worker where worker.run_id = run.id
        and worker.beat_at > clock_timestamp() - interval '15 s') as workers
    from preflight.run as run left join preflight.batch as batch on batch.run_id = run.id
    where run.pipeline = $1 and run.finished_at is null
    group by run.id
    """

  /// How many items are in the batches that are in question.
  private static func count(_ condition: String) -> String {
    "coalesce(sum(cardinality(batch.positions)) filter (where \(condition)), 0)"
  }

  /// Items that a pipeline's runs gave up, by class.
  ///
  /// Parameter: the pipeline's name.
  static let dead = """
    select dead.class, count(*) as items, min(dead.detail) as sample
    from preflight.dead as dead join preflight.run as run on run.id = dead.run_id
    where run.pipeline = $1
    group by 1 order by 2 desc, 1
    """
}

extension JobSQL {
  /// The newest rows.
  ///
  /// Parameter: how many. A column that is not there is null.
  var list: String {
    let has = facts.columns.contains
    let newest = has("created_at") ? "job.created_at desc" : "job.id desc"
    let age =
      has("created_at") ? "extract(epoch from now() - job.created_at)::float8" : "null::float8"
    let idle =
      has("updated_at") ? "extract(epoch from now() - job.updated_at)::float8" : "null::float8"
    let message = has("error_message") ? "job.error_message::text" : "null::text"
    return """
      select job.id::text as id, job.status::text as status, \(column("items_total")) as items_total,
        \(column("items_processed")) as items_processed, \(age) as age, \(idle) as idle,
        \(message) as error_message
      from \(facts.table) as job order by \(newest) limit $1::integer
      """
  }
}
