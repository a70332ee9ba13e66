/// Statements on what a run's workers know together of their provider.
///
/// The row's `budget` is a retry budget and a circuit breaker in one: a failure of the provider costs
/// 5 of its 25, an answered request gives back 1, and at 0 nobody sends anything but, now and then,
/// one probe for all. Five failures in a row use it up, and so does a share of failures that stays
/// above a sixth.
extension QueueSQL {
  /// Notes a request that failed.
  ///
  /// Parameters: the run's id, the fault in words, how many requests will follow for the same items.
  static let note = """
    update preflight.run
    set requests = requests + 1, retries = retries + $3::integer, latest_fault = $2
    where id = $1::uuid
    """

  /// Makes the whole fleet wait.
  ///
  /// Parameters: the run's id, the fault in words, for how many seconds the provider asks (null: it
  /// does not say, and the wait doubles from half a second to 8 s, which is where OpenAI's own
  /// clients end). What was under way when the pause began does not double it. A tenth more by
  /// chance keeps processes from coming back as one.
  static let pause = """
    update preflight.run
    set requests = requests + 1, retries = retries + 1, latest_fault = $2,
      refusals = refusals + (pause_until <= clock_timestamp())::integer,
      pause_until = greatest(pause_until, clock_timestamp() + make_interval(secs =>
        case when $3::float8 > 0 then greatest(0.05, $3::float8) * (1 + random() / 10)
          else 0.5 * 2 ^ least(refusals - (pause_until > clock_timestamp())::integer, 4)
            * (0.5 + random() / 2) end))
    where id = $1::uuid
    """

  /// Takes a failure of the provider off the budget, and pauses the fleet where it is used up.
  ///
  /// Parameters: the run's id, the fault in words, for how many seconds the provider asks (null: it
  /// does not say). What was under way when the budget was used up costs nothing more.
  static let strain = """
    update preflight.run
    set requests = requests + 1, retries = retries + 1, latest_fault = $2,
      budget = case when budget > 0 then greatest(budget - 5, 0) else budget end,
      pause_until = case when budget between 1 and 5
        then greatest(pause_until, clock_timestamp()
          + make_interval(secs => greatest(1, coalesce($3::float8, 0))))
        else pause_until end
    where id = $1::uuid
    returning budget <= 0 as is_out
    """

  /// Wins the probe.
  ///
  /// Parameters: the run's id, how many seconds it may take.
  static let winProbe = """
    update preflight.run
    set pause_until = clock_timestamp() + make_interval(secs => $2::float8)
    where id = $1::uuid and budget <= 0 and pause_until <= clock_timestamp()
      and finished_at is null and reason is null
    returning 1 as won
    """

  /// Notes a probe that failed: the next one comes after 2, 4, … and at most 32 s.
  ///
  /// Parameters: the run's id, the fault in words, for how many seconds the provider asks (null: it
  /// does not say).
  static let stayOut = """
    update preflight.run
    set requests = requests + 1, retries = retries + 1, latest_fault = $2, budget = budget - 1,
      pause_until = clock_timestamp() + make_interval(secs =>
        greatest(2 ^ least(1 - budget, 5), coalesce($3::float8, 0)))
    where id = $1::uuid
    """

  /// Ends an outage; one more failure would begin it again.
  ///
  /// Parameter: the run's id.
  static let heal = """
    update preflight.run
    set requests = requests + 1, budget = 5, refusals = 0, pause_until = '-infinity'
    where id = $1::uuid and budget <= 0
    """
}
