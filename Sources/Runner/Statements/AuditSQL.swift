internal import Checklist
internal import Postgres

/// Statements that look at what a run left behind, and at no counter of its own.
extension PipelineSQL {
  /// How many rows of a target are searched for by their own vector.
  static let searches = 5

  /// For one target: what is missing or malformed among the items that count as stored.
  ///
  /// Parameters: the run's id, the dimension that every vector must have. Equal vectors have equal
  /// norms, which are small and quick to sort, beside a digest's number: only vectors whose norm stands at
  /// several texts are compared themselves. A window, and no join of the norms with each other: nobody has
  /// statistics of them, and a nested loop over all would take hours. Of how many batches there are
  /// `QueueSQL.countBatches` has told the planner, which then shares the rows among several processes.
  func audit(ofTarget place: Int) -> String {
    """
    with counted as materialized (
      select count(*) filter (where norm is null or not is_current) as missing,
        count(*) filter (where dimension <> $2::integer) as wrong_dimension,
        count(*) filter (where not (norm > 0 and norm < 'infinity'::float8)) as zero_norm,
        array_agg(position) filter (where norm is not null and first <> last) as suspected
      from (
        select measured.*, min(text) over same as first, max(text) over same as last
        from (
          select found.position, hashtextextended(found.source_hash, 0) as text, found.is_current,
            \(function("vector_dims")) as dimension, \(function("vector_norm")) as norm
          from (\(found(inTarget: place, of: "(\(stored))"))) as found
          -- Measured before they are sorted, so that no vector is sorted.
          offset 0
        ) as measured window same as (partition by norm)
      ) as neighbour
    )
    select missing, wrong_dimension, zero_norm,
      case when suspected is null then 0 else (
        select sum(texts - 1) from (
          select count(distinct found.source_hash) as texts
          from unnest(suspected) as suspect (position)
          join (\(found(inTarget: place, of: "(\(stored))"))) as found
            on found.position = suspect.position
          group by found.embedding) as equal)
        end as duplicates
    from counted
    """
  }

  /// For one target: how many sampled rows were searched for, and how many were found first.
  ///
  /// Parameter: the run's id. A row counts as found when the nearest vector is equal to its own,
  /// so that two rows of the same text do not argue about who is first; where an index gives none, it
  /// was searched for in vain. Where a table of its own has no index of an extension's method, nothing can
  /// miss a row: the sampled ones are searched for among a few batches, and not in all of the table.
  func selfSearch(inTarget place: Int) -> String {
    let column = SQLText.name(vectorColumn(ofTarget: place))
    let schema = facts.vector.schema
    return """
      with way as materialized (
        select target.relkind <> 'r' or target.relhassubclass or exists (
          select from pg_index as index join pg_class as way on way.oid = index.indexrelid
          -- Methods that come with the server have numbers below the first one of a user's objects.
          where index.indrelid = target.oid and way.relam >= 16384) as may_miss
        from pg_class as target
        where target.oid = \(SQLText.literal(facts.targets[place].table))::regclass
      ), few as materialized (
        -- A few of the batches: to put all items in an order takes longer than to search for some.
        select * from preflight.batch as batch where \(isStored)
        order by md5(batch.id::text) limit \(PipelineSQL.searches)
      ), among as materialized (
        select found.position, found.embedding
        from (\(found(inTarget: place, of: "(\(items(of: "few")))"))) as found
        where found.embedding is not null
      ), sample as materialized (
        select embedding from among order by md5(position::text) limit \(PipelineSQL.searches)
      )
      select count(*) as searched,
        count(*) filter (where nearest.embedding operator(\(schema).=) sample.embedding) as found
      from sample left join lateral (
        (
          select target.\(column) as embedding from \(facts.targets[place].table) as target
          where (select may_miss from way) and target.\(column) is not null
          order by target.\(column) operator(\(schema).<=>) sample.embedding limit 1
        ) union all (
          select among.embedding from among where not (select may_miss from way)
          order by among.embedding operator(\(schema).<=>) sample.embedding limit 1
        )
      ) as nearest on true
      """
  }

  /// The items that count as stored.
  private var stored: String { items(of: "preflight.batch") + " where \(isStored)" }

  /// Whether the items of a batch count as stored.
  private var isStored: String { "batch.run_id = $1::uuid and batch.state = 2" }

  private func items(of batches: String) -> String {
    """
    select item.position, item.key, item.source_hash, item.stored_keys
      from \(batches) as batch
      cross join unnest(batch.positions, batch.keys, batch.hashes, batch.stored_keys)
        as item (position, key, source_hash, stored_keys)
    """
  }

  /// The targets that take the vector.
  var vectorTargets: [Int] {
    pipeline.targets.indices.filter { place in
      pipeline.targets[place].assignments.contains(where: takesVector)
    }
  }

  /// The column of a target that takes the vector.
  func vectorColumn(ofTarget place: Int) -> String {
    pipeline.targets[place].assignments.first(where: takesVector)?.column ?? ""
  }

  private func function(_ name: String) -> String {
    "\(facts.vector.schema).\(name)(found.embedding::\(facts.vector.schema).vector)"
  }

  /// Each item of a table expression, with what its target holds.
  ///
  /// Vectors are large: they are measured row by row, and not kept or sorted themselves.
  private func found(inTarget place: Int, of items: String) -> String {
    let target = pipeline.targets[place]
    let hash = target.assignments.first { $0.expression == "$hash" }
    let isCurrent = hash.map { "target.\(SQLText.name($0.column)) = item.source_hash" } ?? "true"
    return """
      select item.position, item.source_hash, \(isCurrent) as is_current,
        target.\(SQLText.name(vectorColumn(ofTarget: place))) as embedding
      from \(items) as item
      \(source)\(own(inTarget: place))
      left join \(facts.targets[place].table) as target on \(isTarget(target, at: place))
      """
  }

  /// The source row of an item: where it is gone, nothing has to be there for it.
  ///
  /// A view tells no deleted row from one that it leaves out since it is stored: there each item has to
  /// have its rows.
  private var source: String {
    facts.source.keepsRows
      ? "join \(facts.source.table) as source on \(hasKey("item.key", "source"))" : ""
  }

  /// What names a row of an upserted target, from the source row.
  private func own(inTarget place: Int) -> String {
    guard facts.source.keepsRows, case .upsert(_, _, let assignments) = pipeline.targets[place]
    else { return "" }
    let keys = keptKeys.filter { $0.place == place }.map(\.column)
    return "\n" + own(keys.map { "(\(assignments[$0].expression)) as key_\($0)" })
  }

  /// Whether a target's row is that of an item.
  private func isTarget(_ target: Pipeline.Target, at place: Int) -> String {
    guard case .upsert = target else { return hasKey("item.key", "target") }
    return keptKeys.enumerated().filter { $0.element.place == place }.map { position, key in
      let column = facts.targets[place].columns[key.column]
      let value =
        facts.source.keepsRows
        ? "own.key_\(key.column)" : "(item.stored_keys::text[])[\(position + 1)]"
      return "target.\(column.name) = \(value)::\(column.type)"
    }.joined(separator: " and ")
  }
}
