internal import Checklist

/// The statement that leases batches to one process.
extension PipelineSQL {
  /// Leases pending batches, and batches whose lease ran out, under a new token each.
  ///
  /// Parameters: the run's id, how many batches at most, the last position that may be begun (null: any;
  /// the ramp's step), the lease in seconds, how many attempts an item has, how many items a batch may have.
  /// A batch that is larger, or reaches over the last position, is cut, and the rest stays pending. An item
  /// whose source row or text is gone goes to state 4, one whose attempts are used up is dead; both are
  /// counted in the run. A run that is over, paused, without a provider or about to abort gives nothing.
  var claim: String {
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
        and ($3::integer is null or batch.first <= $3::integer)
      order by batch.first
      limit $2::integer
      for update skip locked
    ), abandoned as materialized (
      select batch.id from preflight.batch as batch
      where batch.run_id = (select id from open) and batch.lease_until < (select clock_timestamp())
      order by batch.lease_until
      limit (select $2::integer - count(*) from fresh)
      for update skip locked
    ), held as (
      delete from preflight.batch as batch
      where batch.id = any (array(select id from fresh union all select id from abandoned))
      returning batch.id, batch.first, batch.positions, batch.keys, batch.attempts, batch.soft_faults
    ), found as (
      select held.id, held.first, held.attempts, held.soft_faults, item.position, item.key,
        item.number > $6::integer as is_beyond,
        source.\(facts.source.key[0].name) is null as is_gone,
        \(text(of: "source")) as text, \(hash(of: "source")) as hash
      from held
      cross join unnest(held.positions, held.keys) with ordinality as item (position, key, number)
      left join \(facts.source.table) as source on \(hasKey("item.key", "source"))
    ), item as materialized (
      select found.*, case
          when found.is_beyond or found.position > $3::integer then 0
          when found.is_gone or coalesce(found.text, '') !~ '\\S' then 4
          when found.attempts >= $5::integer then 3
          else 1 end as state
      from found
    ), part as materialized (
      select item.id, item.state, case when item.state = 1 then gen_random_uuid() end as token,
        \(QueueSQL.items("item")), item.attempts, item.soft_faults
      from item where item.state <> 3
      group by item.id, item.state, item.attempts, item.soft_faults
    ), put as (
      insert into preflight.batch
        (run_id, state, positions, keys, attempts, soft_faults, token, lease_until)
      select $1::uuid, part.state, part.positions, part.keys,
        part.attempts + (part.state = 1)::integer, part.soft_faults, part.token,
        case when part.state = 1 then clock_timestamp() + make_interval(secs => $4::float8) end
      from part
    ), dead as (
      insert into preflight.dead (run_id, position, key, source_hash, class, detail)
      select $1::uuid, item.position, item.key, item.hash, 'crash-loop',
        'its worker ended ' || item.attempts || ' times without an answer'
      from item where item.state = 3
    ), tally as (
      update preflight.run as run
      set failed = run.failed + ended.dead, skipped = run.skipped + ended.gone,
          progressed_at = clock_timestamp()
      from (
        select count(*) filter (where state = 3) as dead,
          count(*) filter (where state = 4) as gone
        from item
      ) as ended
      where run.id = $1::uuid and ended.dead + ended.gone > 0
    )
    select item.position, part.token::text as token, item.soft_faults, item.text, item.hash
    from item join part on part.id = item.id and part.state = 1
    where item.state = 1 order by item.first, item.id, item.position
    """
  }
}
