internal import Checklist
internal import Postgres

/// The one statement that stores a batch.
extension PipelineSQL {
  /// Fences, writes every target, marks the items stored, and counts, in one transaction.
  ///
  /// Parameters: the run's id, the tokens, the items' positions, their vectors, the replies' tokens, the
  /// job's key, the digests of the embedded texts, how many requests they took. Only items still leased
  /// under a token whose text is still the embedded one are written; one whose text changed meanwhile
  /// becomes pending again. A target's row that has all of it already is left alone, and counts as
  /// written. The user's progress function is called last, so that the row on which all workers meet is
  /// held as shortly as can be. Repeated with the same tokens it changes nothing.
  var finish: String {
    let assigned = pipeline.targets.enumerated().flatMap { place, target in
      target.assignments.enumerated().filter { !isVector($1) }.map { column, _ in
        let value = value(place, column)
        // As the type of its column: what is stored can then be compared with it.
        return "own.\(value)::\(facts.targets[place].columns[column].type) as \(value)"
      }
    }
    let columns = ["item.id", "item.position", "item.key", "item.hash"] + sourceKey + assigned
    let lock = facts.source.canLock ? "for no key update of source" : ""
    let writes = pipeline.targets.enumerated().map { place, target in
      "wrote_\(place) as (\(write(target, at: place)) returning 1)"
    }
    let wrote = pipeline.targets.indices.map {
      ", (select count(*) from wrote_\($0)) as wrote_\($0)"
    }
    let required = pipeline.targets.enumerated().map { place, target in
      """
      , preflight.require(
          wrote_\(place) = live or wrote_\(place) + (\(countSame(target, at: place))) = live,
          \(SQLText.literal(
        "the write to \(target.table) changed ")) || wrote_\(place) || ' rows instead of ' || live)
      """
    }
    return """
      with given as materialized (
        select position, hash from unnest($3::integer[], $7::text[]) as given (position, hash)
      ), embedded as not materialized (
        select position, embedding from unnest($3::integer[], $4) as embedded (position, embedding)
      ), \(QueueSQL.taken), live as materialized (
        select \(columns.joined(separator: ",\n    "))
        from item
        join \(facts.source.table) as source on \(hasKey("item.key", "source"))\(embedded)
        \(own(["\(text) as text"] + ownValues))
        where item.is_taken and item.hash = \(hash(ofText: "own.text"))
        order by item.position
        \(lock)
      ), \(writes.joined(separator: ", ")), part as materialized (
        select live.id, \(QueueSQL.items("live")),
          array_agg(\(PipelineSQL.short("live.hash")) order by live.position) as hashes\(storedKeys.value)
        from live group by live.id
      ), stored as (
        insert into preflight.batch (run_id, state, positions, keys, hashes, attempts, soft_faults, token\(storedKeys.column))
        select $1::uuid, 2, part.positions, part.keys, part.hashes, held.attempts,
          held.soft_faults, held.token\(storedKeys.kept)
        from held join part on part.id = held.id
        returning cardinality(positions) as items
      ), stale as (
        insert into preflight.batch (run_id, positions, keys, attempts, soft_faults)
        select $1::uuid, \(QueueSQL.items("item")), item.attempts - 1, item.soft_faults
        from item left join live on live.position = item.position
        where item.is_taken and live.position is null
          and (select count(*) from live) < (select count(*) from item where item.is_taken)
        group by item.id, item.attempts, item.soft_faults
        returning cardinality(positions) as items
      ), counted as materialized (
        select (select count(*) from live) as live,
          (select coalesce(sum(items), 0) from stored) as stored,
          (select coalesce(sum(items), 0) from stale) as stale,
          (select count(*) from preflight.batch as batch
             cross join unnest(batch.positions) as stored (position)
             join given on given.position = stored.position
             where batch.run_id = $1::uuid and batch.token = any ($2::text[]::uuid[])
               and batch.state = 2) as before
          \(wrote.joined())
      ), required as materialized (
        select counted.*\(required.joined()) from counted
      ), tally as (
        update preflight.run as run
        set processed = run.processed + required.stored, tokens = run.tokens + $5::bigint,
            requests = run.requests + $8::integer, progressed_at = clock_timestamp(), refusals = 0,
            budget = case when run.budget > 0 then least(run.budget + $8::integer, 25)
              else run.budget end
        from required
        where run.id = $1::uuid and required.before = 0
        returning 1
      ), progress as materialized (
        select \(progressCall)
        from required where required.stored > 0
      )
      select required.stored, required.stale, required.before,
        (select count(*) from tally) as tallied, (select count(*) from progress) as progressed
      from required
      """
  }

  private var progressCall: String {
    guard let function = facts.job?.progress, let keyType = facts.job?.keyType else {
      return "$6::text"
    }
    return "\(function)($6::text::\(keyType), required.stored::integer)"
  }

