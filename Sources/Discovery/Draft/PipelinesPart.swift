internal import Core

/// The pipelines, for tables that plainly wait for vectors, and the first run.
struct PipelinesPart {
  private let facts: Facts
  private let sources: [TextSource]

  private static let most = 5

  init(_ facts: Facts, _ plan: EmbedderPlan) {
    self.facts = facts
    sources = TextSource.all(in: facts.catalog, plan)
  }

  var lines: [String] {
    guard !sources.isEmpty else {
      return YAMLText.comment(
        """
        No pipeline: no table has a primary key of one column, a text, and a column of vectors that \
        may be null. To have Preflight embed, add `pipelines` and `first_run`.
        """)
    }
    var ids = Identifiers()
    let names = sources.prefix(Self.most).map { source in
      ids.takeName(of: source.table.name.name, orElse: "texts")
    }
    var lines = ["pipelines:"]
    for (source, name) in zip(sources, names) {
      lines += (lines.count > 1 ? [""] : []) + pipeline(source, name)
    }
    if sources.count > Self.most {
      let more = (sources.count - Self.most).counted("more table")
      lines += [""] + YAMLText.comment("\(more) could be embedded in the same way.", indent: 2)
    }
    return lines + [""] + firstRun(names[0])
  }

  private func firstRun(_ pipeline: String) -> [String] {
    YAMLText.comment(
      "The pipeline is the one of the table with the most rows; the other values are the usual ones."
    )
      + [
        "first_run:", "  pipeline: \(pipeline)", "  items: 100", "  ramp: [1, 20, all]",
        "  deadline: 10m",
      ]
  }

  private func pipeline(_ source: TextSource, _ name: String) -> [String] {
    let (table, vector) = (source.table, source.vector)
    let why =
      "\(table.name.sql) has a primary key, texts, and a column of vectors that may be null."
      + others(than: source)
    let waits = source.column + " is null" + (source.madeSince("<").map { " or \($0)" } ?? "")
    var lines = [
      "  - name: \(name)", "    database: database", "    model: \(source.model)", "    from:",
      "      table: \(YAMLText.scalar(table.name.sql))",
      "      key: \(YAMLText.scalar(source.key))",
      "      text: \(YAMLText.scalar(source.text))",
      "      where: \(YAMLText.scalar(waits))",
    ]
    if table.column("created_at")?.isMoment == true {
      lines.append("      order_by: created_at desc")
    }
    lines += YAMLText.comment("Longer texts are cut here, well within what models take.", indent: 6)
    lines.append("      max_characters: \(source.mostCharacters)")
    lines += [
      "    to:", "      - update: \(YAMLText.scalar(table.name.sql))", "        set:",
      "          \(YAMLText.scalar(vector.name)): $embedding",
    ]
    if let stamp = source.stamp { lines.append("          \(YAMLText.scalar(stamp)): now()") }
    if table.column("content_hash")?.isText == true {
      lines.append("          content_hash: $hash")
    }
    return YAMLText.comment(why, indent: 2) + lines + job
  }

  /// Where else the vectors may have to go.
  private func others(than source: TextSource) -> String {
    let others = facts.catalog.tables.filter { table in
      !table.vectors.isEmpty && !sources.contains { $0.table == table }
    }.map(\.name.sql)
    guard !others.isEmpty else { return "" }
    return " \(others.joined(last: "and")) \(others.count == 1 ? "holds" : "hold") vectors too:"
      + " if they are these, add an `upsert` to `to`."
  }

  private var job: [String] {
    let jobs = JobTable.all(in: facts.catalog).filter(\.takesRuns)
    guard jobs.count == 1, let job = jobs.first, YAMLText.canHold(job.table.name.sql) else {
      return []
    }
    let progress = job.progress(in: facts.catalog)
    let why =
      "The only table of jobs"
      + (progress == nil ? "." : ", and the function that adds to its progress.")
    return YAMLText.comment(why, indent: 4) + [
      "    job:", "      table: \(YAMLText.scalar(job.table.name.sql))",
    ] + (progress.map { ["      progress: \(YAMLText.scalar($0.name.sql))"] } ?? [])
  }
}
