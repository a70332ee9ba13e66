internal import Checklist

/// The statement that leases items to one process.
extension PipelineSQL {
  /// Leases pending items, and items whose lease ran out, in batches with a new token each.
  ///
  /// Parameters: the run's id, how many at most, the last position that may be begun (null: any;
  /// the ramp's step), the lease in seconds, how many attempts an item has, how many items make a batch.
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
      select batch, gen_random_uuid() as id
      from generate_series(0, ($2::integer - 1) / $6::integer) as batch
    ), fresh as materialized (
      select item.position, item.key, item.attempts from preflight.item as item
      where item.run_id = (select id from open) and item.state = 0
        and item.not_before <= clock_timestamp()
        and ($3::integer is null or item.position <= $3::integer)
      order by item.position
      limit $2::integer
      for update skip locked
    ), abandoned as materialized (
      select item.position, item.key, item.attempts from preflight.item as item
      where item.run_id = (select id from open) and item.lease_until < (select clock_timestamp())
      order by item.lease_until
      limit (select $2::integer - count(*) from fresh)
      for update skip locked
    ), found as materialized (
      select (row_number() over (order by claimed.position) - 1) / $6::integer as batch,
        claimed.position, claimed.attempts,
        source.\(facts.source.key[0].name) is null as is_gone,
        \(text(of: "source")) as text, \(hash(of: "source")) as hash
      from (select * from fresh union all select * from abandoned) as claimed
      left join \(facts.source.table) as source on \(hasKey("claimed.key", "source"))
    ), taken as (
      select found.position, found.text, found.hash, token.id as token, case
          when found.is_gone or coalesce(found.text, '') !~ '\\S' then 4
          when found.attempts >= $5::integer then 3
          else 1 end as state
      from found join token on token.batch = found.batch
    ), leased as (
      update preflight.item as item
      set state = taken.state,
          attempts = item.attempts + 1,
          class = case when taken.state = 3 then 'crash-loop' else item.class end,
          detail = case when taken.state = 3
            then 'its worker ended ' || item.attempts || ' times without an answer'
            else item.detail end,
          source_hash = taken.hash,
          token = taken.token,
          lease_until = case when taken.state = 1
            then clock_timestamp() + make_interval(secs => $4::float8) end
      from taken
      where item.run_id = $1::uuid and item.position = taken.position
      returning item.position, item.token, item.state, item.soft_faults, taken.text
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
    select position, token::text as token, state, soft_faults, text from leased
    where state = 1 order by position
    """
  }
}
