/// Statements on the queue itself, the same for every pipeline.
enum QueueSQL {
  /// Has the planner keep no rows of inner sides of joins, for a session.
  ///
  /// It knows nothing of a queue's items, and takes them for few keys that come again and again; each
  /// comes once. And a statement that is prepared would be planned anew each of the first five times
  /// ("PREPARE" in the Postgres manual), which `plansOnce` spares.
  static func planner(plansOnce: Bool) -> String {
    let plans = plansOnce ? [set("plan_cache_mode", to: "force_generic_plan")] : []
    return "select " + ([set("enable_memoize", to: "off")] + plans).joined(separator: ", ")
  }

  /// Changes a setting, for a session or a transaction, where the server has it: older ones have not all.
  static func set(_ name: String, to value: String, inTransaction: Bool = false) -> String {
    "case when current_setting('\(name)', true) is not null "
      + "then set_config('\(name)', '\(value)', \(inTransaction)) end"
  }

  /// Begins a run unless the pipeline has an open one.
  ///
  /// Parameters: the pipeline's name, its definition, the state to begin in. Answers the run's id,
  /// or no row.
  static let begin = """
    insert into preflight.run (pipeline, fingerprint, state)
    values ($1, encode(sha256(convert_to($2, 'UTF8')), 'hex'), $3)
    on conflict (pipeline) where finished_at is null do nothing
    returning id::text as id
    """

  /// The pipeline's open run.
  ///
  /// Parameters: the pipeline's name, its definition, the choice of rows in words (null: all that wait,
  /// which any open run is a step to).
  static let open = """
    select run.id::text as id, run.job_id, run.total,
      run.fingerprint = encode(sha256(convert_to($2, 'UTF8')), 'hex')
        and ($3::text is null or run.choice_digest is not distinct from \(digest("$3"))) as is_same,
      exists (select from preflight.worker as worker where worker.run_id = run.id
        and worker.beat_at > clock_timestamp() - interval '15 s') as is_alive
    from preflight.run as run
    where run.pipeline = $1 and run.finished_at is null
    """

  /// Has the server take stock of the queue's table, which has changed since it last did, if it ever did.
  ///
  /// A planner that knows nothing of them sorts all batches for each claim, expects many under one token,
  /// plans each write anew since it seems costly, and leaves the audit to one process.
  static let countBatches = "analyze preflight.batch (run_id, state, token)"

  /// What tells two texts apart whose words may not be kept.
  private static func digest(_ text: String) -> String {
    "encode(sha256(convert_to(\(text)::text, 'UTF8')), 'hex')"
  }

  /// Notes what was seeded.
  ///
  /// Parameters: the run's id, its number of items, the job's key, the next state, the choice of rows
  /// in words, whether it left any out, how many had their vectors already, the choice as it was typed.
  static let seeded = """
    update preflight.run set total = $2::integer, job_id = $3, state = $4,
      choice = $5, is_part = $6, unchanged = $7::integer, choice_digest = \(digest("$8")),
      progressed_at = clock_timestamp()
    where id = $1::uuid
    """

  /// Moves the run out of its ramp.
  ///
  /// Parameter: the run's id.
  static let leaveCanary = """
    update preflight.run set state = 'running' where id = $1::uuid and state = 'canary'
    """

  /// What is left of a run.
  ///
  /// Parameter: its id. The run drains once nothing is pending.
  static let remaining = """
    with left_over as (
      select exists (select from preflight.batch where run_id = $1::uuid and state = 0) as pending,
        exists (select from preflight.batch
          where run_id = $1::uuid and lease_until is not null) as leased
    ), drain as (
      update preflight.run set state = 'draining'
      from left_over
      where id = $1::uuid and state in ('canary', 'running') and not left_over.pending
        and left_over.leased
    )
    select pending, leased from left_over
    """

  /// Keeps the leases of requests in flight, and answers under which tokens there are any.
  ///
  /// Parameters: the run's id, tokens, seconds.
  static let extend = """
    with kept as materialized (
      select id from preflight.batch
      where run_id = $1::uuid and lease_until is not null and token = any ($2::text[]::uuid[])
      order by id
      for update
    )
    update preflight.batch as batch
    set lease_until = clock_timestamp() + make_interval(secs => $3::float8)
    from kept where batch.id = kept.id
    returning batch.token::text as token
    """

  /// Shows that a worker is alive.
  ///
  /// Parameters: the worker's id, the run's id, host, process id, requests in flight.
  static let beat = """
    insert into preflight.worker (id, run_id, host, pid, in_flight)
    values ($1::uuid, $2::uuid, $3, $4::integer, $5::integer)
    on conflict (id) do update set in_flight = excluded.in_flight, beat_at = clock_timestamp()
    """

  /// Takes a worker off the run, and answers how many others are alive.
  ///
  /// Parameters: the worker's id, the run's id.
  static let leave = """
    with gone as (delete from preflight.worker where id = $1::uuid)
    select count(*) as others from preflight.worker
    where run_id = $2::uuid and id <> $1::uuid
      and beat_at > clock_timestamp() - interval '15 s'
    """

  /// The positions and keys of items as a batch has them.
  static func items(_ name: String) -> String {
    "array_agg(\(name).position order by \(name).position) as positions, "
      + "array_agg(\(name).key order by \(name).position) as keys"
  }

