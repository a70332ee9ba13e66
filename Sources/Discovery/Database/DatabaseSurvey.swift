internal import Core
package import Postgres

/// Asks a database's catalog what there is to check.
package enum DatabaseSurvey {
  /// Reads the catalog, in which nothing is changed.
  ///
  /// - Parameters:
  ///   - connection: To the database.
  ///   - source: What the source tree says of it: the tables that it writes and the functions that
  ///     it calls.
  /// - Returns: What is there, as far as the connection's role may see it.
  /// - Throws: The fault that kept the catalog from answering.
  package static func read(
    over connection: ReadOnlyConnection, for source: SourceFacts
  ) async throws(PostgresFault) -> DatabaseFacts {
    var facts = DatabaseFacts()
    let written = source.upserts.compactMap(\.table)
    let tables = try await connection.query(CatalogQueries.tables(named: written))
    for row in tables.prefix(CatalogQueries.mostTables) {
      facts.tables.append(try DatabaseFacts.Table(row))
    }
    let functions = try await connection.query(CatalogQueries.functions)
    for row in functions.prefix(CatalogQueries.mostFunctions) {
      facts.functions.append(try DatabaseFacts.Function(row))
    }
    if tables.count > CatalogQueries.mostTables {
      facts.gaps.append(
        "The database has more than \(CatalogQueries.mostTables) tables of interest; "
          + "the others were left out.")
    }
    if functions.count > CatalogQueries.mostFunctions {
      facts.gaps.append(
        "The database has more than \(CatalogQueries.mostFunctions) functions; "
          + "the others were left out.")
    }
    let called = source.calls.map(\.function)
    let around = try await connection.query(CatalogQueries.surroundings(functions: called))
    guard let row = around.first else { throw .columnMissing("roles") }
    facts.roles = try row.texts("roles")
    facts.calledFunctions = Set(try row.texts("functions"))
    facts.gaps += try row.texts("closed").map { schema in
      "The schema \(SQLText.name(schema)) holds vectors, and this role may not look into it."
    }
    return facts
  }
}

extension DatabaseSurvey {
  /// What an operator class of pgvector's compares by, such as `vector_cosine_ops`.
  fileprivate static func metric(of operatorClass: String) -> String? {
    ["cosine": "cosine", "l2": "l2", "ip": "inner_product", "l1": "l1"]
      .first { operatorClass.hasSuffix("_\($0.key)_ops") }?.value
  }
}

extension DatabaseFacts.Table {
  fileprivate init(_ row: Row) throws(PostgresFault) {
    let names = try row.texts("column_names")
    let numbers = try row.ints("column_numbers")
    let types = try row.texts("types")
    let dimensions = try row.ints("dimensions")
    let isNotNull = try row.ints("is_not_null")
    let isFilled = try row.ints("is_filled")
    let isConstrained = try row.ints("is_constrained")
    let isStored = try row.ints("is_stored")
    let operatorClasses = try row.texts("operator_classes")
    let columns = names.indices.map { place in
      let isVector = ["vector", "halfvec"].contains(types[place])
      return DatabaseFacts.Column(
        names[place], types[place],
        dimension: isVector && dimensions[place] > 0 ? dimensions[place] : nil,
        isNotNull: isNotNull[place] == 1, isFilled: isFilled[place] == 1,
        isConstrained: isConstrained[place] == 1, isStored: isStored[place] == 1,
        indexMetric: DatabaseSurvey.metric(of: operatorClasses[place]))
    }
    let byNumber = Dictionary(zip(numbers, names)) { first, _ in first }
    func key(_ text: Substring) -> [String] {
      text.split(separator: " ").compactMap { Int($0).flatMap { byNumber[$0] } }
    }
    let keys = try row.texts("keys")
    self.init(
      .init(schema: try row.optionalText("schema"), try row.text("name")),
      rows: try row.int("rows"), columns: columns,
      primaryKey: keys.first { $0.hasPrefix("p") }.map { key($0.dropFirst()) } ?? [],
      uniqueKeys: keys.filter { !$0.hasPrefix("p") }.map { key($0[...]) },
      takesRows: try row.bool("takes_rows"))
  }
}

extension DatabaseFacts.Function {
  fileprivate init(_ row: Row) throws(PostgresFault) {
    let names = try row.texts("names")
    let modes = try row.texts("modes")
    let types = try row.texts("types")
    // Without modes all arguments are inputs; without names they have none.
    func named(_ letters: Set<String>) -> [String] {
      zip(names, modes).filter { letters.contains($0.1) }.map(\.0)
    }
    let inputs =
      names.isEmpty ? types.map { _ in "" } : modes.isEmpty ? names : named(["i", "b", "v"])
    let columns = zip(named(["t"]), try row.texts("column_types"))
      .map { "\(SQLText.name($0)) \($1)" }
    let type = try row.text("return_type")
    let single = try row.bool("returns_set") ? "setof \(type)" : type
    self.init(
      .init(schema: try row.optionalText("schema"), try row.text("name")),
      zip(inputs, types).map { DatabaseFacts.Argument($0, $1) },
      defaults: try row.int("defaults"),
      returns: columns.isEmpty ? single : "table (\(columns.joined(separator: ", ")))",
      body: try row.text("body"), isOverloaded: try row.bool("is_overloaded"),
      executors: try row.texts("executors"))
  }
}
