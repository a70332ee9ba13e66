internal import Checklist

/// Statements that begin a run and fill its queue.
extension PipelineSQL {
  /// Fills a run's queue with the source rows that wait, in their order, and answers how many there are.
  ///
  /// Parameters: the run's id, the pipeline's name, how many items at most (null: all), how many a batch
  /// has. A row that has its vector already is left out for as long as its text is the same, and so is
  /// one that an earlier run gave up on, unless all are to be embedded anew.
  var seed: String {
    let order =
      pipeline.from.orderBy
      ?? facts.source.key.map { "source.\($0.name)" }.joined(separator: ", ")
    return """
      with item as (
        select (row_number() over ())::integer as position, waiting.key
        from (
          select \(key(of: "source")) as key
          from \(facts.source.table) as source
          where \(condition)\(leftOut)
          order by \(order)
          limit $3::integer
        ) as waiting
      ), batch as (
        insert into preflight.batch (run_id, positions, keys)
        -- They come in order, and are not sorted again.
        select $1::uuid, array_agg(item.position), array_agg(item.key) from item
        group by (item.position - 1) / $4::integer order by 2
        returning cardinality(positions) as items
      )
      select coalesce(sum(items), 0) as items from batch
      """
  }

  /// How many waiting rows have no key, and how many keys stand at several rows.
  var countUnfitKeys: String {
    let columns = facts.source.key.map { "source.\($0.name)" }
    let isNull = columns.map { "\($0) is null" }.joined(separator: " or ")
    return """
      select
        (select count(*) from \(facts.source.table) as source where \(condition) and (\(isNull)))
          as missing,
        (select count(*) from (
          select from \(facts.source.table) as source where not (\(isNull))
          group by \(columns.joined(separator: ", ")) having count(*) > 1) as several) as repeated
      """
  }

  /// How many source rows wait.
  var countWaiting: String {
    "select count(*) as waiting from \(facts.source.table) as source where \(condition)"
  }

  /// How many rows the command line's condition chooses.
  var countChosen: String {
    "select count(*) as chosen from \(facts.source.table) as source where \(condition)"
  }

  private var leftOut: String {
    guard !choice.all else { return "" }
    let unchanged = isUnchanged.map { " and not (\($0))" } ?? ""
    return unchanged + """
       and not exists (
        select from preflight.dead as dead join preflight.run as earlier
          on earlier.id = dead.run_id
        where earlier.pipeline = $2 and dead.key = \(key(of: "source"))
          and dead.source_hash is not distinct from \(hash(of: "source")))
      """
  }

  /// Which source rows are meant; not in a scope of its own, so that an index can serve it: nothing but
  /// the source's columns can be seen where it stands.
  ///
  /// A row that does not wait and has no vector was left out on purpose: nothing brings it in.
  var condition: String {
    let waits = pipeline.from.whereClause.map { "(\n\($0)\n)" } ?? "true"
    let meant = choice.all ? "(\(waits) or \(hasVector))" : waits
    return meant + (choice.condition.map { " and (\n\($0)\n)" } ?? "")
  }
}
