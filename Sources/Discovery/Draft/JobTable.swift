/// A table that tells of jobs, if the kind `jobs` can read it.
struct JobTable: Equatable {
  let table: DatabaseFacts.Table

  /// Nil where the table lacks what the kind reads.
  init?(_ table: DatabaseFacts.Table) {
    let counts = ["items_total", "items_processed"].compactMap(table.column)
    guard table.column("status") != nil, counts.count == 2, counts.allSatisfy(\.isInteger) else {
      return nil
    }
    self.table = table
  }

  static func all(in catalog: DatabaseFacts) -> [JobTable] {
    catalog.tables.compactMap { JobTable($0) }
  }

  /// Whether a table that is none is called like one.
  static func isNearMiss(_ table: DatabaseFacts.Table) -> Bool {
    let name = table.name.name.lowercased()
    return JobTable(table) == nil && table.column("status") != nil
      && ["job", "task", "queue"].contains { name.contains($0) }
  }

  /// Whether the runner can tell a run's progress here without further values.
  var takesRuns: Bool {
    let own = ["id", "status", "items_total", "items_processed", "started_at", "updated_at"]
    return table.column("id")?.isFilled == true && table.column("status")?.isText == true
      && table.columns.allSatisfy { !$0.isNotNull || $0.isFilled || own.contains($0.name) }
  }

  /// The one function of (job, count) that adds to the progress; nil where it is not certain.
  func progress(in catalog: DatabaseFacts) -> DatabaseFacts.Function? {
    guard let id = table.column("id") else { return nil }
    let types = ["int4": "integer", "int8": "bigint", "varchar": "character varying"]
    let idType = types[id.type] ?? id.type
    let found = catalog.functions.filter { function in
      function.arguments.count == 2 && function.arguments[0].type == idType
        && ["integer", "bigint"].contains(function.arguments[1].type) && !function.isOverloaded
        && function.name.name.lowercased().contains("progress")
        && function.names(table.name.name)
    }
    return found.count == 1 ? found[0] : nil
  }

  /// The checks of what the database has of such tables.
  static func passages(_ catalog: DatabaseFacts, _ ids: inout Identifiers) -> [Passage] {
    var passages: [Passage] = []
    for job in all(in: catalog) {
      let name = job.table.name.sql
      guard YAMLText.canHold(name) else {
        passages.append(Passage(why: ["\(name): a checklist cannot hold this name."]))
        continue
      }
      let table = ("jobs", YAMLText.scalar(name))
      let warn = ("severity", "warn")
      passages.append(
        .check(
          ids.take("jobs.empty", name), table, [("assert", "[empty, silent]"), warn],
          why: [
            """
            The table has `status`, `items_total` and `items_processed`. Old jobs only warn: they \
            must not keep their own repair from being deployed.
            """
          ]))
      passages.append(
        .check(
          ids.take("jobs.stuck", name), table,
          [("stuck_after", "30m"), ("assert", "[stuck]"), warn],
          why: ["How long a job may go without progress is a guess."]))
    }
    for table in catalog.tables where isNearMiss(table) {
      passages.append(
        Passage(why: [
          """
          \(table.name.sql) looks like a table of jobs, but `jobs` reads numbers from \
          `items_total` and `items_processed`.
          """
        ]))
    }
    return passages
  }
}

extension DatabaseFacts.Function {
  /// Whether the body names this table or function as a word of its own.
  func names(_ word: String) -> Bool {
    let text = Array(body.lowercased().utf8)
    let wanted = Array(word.lowercased().utf8)
    guard !wanted.isEmpty, text.count >= wanted.count else { return false }
    return (0...(text.count - wanted.count)).contains { start in
      let end = start + wanted.count
      return text[start] == wanted[0] && ByteReader(text, at: start).starts(with: wanted)
        && (start == 0 || !text[start - 1].isOfName) && (end == text.count || !text[end].isOfName)
    }
  }
}