  private func write(_ target: Pipeline.Target, at place: Int) -> String {
    let (table, columns) = (facts.targets[place].table, facts.targets[place].columns.map(\.name))
    let values = columns.indices.map { written(place, $0) }
    switch target {
    case .update:
      let set = zip(columns, values).map { "\($0) = \($1)" }.joined(separator: ", ")
      return "update \(table) as target set \(set) from \(PipelineSQL.written) "
        + "where \(isTarget(target, at: place, of: "live")) and \(isOther(at: place, than: "live"))"
    case .upsert(_, let conflict, _):
      let keys = Set(conflict.map(SQLText.name))
      let changed = columns.filter { !keys.contains($0) }.map { "\($0) = excluded.\($0)" }
      return "insert into \(table) as target (\(columns.joined(separator: ", "))) "
        + "select \(values.joined(separator: ", ")) from \(PipelineSQL.written) "
        + "on conflict (\(conflict.map(SQLText.name).joined(separator: ", "))) "
        + "do update set \(changed.joined(separator: ", ")) "
        + "where \(isOther(at: place, than: "excluded"))"
    }
  }

  /// How many rows of a target have all that they would get.
  private func countSame(_ target: Pipeline.Target, at place: Int) -> String {
    "select count(*) from \(facts.targets[place].table) as target "
      + "join (\(PipelineSQL.written)) on \(isTarget(target, at: place, of: "live")) and not \(isOther(at: place, than: "live"))"
  }

  /// Whether a target's row is the one of an item, or of another row with the same columns.
  func isTarget(
    _ target: Pipeline.Target, at place: Int, of items: String
  ) -> String {
    switch target {
    case .update:
      facts.source.key.enumerated().map { "target.\($1.name) = \(items).key_\($0)" }
        .joined(separator: " and ")
    case .upsert(_, let conflict, _):
      facts.targets[place].columns.enumerated()
        .filter { conflict.map(SQLText.name).contains($1.name) }
        .map { "target.\($1.name) = \(items).\(value(place, $0))" }.joined(separator: " and ")
    }
  }

  /// Whether a target's row differs from what it would get.
  ///
  /// Bytes are compared, by an operator that each type has and that is always in reach: an equality
  /// of the type's own need be neither.
  private func isOther(at place: Int, than alias: String) -> String {
    let columns = facts.targets[place].columns
    let given = columns.enumerated().map { column, facts in
      alias == "live" ? written(place, column) : "\(alias).\(facts.name)"
    }
    let own = columns.map { "target.\($0.name)" }
    return "row(\(own.joined(separator: ", ")))::record "
      + "operator(pg_catalog.*<>) row(\(given.joined(separator: ", ")))::record"
  }

  private var sourceKey: [String] {
    facts.source.key.enumerated().map { "source.\($1.name) as key_\($0)" }
  }

  /// Where a source row may be out of sight once it is stored, its batch keeps what names the rows of
  /// other tables, for the audit.
  private var storedKeys: (column: String, value: String, kept: String) {
    guard !facts.source.keepsRows, !keptKeys.isEmpty else { return ("", "", "") }
    let values = keptKeys.map { "live.\(value($0.place, $0.column))::text" }
    let array = "array[\(values.joined(separator: ", "))]::text"
    return (
      ", stored_keys", ", array_agg(\(array) order by live.position) as stored_keys",
      ", part.stored_keys"
    )
  }

  /// The values that are made of the source row, its text's digest, and its vector.
  private var ownValues: [String] {
    pipeline.targets.enumerated().flatMap { place, target in
      target.assignments.enumerated().filter { !isVector($1) }.map { column, assignment in
        let written = assignment.expression.replacing("$embedding", with: "embedded.embedding")
          .replacing("$hash", with: "item.hash")
        return "(\(written)) as \(value(place, column))"
      }
    }
  }

  /// What is to be written: vectors are large, and stay where they came in until they are.
  private static let written = "live join embedded on embedded.position = live.position"

  /// Joins the vectors of items where an expression asks for more of them than to be stored.
  ///
  /// Not otherwise: what is joined with a row that is locked is kept whole beside it.
  private var embedded: String {
    let asks = pipeline.targets.contains { target in
      target.assignments.contains { takesVector($0) && !isVector($0) }
    }
    return asks ? "\n  join embedded on embedded.position = item.position" : ""
  }

  /// The value that a column gets from what is to be written.
  private func written(_ place: Int, _ column: Int) -> String {
    let assignment = pipeline.targets[place].assignments[column]
    guard isVector(assignment) else { return "live.\(value(place, column))" }
    return "embedded.embedding::\(facts.targets[place].columns[column].type)"
  }

  /// Whether an assignment stores the vector as it came.
  private func isVector(_ assignment: Pipeline.Assignment) -> Bool {
    assignment.expression == "$embedding"
  }

  func value(_ place: Int, _ column: Int) -> String { "value_\(place)_\(column)" }
}
