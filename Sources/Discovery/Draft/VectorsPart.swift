internal import Core

/// The checks of columns of vectors: their length, their index, whether they keep what they are given, and
/// who made what they hold.
struct VectorsPart {
  let facts: Facts
  let plan: EmbedderPlan

  func passages(_ ids: inout Identifiers) -> [Passage] {
    var passages: [Passage] = []
    var dimensions: [String] = []
    for group in plan.groups {
      let id = ids.take("dimension", group == plan.groups[0] ? "" : String(group.dimension))
      dimensions.append(id)
      passages.append(dimension(group, id))
    }
    passages += plan.leftOut.map { Passage(why: ["No check: \($0)"]) }
    passages += plan.groups.flatMap(\.columns).compactMap { index($0, &ids) }
    for (group, id) in zip(plan.groups, dimensions) where group.doubt == nil {
      if let trip = roundTrip(group, needing: id, &ids) { passages.append(trip) }
    }
    return passages
      + TextSource.all(in: facts.catalog, plan).filter(\.vector.isStored)
      .map { sameModel($0, &ids) }
  }

  private func dimension(_ group: EmbedderPlan.Group, _ id: String) -> Passage {
    let columns = group.columns.map(\.text)
    let isOne = columns.count == 1
    var why =
      "\(isOne ? "This column takes" : "These columns take") vectors of "
      + "\(group.dimension) numbers."
    var settings = [("model", group.service)]
    if let search = SearchFunction.only(over: group.columns.map(\.table), in: facts.catalog) {
      why += " \(search.name.sql) searches here, and is called with one."
      settings.append(("searched_by", YAMLText.scalar(search.name.sql)))
    }
    return .check(
      id, ("dimension", isOne ? YAMLText.scalar(columns[0]) : YAMLText.list(columns)), settings,
      why: [why] + (group.doubt.map { [$0] } ?? []))
  }

  private func index(
    _ column: EmbedderPlan.VectorColumn, _ ids: inout Identifiers
  ) -> Passage? {
    guard let indexed = column.column.indexMetric else { return nil }
    var why = "It has an index for \(indexed)."
    var settings = [("metric", indexed)]
    if column.table.vectors.count == 1,
      let search = SearchFunction.only(over: [column.table], in: facts.catalog)
    {
      why += " \(search.name.sql) searches it"
      why += search.metric == indexed ? "." : " by \(search.metric), which is taken."
      settings = [("metric", search.metric), ("searched_by", YAMLText.scalar(search.name.sql))]
    }
    return .check(
      ids.take("index", column.table.name.name), ("vector_index", YAMLText.scalar(column.text)),
      settings, why: [why])
  }

  /// The round trip through the column of a service whose row takes the fewest made-up values.
  private func roundTrip(
    _ group: EmbedderPlan.Group, needing dimension: String, _ ids: inout Identifiers
  ) -> Passage? {
    let rows = group.columns.compactMap { column in
      CanaryRow(column).map { (column: column, row: $0) }
    }
    guard let (column, row) = rows.min(by: { $0.row.values.count < $1.row.values.count }) else {
      return nil
    }
    var settings = [("into", YAMLText.scalar(column.text))]
    if let metric = column.column.indexMetric, metric != "cosine" {
      settings.append(("metric", metric))
    }
    var why = "A row is written here, searched for, and rolled back."
    if !row.values.isEmpty {
      why += " Its values are made up, for the columns that need some: no row may have them."
      settings.append(("canary", row.text))
    }
    settings.append(("needs", dimension))
    return .check(
      ids.take("round_trip", group == plan.groups[0] ? "" : String(group.dimension)),
      ("round_trip", group.service), settings, why: [why])
  }

  private func sameModel(_ source: TextSource, _ ids: inout Identifiers) -> Passage {
    var settings = [
      ("key", YAMLText.scalar(DatabaseFacts.Name(source.key).sql)),
      ("text", YAMLText.scalar("left(\(source.text), \(source.mostCharacters))")),
    ]
    if let unchanged = source.madeSince(">=") {
      settings.append(("where", YAMLText.scalar(unchanged)))
    }
    settings += [("model", source.model), ("severity", "warn")]
    return .check(
      ids.take("same_model", source.table.name.name),
      ("same_model", YAMLText.scalar("\(source.table.name.sql).\(source.column)")), settings,
      why: [
        """
        It holds vectors already. The text is a guess, and has to be what they were made of, to the \
        letter: take `severity` out then.
        """
      ])
  }
}

/// A row that a table takes beside a vector, of values that are made up.
private struct CanaryRow {
  /// By the columns that need a value.
  let values: [(column: String, value: String)]

  private static let usual = [
    "text": "preflight/canary", "varchar": "preflight/canary",
    "uuid": "00000000-0000-0000-0000-000000000000", "bool": "false", "jsonb": "{}", "json": "{}",
    "int2": "0", "int4": "0", "int8": "0", "float4": "0", "float8": "0", "numeric": "0",
    "timestamptz": "2000-01-01", "timestamp": "2000-01-01", "date": "2000-01-01",
  ]

  /// Nil where the table takes no row of this role, or none of made-up values.
  init?(_ column: EmbedderPlan.VectorColumn) {
    guard column.table.takesRows else { return nil }
    var values: [(column: String, value: String)] = []
    for other in column.table.columns where other != column.column && other.isNotNull {
      guard !other.isFilled else { continue }
      guard !other.isConstrained, let value = CanaryRow.usual[other.type],
        YAMLText.canHold(other.name)
      else { return nil }
      values.append((DatabaseFacts.Name(other.name).sql, value))
    }
    self.values = values
  }

  /// In flow style.
  var text: String {
    let pairs = values.map { "\(YAMLText.scalar($0.column)): \(YAMLText.scalar($0.value))" }
    return "{ \(pairs.joined(separator: ", ")) }"
  }
}
