internal import Checklist

/// Statements that begin a run and fill its queue.
extension PipelineSQL {
  /// Fills a run's queue with the source rows that wait, in their order.
  ///
  /// Parameters: the run's id, the pipeline's name, how many items at most (null: all). A row that
  /// an earlier run gave up on is left out for as long as its text is the same.
  var seed: String {
    let condition = pipeline.from.whereClause.map { scoped("(\($0))", to: "source") } ?? "true"
    let order = pipeline.from.orderBy ?? "source.\(facts.source.key)"
    return """
      insert into preflight.item (run_id, key, position)
      select $1::uuid, waiting.key, waiting.position
      from (
        select source.\(facts.source.key)::text as key,
          row_number() over (order by \(order)) as position
        from \(facts.source.table) as source
        where \(condition)
          and not exists (
            select from preflight.item as dead join preflight.run as earlier
              on earlier.id = dead.run_id
            where earlier.pipeline = $2 and dead.state = 3
              and dead.key = source.\(facts.source.key)::text
              and dead.source_hash = \(hash(of: "source")))
      ) as waiting
      order by waiting.position
      limit $3::integer
      """
  }

  /// How many source rows wait.
  ///
  /// Parameter: the pipeline's name.
  var countWaiting: String {
    let condition = pipeline.from.whereClause.map { scoped("(\($0))", to: "source") } ?? "true"
    return "select count(*) as waiting from \(facts.source.table) as source where \(condition)"
  }
}