  /// Takes the items at the positions of `given` out of the batches in which they are leased; `item` are
  /// all of these batches' items, with the digests of the texts of those that are taken.
  ///
  /// The first two parameters of each statement that has it: the run's id, the tokens. What is left of a
  /// batch stays the same row, so that its lease can be extended meanwhile.
  static let taken = """
    held as materialized (
      select batch.* from preflight.batch as batch
      where batch.run_id = $1::uuid and batch.token = any ($2::text[]::uuid[]) and batch.state = 1
      order by batch.id
      for update
    ), item as materialized (
      select held.id, held.attempts, held.soft_faults, item.position, item.key, given.hash,
        given.position is not null as is_taken
      from held cross join unnest(held.positions, held.keys) as item (position, key)
      left join given on given.position = item.position
    ), cut as (
      update preflight.batch as batch set positions = rest.positions, keys = rest.keys
      from (
        select item.id, \(items("item")) from item where not item.is_taken group by item.id
      ) as rest
      where batch.id = rest.id
    ), spent as (
      delete from preflight.batch as batch
      using (select item.id from item group by item.id having bool_and(item.is_taken)) as whole
      where batch.id = whole.id
    )
    """

  /// Gives leased items back without charging an attempt.
  ///
  /// Parameters: the run's id, the tokens, the positions, the wait in seconds, soft faults to add.
  static let release = """
    with given as (
      select unnest($3::integer[]) as position, null::text as hash
    ), \(taken)
    insert into preflight.batch (run_id, positions, keys, attempts, soft_faults, not_before)
    select $1::uuid, \(items("item")), item.attempts - 1, item.soft_faults + $5::smallint,
      clock_timestamp() + make_interval(secs => $4::float8)
    from item where item.is_taken
    group by item.id, item.attempts, item.soft_faults
    """

  /// Leaves items out whose source rows or texts are gone.
  ///
  /// Parameters: the run's id, the tokens, the positions.
  static let leaveOut = """
    with given as (
      select unnest($3::integer[]) as position, null::text as hash
    ), \(taken), gone as (
      insert into preflight.batch (run_id, state, positions, keys, attempts, soft_faults)
      select $1::uuid, 4, \(items("item")), item.attempts, item.soft_faults
      from item where item.is_taken
      group by item.id, item.attempts, item.soft_faults
      returning cardinality(positions) as items
    )
    update preflight.run
    set skipped = skipped + (select sum(items) from gone)::integer,
      progressed_at = clock_timestamp()
    where id = $1::uuid and exists (select from gone)
    """

  /// Gives items up.
  ///
  /// Parameters: the run's id, the tokens, the positions, class, detail, the digests of the texts.
  static let bury = """
    with given as materialized (
      select position, hash from unnest($3::integer[], $6::text[]) as given (position, hash)
    ), \(taken), dead as (
      insert into preflight.dead (run_id, position, key, source_hash, class, detail)
      select $1::uuid, item.position, item.key, item.hash, $4, $5
      from item where item.is_taken
      returning 1
    ), tally as (
      update preflight.run
      set failed = failed + (select count(*) from dead)::integer, latest_fault = $5,
        progressed_at = clock_timestamp()
      where id = $1::uuid and exists (select from dead)
    )
    select count(*) as dead from dead
    """

  /// One look at a run.
  ///
  /// Parameter: its id.
  static let observe = """
    select state, reason, detail, job_id, total, processed, failed, skipped, requests, retries,
      tokens, latest_fault, unchanged, case when is_part then choice end as part, budget <= 0 as is_out,
      pause_until > clock_timestamp() or budget <= 0 as is_paused,
      finished_at is not null as is_finished,
      extract(epoch from coalesce(finished_at, clock_timestamp()) - created_at)::float8 as age
    from preflight.run where id = $1::uuid
    """

  /// Marks a run to be given up; the first reason stays.
  ///
  /// Parameters: the run's id, reason, detail.
  static let abort = """
    update preflight.run set reason = $2, detail = $3
    where id = $1::uuid and reason is null and finished_at is null
    """

  /// Wins the right to audit for as long as a lease holds; two audits would do no harm, since a run
  /// ends only once.
  ///
  /// Parameter: the run's id.
  static let beginAudit = """
    update preflight.run
    set state = 'auditing', audit_until = clock_timestamp() + interval '15 s'
    where id = $1::uuid and finished_at is null
      and (state <> 'auditing' or audit_until < clock_timestamp())
      and (reason is not null
        or not exists (select from preflight.batch where run_id = $1::uuid and state = 0)
          and not exists (select from preflight.batch
            where run_id = $1::uuid and lease_until is not null))
    returning 1 as won
    """

  /// Ends a run for good, once.
  ///
  /// Parameters: the run's id, state, reason, detail.
  ///
  /// Of its items only the dead stay: they tell a later run what to leave alone. Of its workers none:
  /// those that were killed have not taken themselves off.
  static let end = """
    with ended as (
      update preflight.run
      set state = $2, reason = $3, detail = $4, finished_at = clock_timestamp()
      where id = $1::uuid and finished_at is null
      returning id
    ), swept as (
      delete from preflight.batch where run_id = (select id from ended)
    ), gone as (
      delete from preflight.worker where run_id = (select id from ended)
    )
    select count(*) as ended from ended
    """

  /// Counts from the items, not from the run's tallies.
  ///
  /// Parameter: the run's id.
  static let recount = """
    select coalesce(sum(cardinality(positions)) filter (where state = 2), 0) as stored,
      coalesce(sum(cardinality(positions)) filter (where state = 4), 0) as gone,
      (select count(*) from preflight.dead where run_id = $1::uuid) as dead
    from preflight.batch where run_id = $1::uuid
    """
}
