internal import Checklist
internal import Core
internal import Gate
internal import Postgres

/// One row with a model's own vector, written, searched for by that vector, and taken back.
struct VectorCanary: Sendable {
  /// The settings that say of which row, and by whom.
  static let fields = [
    Field(
      "canary", .map(.scalar),
      """
      The row as the code writes it, with a key that no row has; `$embedding` stands for the vector, \
      which goes into its column all the same where the row does not name it.
      """,
      example: CanaryRow.example),
    Writer.field,
  ]

  let column: VectorColumn
  private let metric: VectorMetric
  private let row: CanaryRow
  private let writer: Writer

  init(
    in column: VectorColumn, searchedBy metric: VectorMetric, _ settings: Settings
  ) throws(Diagnostic) {
    self.column = column
    self.metric = metric
    writer = try Writer(settings)
    row = try CanaryRow(settings, withVectorIn: column)
  }

  private var table: QualifiedName { column.table }

  private var write: String {
    """
    insert into \(table.sql) as written (\(SQLText.names(row.columns))) \
    values (\(row.values.joined(separator: ", "))) \
    returning written.\(SQLText.name(column.column)) as stored
    """
  }

  /// Has deferred constraints judge now: a rollback never asks them.
  private static let constraints = "set constraints all immediate"

  /// Lets the search find pgvector's operators where the extension is off the search path.
  private static let path = """
    select set_config('search_path', concat_ws(', ', nullif(current_setting('search_path'), ''), \
    (select quote_ident(n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace \
    where e.extname = 'vector')), true)
    """

  /// The nearest row, as applications ask for it, and whether it is of this transaction.
  private var search: String { search(orderedBy: distance) }

  /// The same without an index, which is approximate, and may miss a row that has nothing near it: it
  /// serves its operator alone, and no sum.
  private var exactSearch: String { search(orderedBy: "(\(distance)) + 0") }

  private var distance: String { "found.\(SQLText.name(column.column)) \(metric.sign) $1" }

  private func search(orderedBy order: String) -> String {
    """
    select found.xmin = pg_current_xact_id()::xid as is_own, \(distance) as distance \
    from \(table.sql) as found order by \(order) limit 1
    """
  }

  private var statements: [String] {
    writer.statements
      + [write, VectorCanary.constraints, VectorCanary.path, search, exactSearch]
  }

  func question(to database: String) -> Question {
    Question(
      .rolledBack(statements), of: database,
      condition: """
        where there are vectors to write, with the first one for $1; the last one only where the \
        search finds another row
        """)
  }

  private var expected: String {
    "a vector that is stored as it was answered, and found first by \(metric.sign)"
  }

  /// Writes a vector and searches for it.
  ///
  /// - Parameters:
  ///   - vector: The model's.
  ///   - facts: What is known of the column, which is a table's and takes vectors.
  ///   - services: Which hold the connection.
  ///   - database: The name of its service.
  ///   - timeout: For all of it, locks included.
  /// - Returns: The finding of the whole check.
  func finding(
    _ vector: [Float], into facts: ColumnFacts, in services: Services, of database: String,
    within timeout: Duration
  ) async -> Finding {
    let text = Parameter.literal("[" + vector.map { "\($0)" }.joined(separator: ",") + "]")
    return await services.rollingBack(in: database, within: timeout) {
      connection throws(PostgresFault) in
      if let refused = try await writer.begin(over: connection, within: timeout) { return refused }
      var deed = "the write"
      var isMissed = false
      do throws(PostgresFault) {
        guard let row = try await connection.query(write, [text], timeout: timeout).first else {
          return changed("no row is stored")
        }
        let stored = try row.optionalVector("stored")
        if let words = facts.difference(of: stored, from: vector) { return changed(words) }
        deed = "a deferred constraint of the write"
        _ = try await connection.query(VectorCanary.constraints, timeout: timeout)
        deed = "the search"
        _ = try await connection.query(VectorCanary.path, timeout: timeout)
        var nearest = try await connection.query(search, [text], timeout: timeout).first
        isMissed = try nearest?.bool("is_own") != true
        if isMissed {
          nearest = try await connection.query(exactSearch, [text], timeout: timeout).first
        }
        if let lost = try lost(nearest) { return lost }
      } catch {
        guard case .server(let fault) = error else { throw error }
        return WriteRefusal(
          error: fault, deed: deed, writer: writer, table: table, privileges: "select, insert",
          row: row, again: again(in: facts)
        ).finding(connection.server, expected: expected)
      }
      let manner = facts.isHalf ? "half as precise" : "as they are"
      return .pass(
        """
        \(vector.count) numbers of a vector are stored in \(column.text) \(manner), and it is found \
        first by \(metric.sign), as \(writer.name(connection.server))
        """ + (isMissed ? "; its index, which is approximate, misses it" : ""),
        evidence: ["dimension": .number(Double(vector.count))])
    }
  }

  private func changed(_ words: String) -> Finding {
    .fail(
      "\(column.text) does not keep a vector: \(words)", expected: expected, observed: words,
      fix: table.triggersQuery)
  }

  /// The finding where the nearest row is not the one that was written.
  private func lost(_ row: Row?) throws(PostgresFault) -> Finding? {
    guard let row else { return unfound("no row at all", fix: table.triggersQuery) }
    guard try !row.bool("is_own") else { return nil }
    let distance = try row.double("distance")
    let name = SQLText.name(column.column)
    // What compares lengths too, finds longer vectors nearer than the same one.
    if metric == .innerProduct {
      return unfound("a longer vector", fix: "metric: cosine   # or store vectors of length 1")
    }
    return distance.magnitude < VectorCanary.nothing
      ? unfound(
        "another row with the very same vector",
        fix: """
          select count(*), count(distinct \(name)) from \(table.sql);   -- few vectors for many rows?
          """)
      : unfound("another row, at a distance of \(distance)", fix: table.triggersQuery)
  }

  /// Distances below are rounding.
  private static let nothing = 1e-6

  private func unfound(_ words: String, fix: String) -> Finding {
    .fail(
      "a search of \(column.text) by \(metric.sign) with a row's own vector finds \(words) first",
      expected: expected, observed: "\(words) first", fix: fix)
  }

  /// Statements that do the same again, with a vector that any shell can write.
  private func again(in facts: ColumnFacts) -> String {
    let size = facts.dimension ?? 1
    let vector = "(array[1] || array_fill(0, array[\(size - 1)]))::\(facts.type)"
    return "begin;\n" + statements.map { "\($0.replacing("$1", with: vector));\n" }.joined()
      + "rollback;"
  }
}

extension ColumnFacts {
  fileprivate var isHalf: Bool { baseType == "halfvec" }

  /// How a stored vector is another one than was sent, in words; nil where it is the same, but for
  /// what a narrower number has to leave out.
  fileprivate func difference(of stored: [Float]?, from sent: [Float]) -> String? {
    guard let stored else { return "null is stored" }
    guard stored.count == sent.count else {
      return "\(stored.count) numbers are stored of \(sent.count)"
    }
    let place = sent.indices.first { place in
      let error = abs(stored[place] - sent[place])
      // Half of the last place of a binary16: 10 bits of fraction, and 2^-24 between the smallest.
      return isHalf
        ? !(error <= max(abs(sent[place]) * 0x1p-11, 0x1p-25))
        : stored[place].bitPattern != sent[place].bitPattern
    }
    return place.map {
      "number \($0 + 1) of \(sent.count) is stored as \(stored[$0]), and was \(sent[$0])"
    }
  }
}
