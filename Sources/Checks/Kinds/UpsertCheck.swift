package import Checklist
package import Core
package import Gate
internal import Postgres

/// Whether an upsert can find the row that it is to update.
package struct UpsertCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field("upsert", .text, "The table that is written.", example: "similarity_cache"),
    summary: "An upsert has a unique constraint to rely on, and a row goes in.",
    settings: [
      Field(
        "in", .service(kind: "postgres"), "The database.", isRequired: true, example: "database"),
      Field(
        "on_conflict", .oneOrMany(.text), "The columns that name a row.", isRequired: true,
        example: "[repository_id, item_type, item_id]"),
      Field(
        "columns", .oneOrMany(.text), "The columns that the upsert gives values to.",
        example: "[repository_id, item_type, item_id, embedding]"),
    ] + UpsertCanary.fields,
    passesWhen: """
      A unique index exists on exactly the columns of `on_conflict`, in any order, that is valid, not \
      deferrable, not partial and without expressions; and where `columns` are given, no other column \
      is `not null` without a default. An upsert of the `canary` affects one row, and so does a second \
      one, which finds it there: row security, triggers and constraints, deferred ones too, let it \
      through, under the role of `as`. Both are rolled back; what no transaction holds stays, such as \
      the numbers that a sequence gave. Settings that a role gets when it logs in are not taken over.
      """,
    cannotTellWhen: """
      The catalog cannot be read; the canary is a row of the table already, or waits a second for a \
      lock; the connection's user may not become the role of `as`, or without `as` may not write.
      """,
    needs: """
      Any role of the database that may use the table's schema; for a `canary` one that may write, or \
      that is a member of the role of `as`.
      """,
    failures: [
      .init(
        when: "no usable unique index is on exactly the columns of `on_conflict`",
        mending: """
          Add one by the SQL of the finding; a partial, deferrable or invalid one does not \
          serve.
          """),
      .init(
        when: "a column that must have a value gets none",
        mending: """
          Add it to the upsert, to `columns` and to `canary`, or give it a default.
          """),
      .init(
        when: "row security bars the canary, or the role lacks a privilege",
        mending: """
          Make a policy for the role, for inserts and for updates, or grant the privilege, by the SQL \
          of the finding.
          """),
      .init(
        when: "a constraint or a trigger refuses the canary, or takes it away",
        mending: """
          Give `canary` the values of a real row; where they are, mend the constraint or the trigger, \
          which would refuse the code's rows too.
          """),
    ])

  private let table: QualifiedName
  private let database: String
  private let key: [String]
  private let columns: [String]
  private let canary: UpsertCanary?

  package init(_ settings: Settings) throws(Diagnostic) {
    table = try settings.tableName("upsert")
    database = settings.text("in")
    key = try settings.columnNames("on_conflict")
    columns = try settings.columnNames("columns")
    canary = try UpsertCanary(of: table, key: key, settings)
  }

  package var services: [String] { [database] }

  package func questions(in services: Services) -> [Question] {
    [.reading(TableFacts.query(table), of: database)]
      + (canary.map { [$0.question(to: database)] } ?? [])
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    let finding = await services.reading(from: database, within: timeout) {
      connection throws(PostgresFault) in
      switch try await TableFacts.read(table, over: connection) {
      case .found(let facts): return judged(facts)
      case .missing(let nearest):
        return .fail(
          "there is no table \(table.sql)" + (nearest.map { "; did you mean \($0)?" } ?? ""),
          expected: "a table \(table.sql) with unique (\(SQLText.names(key)))", observed: "none",
          fix: nearest.map { "upsert: \($0)" }
            ?? "create table \(table.sql) (…, unique (\(SQLText.names(key))));")
      }
    }
    guard let canary, finding.status == .pass else { return finding }
    return await canary.finding(in: services, of: database, within: timeout, after: finding)
  }

  private func judged(_ facts: TableFacts) -> Finding {
    let names = SQLText.names(key)
    var observed: [String] = []
    var fixes: [String] = []
    for name in (key + columns + (canary?.row.columns ?? [])).withoutRepeats(by: \.self)
    where facts.column(name) == nil {
      let near = facts.columns.map(\.name).nearest(to: name)
      observed.append(
        "it has no column \(SQLText.name(name))" + (near.map { "; did you mean \($0)?" } ?? ""))
      fixes.append(
        near.map { "# in the checklist and the code: \($0) for \(name)" }
          ?? "alter table \(table.sql) add column \(SQLText.name(name)) …;")
    }
    if !["r", "p"].contains(facts.kind) {
      observed.append("it is no table, so that nothing in it is unique")
      fixes.append("upsert: …   # the table behind it")
    } else if observed.isEmpty, !facts.uniqueIndexes.contains(where: { $0.serves(key) }) {
      let near = facts.uniqueIndexes.max { $0.likeness(to: key) < $1.likeness(to: key) }
      let why = near.map {
        "; the nearest is \(SQLText.name($0.name)), but \($0.reason(against: key))"
      }
      observed.append("no unique index is on (\(names))" + (why ?? ""))
      fixes.append(addition(facts.uniqueIndexes))
    }
    let given = Set(key + columns)
    let unfilled = facts.columns.filter { column in
      !columns.isEmpty && column.isNotNull && !column.isFilled && !given.contains(column.name)
    }.map(\.name)
    if !unfilled.isEmpty {
      let list = SQLText.names(unfilled)
      let one = unfilled.count == 1
      observed.append(
        "`columns` lacks \(list), which take\(one ? "s" : "") no null and \(one ? "has" : "have") no default"
      )
      fixes.append("columns: [\((columns + unfilled).joined(separator: ", "))]")
    }
    guard !observed.isEmpty else {
      return .pass("\(table.sql) has a unique index on (\(names))")
    }
    let text = observed.joined(separator: "; ")
    return .fail(
      "\(table.sql): \(text)",
      expected: "a usable unique index on (\(names))"
        + (columns.isEmpty ? "" : ", and a value for each column that needs one"),
      observed: text, fix: fixes.joined(separator: "\n"))
  }

  /// SQL that makes the columns a key, under the name that Postgres would choose.
  private func addition(_ indexes: [UniqueIndex]) -> String {
    let constraint = String(([table.name] + key + ["key"]).joined(separator: "_").prefix(63))
    let inTheWay = indexes.first { $0.name == constraint || $0.constraint == constraint }
    return (inTheWay.map { $0.removal(from: table.sql) + "\n" } ?? "")
      + "alter table \(table.sql) add constraint \(SQLText.name(constraint)) "
      + "unique (\(SQLText.names(key)));"
  }
}
