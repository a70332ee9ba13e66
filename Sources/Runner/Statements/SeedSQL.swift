internal import Checklist

/// Statements that begin a run and fill its queue.
extension PipelineSQL {
  /// Fills a run's queue with the source rows that wait, in their order.
  ///
  /// Parameters: the run's id, the pipeline's name, how many items at most (null: all). A row that
  /// an earlier run gave up on is left out for as long as its text is the same.
  var seed: String {
    let order = pipeline.from.orderBy ?? "source.\(facts.source.key)"
    return """
      insert into preflight.item (run_id, position, key)
      select $1::uuid, row_number() over (), waiting.key
      from (
        select source.\(facts.source.key)::text as key
        from \(facts.source.table) as source
        where \(condition)
          and not exists (
            select from preflight.item as dead join preflight.run as earlier
              on earlier.id = dead.run_id
            where earlier.pipeline = $2 and dead.state = 3
              and dead.key = source.\(facts.source.key)::text
              and dead.source_hash = \(hash(of: "source")))
        order by \(order)
        limit $3::integer
      ) as waiting
      """
  }

  /// How many source rows wait.
  ///
  /// Parameter: the pipeline's name.
  var countWaiting: String {
    "select count(*) as waiting from \(facts.source.table) as source where \(condition)"
  }

  /// Which source rows wait; not in a scope of its own, so that an index can serve it: nothing but the
  /// source's columns can be seen where it stands.
  private var condition: String {
    pipeline.from.whereClause.map { "(\($0))" } ?? "true"
  }
}
