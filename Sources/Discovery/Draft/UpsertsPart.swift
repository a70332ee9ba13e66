/// The checks of upserts: of those that the code makes, and of those that a table was made for.
struct UpsertsPart {
  let facts: Facts

  /// An upsert by what it relies on.
  private struct Wish {
    let table: String
    let key: [String]
    let columns: [String]
    let why: String
  }

  func passages(_ ids: inout Identifiers) -> [Passage] {
    wishes.map { wish in
      guard (wish.key + wish.columns + [wish.table]).allSatisfy(YAMLText.canHold) else {
        return Passage(why: ["\(wish.table): a checklist cannot hold this name."])
      }
      var settings = [("on_conflict", list(wish.key))]
      if !wish.columns.isEmpty { settings.append(("columns", list(wish.columns))) }
      return .check(
        ids.take("upsert", wish.table), ("upsert", YAMLText.scalar(wish.table)), settings,
        why: [wish.why])
    }
  }

  private func list(_ columns: [String]) -> String {
    YAMLText.list(columns.map { DatabaseFacts.Name($0).sql })
  }

  private var wishes: [Wish] {
    var wishes: [Wish] = []
    for upsert in facts.source.upserts {
      guard let name = upsert.table, !upsert.key.isEmpty,
        !wishes.contains(where: { $0.table == sqlName(name) && $0.key == upsert.key })
      else { continue }
      let table = facts.catalog.tables.first { $0.name.name == name }
      let same = facts.source.upserts.filter { $0.table == name && $0.key == upsert.key }
      wishes.append(
        Wish(
          table: table?.name.sql ?? sqlName(name), key: upsert.key,
          columns: table.map { columns(of: $0, by: upsert.key) } ?? [],
          why: "The key that rows are upserted on at \(facts.places(same.map(\.place)))."
            + (table == nil && facts.hasCatalog ? " The database has no such table." : "")))
    }
    for table in facts.catalog.tables where !table.vectors.isEmpty {
      guard !wishes.contains(where: { $0.table == table.name.sql }) else { continue }
      for key in table.uniqueKeys {
        wishes.append(
          Wish(
            table: table.name.sql, key: key, columns: columns(of: table, by: key),
            why: """
              The table holds vectors, and its rows are unique by this key; `columns` are those \
              that need a value, and the vector.
              """))
      }
    }
    return wishes
  }

  private func sqlName(_ name: String) -> String { DatabaseFacts.Name(name).sql }

  /// The columns that an upsert has to give values to, and those that it is made for.
  private func columns(of table: DatabaseFacts.Table, by key: [String]) -> [String] {
    guard key.allSatisfy({ table.column($0) != nil }) else { return [] }
    let others = table.columns.filter { column in
      !key.contains(column.name)
        && (column.isVector || column.isNotNull && !column.isFilled)
    }
    return key + others.map(\.name)
  }
}
