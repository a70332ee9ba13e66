internal import Checklist

/// The statement that leases batches to one process.
extension PipelineSQL {
  /// Leases pending batches, and batches whose lease ran out, under a new token each, and answers each with
  /// its items' positions and texts.
  ///
  /// Parameters: the run's id, the last position that may be begun (null: any; the ramp's step), the lease
  /// in seconds. A batch is leased as a whole: what is not to be embedded is for the caller to take out of
  /// it. The text is null where the source row or its text is gone. A run that is over, paused, without a
  /// provider or about to abort gives nothing.
  ///
  /// How many batches it leases at most is no parameter: a plan that is kept for any number would be made
  /// for a tenth of all.
  func claim(_ batches: Int) -> String {
    """
    with open as materialized (
      select run.id from preflight.run as run
      where run.id = $1::uuid and run.finished_at is null and run.reason is null
        and run.state in ('canary', 'running', 'draining')
        and run.pause_until <= clock_timestamp() and run.budget > 0
    ), fresh as materialized (
      select batch.id from preflight.batch as batch
      where batch.run_id = (select id from open) and batch.state = 0
        and batch.not_before <= clock_timestamp()
        and ($2::integer is null or batch.first <= $2::integer)
      order by batch.first
      limit \(batches)
      for update skip locked
    ), abandoned as materialized (
      select batch.id from preflight.batch as batch
      where batch.run_id = (select id from open) and batch.lease_until < (select clock_timestamp())
      order by batch.lease_until
      limit (select \(batches) - count(*) from fresh)
      for update skip locked
    ), held as (
      update preflight.batch as batch
      set state = 1, token = gen_random_uuid(), attempts = batch.attempts + 1,
        lease_until = clock_timestamp() + make_interval(secs => $3::float8)
      where batch.id = any (array(select id from fresh union all select id from abandoned))
      returning batch.first, batch.token, batch.positions, batch.keys, batch.attempts,
        batch.soft_faults
    )
    select held.token, held.attempts, held.soft_faults,
      array_agg(item.position order by item.position) as positions,
      array_agg(own.text order by item.position) as texts
    from held
    cross join unnest(held.positions, held.keys) as item (position, key)
    left join lateral (
      select \(text) as text from (
        select source.* from \(facts.source.table) as source
        where \(hasKey("item.key", "source"))\(oneByOne)
      ) as source
    ) as own on true
    group by held.first, held.token, held.attempts, held.soft_faults
    order by held.first, held.token
    """
  }

  /// Has each row looked up by its key where an index of the table answers for it.
  ///
  /// The planner, which knows nothing of the items, would read all of a table of some 10,000 rows instead.
  private var oneByOne: String { facts.source.isKeyProven ? " offset 0" : "" }
}
