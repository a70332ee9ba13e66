internal import Checklist
internal import Postgres

/// Statements on rows that have their vectors already.
extension PipelineSQL {
  /// Whether a source row has its vectors, of the text as it is now.
  ///
  /// Nothing would change in its targets but times; a column that names the model, say, is heeded. Nil
  /// where it cannot be told, since some target keeps no `$hash` beside its vector.
  var isUnchanged: String? {
    let keepHash = vectorTargets.allSatisfy { place in
      pipeline.targets[place].assignments.contains { $0.expression == "$hash" }
    }
    guard keepHash else { return nil }
    return pipeline.targets.indices.map { place in
      holds(place) { alias in
        let columns = Array(zip(facts.targets[place].columns, pipeline.targets[place].assignments))
        let vectors = columns.filter { takesVector($0.1) }.map {
          "\(alias).\($0.0.name) is not null"
        }
        let others = columns.indices.filter {
          !takesVector(columns[$0].1) && !columns[$0].0.isTime
        }
        let own = others.map { "\(alias).\(columns[$0].0.name)" }.joined(separator: ", ")
        let given = others.map { expression(at: place, $0) }.joined(separator: ", ")
        return
          (vectors + [
            "row(\(own))::record operator(pg_catalog.*=) row(\(given))::record"
          ]).joined(separator: " and ")
      }
    }.joined(separator: " and ")
  }

  /// Whether some target holds a vector for a source row.
  var hasVector: String {
    let held = vectorTargets.map { place in
      holds(place) { "\($0).\(SQLText.name(vectorColumn(ofTarget: place))) is not null" }
    }
    return "(" + held.joined(separator: " or ") + ")"
  }

  /// Writes the times of rows that have their vectors already, so that they wait no more, and answers how
  /// many there are; nil where that cannot be told or is not asked.
  var refresh: String? {
    guard !choice.all, let isUnchanged else { return nil }
    var values = facts.source.key.enumerated().map { "source.\($1.name) as key_\($0)" }
    var writes: [String] = []
    for (place, target) in pipeline.targets.enumerated() {
      let columns = facts.targets[place].columns
      let times = columns.indices.filter {
        columns[$0].isTime && !takesVector(target.assignments[$0])
      }
      guard !times.isEmpty else { continue }
      let keys = keptKeys.filter { $0.place == place }.map(\.column)
      values += Set(times + keys).sorted().map {
        "\(expression(at: place, $0)) as \(value(place, $0))"
      }
      let set = times.map { "\(columns[$0].name) = unchanged.\(value(place, $0))" }
      writes.append(
        """
        , wrote_\(place) as (
          update \(facts.targets[place].table) as target set \(set.joined(separator: ", "))
          from unchanged where \(isTarget(target, at: place, of: "unchanged"))
        )
        """)
    }
    return """
      with unchanged as materialized (
        select \(values.joined(separator: ", "))
        from \(facts.source.table) as source
        where \(condition) and \(isUnchanged)
        \(facts.source.canLock ? "for no key update of source" : "")
      )\(writes.joined())
      select count(*) as unchanged from unchanged
      """
  }

  /// How many rows of an updated target have a vector and are not in the source.
  func countOutOfSight(ofTarget place: Int) -> String {
    let match = facts.source.key.map { "source.\($0.name) = target.\($0.name)" }
    return """
      select count(*) as rows from \(facts.targets[place].table) as target
      where target.\(SQLText.name(vectorColumn(ofTarget: place))) is not null
        and not exists (select from \(facts.source.table) as source
          where \(match.joined(separator: " and ")))
      """
  }

  /// Whether a target's row for a source row is as told; the source's own row needs no second look.
  private func holds(_ place: Int, _ told: (String) -> String) -> String {
    let (target, facts) = (pipeline.targets[place], facts.targets[place])
    if case .update = target, facts.table == self.facts.source.table {
      return "(\(told("source")))"
    }
    let match: [String] =
      switch target {
      case .update: self.facts.source.key.map { "target.\($0.name) = source.\($0.name)" }
      case .upsert:
        keptKeys.filter { $0.place == place }.map {
          "target.\(facts.columns[$0.column].name) = \(expression(at: place, $0.column))"
        }
      }
    return "exists (select from \(facts.table) as target "
      + "where \((match + [told("target")]).joined(separator: " and ")))"
  }

  /// What a column would get, over the source row alone.
  private func expression(at place: Int, _ column: Int) -> String {
    let written = pipeline.targets[place].assignments[column].expression
      .replacing("$hash", with: hash(of: "source"))
    return scoped("(\(written))", to: "source")
      + "::\(facts.targets[place].columns[column].type)"
  }
}
