internal import Checklist

/// The statement that leases items to one worker.
extension PipelineSQL {
  /// Leases pending items, and items whose lease ran out, under a new token.
  ///
  /// Parameters: the run's id, how many at most, the last position that may be begun (null: any;
  /// the ramp's step), the lease in seconds, how many attempts an item has.
  /// An item whose source row or text is gone goes to state 4, one whose attempts are used up to
  /// state 3; both are counted in the run and answered with their state. A run that is over,
  /// paused, without a provider or about to abort gives nothing.
  var claim: String {
    """
    with open as materialized (
      select run.id from preflight.run as run
      where run.id = $1::uuid and run.finished_at is null and run.reason is null
        and run.state in ('canary', 'running', 'draining')
        and run.pause_until <= clock_timestamp() and run.budget > 0
    ), token as materialized (
      select gen_random_uuid() as id
    ), fresh as materialized (
      select item.key from preflight.item as item
      where item.run_id = (select id from open) and item.state = 0
        and item.not_before <= clock_timestamp()
        and ($3::integer is null or item.position <= $3::integer)
      order by item.position
      limit $2::integer
      for update skip locked
    ), abandoned as materialized (
      select item.key from preflight.item as item
      where item.run_id = (select id from open) and item.state = 1
        and item.lease_until < clock_timestamp()
      order by item.lease_until
      limit (select $2::integer - count(*) from fresh)
      for update skip locked
    ), taken as materialized (
      select found.key, source.\(facts.source.key) is null as is_gone,
        \(text(of: "source")) as text,
        \(hash(of: "source")) as hash
      from (select key from fresh union all select key from abandoned) as found
      left join \(facts.source.table) as source on \(sourceHasKey("found.key"))
    ), leased as (
      update preflight.item as item
      set state = case
            when taken.is_gone or btrim(coalesce(taken.text, '')) = '' then 4
            when item.attempts >= $5::integer then 3
            else 1 end,
          attempts = item.attempts + 1,
          class = case when not taken.is_gone and item.attempts >= $5::integer
            then 'crash-loop' else item.class end,
          detail = case when not taken.is_gone and item.attempts >= $5::integer
            then 'its worker ended ' || item.attempts || ' times without an answer'
            else item.detail end,
          source_hash = taken.hash,
          token = (select id from token),
          lease_until = clock_timestamp() + make_interval(secs => $4::float8)
      from taken
      where item.run_id = $1::uuid and item.key = taken.key
      returning item.key, item.token, item.state, item.soft_faults, taken.text
    ), tally as (
      update preflight.run as run
      set failed = run.failed + ended.dead, skipped = run.skipped + ended.gone,
          progressed_at = clock_timestamp()
      from (
        select count(*) filter (where state = 3) as dead,
          count(*) filter (where state = 4) as gone
        from leased
      ) as ended
      where run.id = $1::uuid and ended.dead + ended.gone > 0
    )
    select key, token::text as token, state, soft_faults, text from leased order by key
    """
  }
}
