internal import Checklist
internal import Postgres

/// Statements that look at what a run left behind, and at no counter of its own.
extension PipelineSQL {
  /// How many rows of each target are searched for by their own vector.
  static let searches = 5

  /// For one target: what is missing or malformed among the items that count as stored.
  ///
  /// Parameters: the run's id, the dimension that every vector must have.
  func audit(ofTarget place: Int) -> String {
    """
    with \(found(inTarget: place))
    select count(*) filter (where embedding is null or not is_current) as missing,
      count(*) filter (where \(function("vector_dims")) <> $2::integer) as wrong_dimension,
      count(*) filter (where not (\(function("vector_norm")) > 0
        and \(function("vector_norm")) < 'infinity'::float8)) as zero_norm,
      (select coalesce(sum(texts - 1), 0) from (
        select count(distinct source_hash) as texts from found
        where embedding is not null group by embedding) as equal) as duplicates
    from found
    """
  }

  /// For one target: how many sampled rows were searched for, and how many were found first.
  ///
  /// Parameter: the run's id. A row counts as found when the nearest vector is equal to its own,
  /// so that two rows of the same text do not argue about who is first.
  func selfSearch(inTarget place: Int) -> String {
    let column = SQLText.name(vectorColumn(ofTarget: place))
    let schema = facts.vector.schema
    return """
      with \(found(inTarget: place)), sample as materialized (
        select embedding from found where embedding is not null
        order by md5(key) limit \(PipelineSQL.searches)
      )
      select count(*) as searched,
        count(*) filter (where nearest.embedding = sample.embedding::text) as found
      from sample cross join lateral (
        select target.\(column)::text as embedding from \(facts.targets[place].table) as target
        where target.\(column) is not null
        order by target.\(column) operator(\(schema).<=>) sample.embedding limit 1
      ) as nearest
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
    "\(facts.vector.schema).\(name)(embedding::\(facts.vector.schema).vector)"
  }

  /// A common table expression: each item that counts as stored, with what its target holds.
  private func found(inTarget place: Int) -> String {
    let target = pipeline.targets[place]
    let hash = target.assignments.first { $0.expression == "$hash" }
    let isCurrent = hash.map { "target.\(SQLText.name($0.column)) = item.source_hash" } ?? "true"
    let join: String
    switch target {
    case .update:
      join = "target.\(facts.source.key) = source.\(facts.source.key)"
    case .upsert(_, let conflict, let assignments):
      join = conflict.compactMap { column in
        assignments.first { $0.column == column }
      }.map {
        "target.\(SQLText.name($0.column)) = \(scoped("(\($0.expression))", to: "source"))"
      }.joined(separator: " and ")
    }
    return """
      found as materialized (
        select item.key, item.source_hash, \(isCurrent) as is_current,
          target.\(SQLText.name(vectorColumn(ofTarget: place))) as embedding
        from preflight.item as item
        join \(facts.source.table) as source on \(sourceHasKey("item.key"))
        left join \(facts.targets[place].table) as target on \(join)
        where item.run_id = $1::uuid and item.state = 2
      )
      """
  }
}
