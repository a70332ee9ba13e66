internal import Checklist
internal import Postgres

/// Statements that look at what a run left behind, and at no counter of its own.
extension PipelineSQL {
  /// How many rows of a target are searched for by their own vector.
  static let searches = 5

  /// Has the planner keep no rows for keys that come again, of which there are none, and sort no rows to
  /// count values, for a transaction: it knows nothing of a queue's items.
  static let planAudit =
    "select "
    + ["enable_memoize", "enable_presorted_aggregate"].map {
      QueueSQL.set($0, to: "off", inTransaction: true)
    }.joined(separator: ", ")

  /// For one target: what is missing or malformed among the items that count as stored.
  ///
  /// Parameters: the run's id, the dimension that every vector must have. Equal vectors have equal norms,
  /// which are small and quick to sort: vectors are compared themselves only where there are fewer norms
  /// than pairs of a norm and a text. And which source rows are gone is asked only where something is
  /// absent. Of how many batches there are `QueueSQL.countBatches` has told the planner, which then shares
  /// the rows among several processes.
  func audit(ofTarget place: Int) -> String {
    let found = found(inTarget: place, of: stored)
    let measured = """
      select found.source_hash as text, found.is_absent,
        \(measure("vector_dims")) as dimension, \(measure("vector_norm")) as norm
      from (\(found)) as found
      -- Measured as they are read, so that no vector is kept or sorted.
      offset 0
      """
    let expected = self.found(inTarget: place, of: stored, whereSourceIs: true)
    return """
      with counted as materialized (
        select count(*) filter (where is_absent) as absent,
          count(*) filter (where dimension <> $2::integer) as wrong_dimension,
          count(*) filter (where not (norm > 0 and norm < 'infinity'::float8)) as zero_norm,
          count(distinct norm) as norms,
          count(distinct hashfloat8extended(norm, text)) as pairs
        from (\(measured)) as measured
      )
      select wrong_dimension, zero_norm,
        case when absent = 0 then 0 else (
          select count(*) from (\(expected)) as found where found.is_absent)
        end as missing,
        case when norms = pairs then 0 else (
          select coalesce(sum(texts - 1), 0) from (
            select count(distinct found.source_hash) as texts
            from (
              select norm from (\(measured)) as measured
              group by norm having min(text) <> max(text)
            ) as suspect
            join (\(found)) as found on \(measure("vector_norm")) = suspect.norm
            group by found.embedding) as equal)
        end as duplicates
      from counted
      """
  }

  /// For one target: how many sampled rows were searched for, and how many were found first.
  ///
  /// Parameter: the run's id. A row counts as found when the nearest vector is equal to its own,
  /// so that two rows of the same text do not argue about who is first; where an index gives none, it
  /// was searched for in vain. Where a table of its own has no index of an extension's method, and its
  /// column a dimension, nothing can miss a row: the sampled ones are searched for among a few batches, and
  /// not in all of the table. Where the column has none, a row of another dimension fails every search.
  func selfSearch(inTarget place: Int) -> String {
    let column = SQLText.name(vectorColumn(ofTarget: place))
    let schema = facts.vector.schema
    return """
      with way as materialized (
        select \(facts.targets[place].dimension == nil) or target.relkind <> 'r'
          or target.relhassubclass or exists (
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
        from (\(found(inTarget: place, of: items(of: "few")))) as found
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

  /// Each item of a table expression, with what its target holds.
  ///
  /// A view tells no deleted row from one that it leaves out since it is stored: there each item has to
  /// have its rows. `whereSourceIs` leaves out the items of which a table has no row any more: nothing has
  /// to be there for them.
  private func found(
    inTarget place: Int, of items: String, whereSourceIs: Bool = false
  ) -> String {
    let names = names(ofTarget: place)
    let source =
      facts.source.keepsRows && (whereSourceIs || names.needSource)
      ? "\n  join \(facts.source.table) as source on \(hasKey("item.key", "source"))" : ""
    let vector = SQLText.name(vectorColumn(ofTarget: place))
    let hash = pipeline.targets[place].assignments.first { $0.expression == "$hash" }
    let isOther = hash.map {
      " or \(PipelineSQL.short("target.\(SQLText.name($0.column))")) is distinct from item.source_hash"
    }
    return """
      select item.position, item.source_hash, target.\(vector) as embedding,
        target.\(vector) is null\(isOther ?? "") as is_absent
      from (\(items)) as item\(source)\(names.own)
      left join \(facts.targets[place].table) as target on \(names.match)
      """
  }

  private func measure(_ function: String) -> String {
    "\(facts.vector.schema).\(function)(found.embedding::\(facts.vector.schema).vector)"
  }

  /// How the target's row of an item is known.
  private struct Names {
    /// The condition that a row is the item's.
    let match: String
    /// What of it is worked out from the source row, as a join, or nothing.
    var own = ""
    var needSource: Bool { !own.isEmpty }
  }

  /// What names the rows of one target.
  ///
  /// An item's key does in an updated table, and in an upserted one whose key is the source's. Other keys
  /// are worked out from the source row, or were kept where a view may not show it any more.
  private func names(ofTarget place: Int) -> Names {
    guard case .upsert(_, _, let assignments) = pipeline.targets[place] else {
      return Names(match: hasKey("item.key", "target"))
    }
    let keys = keptKeys.enumerated().filter { $0.element.place == place }
    func match(_ values: [String]) -> String {
      zip(keys, values).map { key, value in
        let column = facts.targets[place].columns[key.element.column]
        return "target.\(column.name) = (\(value))::\(column.type)"
      }.joined(separator: " and ")
    }
    guard facts.source.keepsRows else {
      return Names(match: match(keys.map { "(item.stored_keys::text[])[\($0.offset + 1)]" }))
    }
    let expressions = keys.map { assignments[$0.element.column].expression }
    let values = expressions.compactMap { expression in
      facts.source.key.firstIndex { "source.\($0.name)" == expression }
        .map { keyValue(of: "item.key", $0) }
    }
    guard values.count < expressions.count else { return Names(match: match(values)) }
    return Names(
      match: match(expressions.indices.map { "own.key_\($0)" }),
      own: "\n" + own(expressions.enumerated().map { "(\($1)) as key_\($0)" }))
  }
}
