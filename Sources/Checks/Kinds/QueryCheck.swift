package import Checklist
package import Core
package import Gate
internal import Postgres

/// Whether a query of the author's own answers what it should.
package struct QueryCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "query", .text, "One statement of SQL, which only reads.",
      example: "select count(*) from issues where embedding is null"),
    summary: "A query answers what it should.",
    settings: [
      Field(
        "in", .service(kind: "postgres"), "The database.", isRequired: true, example: "database"),
      RowExpectation.field(
        """
        What it answers: a value, a comparison with a number, `no_rows`, or `rows` for one or more.
        """, isRequired: true),
    ],
    passesWhen: """
      The query answers one row of one column whose value is that of `expect`, or is a number that \
      its comparison holds for; with `no_rows` no row at all, and with `rows` one or more. A null \
      passes for nothing. Numbers compare as numbers, everything else by the text that `psql` shows, \
      booleans as `true` and `false`.
      """,
    cannotTellWhen: """
      The statement fails, takes too long, writes, is more than one, or answers with no rows by its \
      nature; or the answer is larger than 64 MiB.
      """,
    needs: "The rights of the query. It runs in a read-only transaction that is rolled back.",
    failures: [
      .init(
        when: "the value, or the number of rows, is another one",
        mending: """
          See the rows that the finding shows, then mend the data, or the query; `help` is the \
          place to say how.
          """)
    ])

  private let sql: String
  private let database: String
  private let expectation: RowExpectation

  package init(_ settings: Settings) throws(Diagnostic) {
    sql = settings.text("query")
    database = settings.text("in")
    guard let expectation = try RowExpectation(settings) else {
      preconditionFailure("`expect` is required")
    }
    self.expectation = expectation
  }

  package var services: [String] { [database] }

  private var query: ReadQuery { ReadQuery(sql, rows: .text) }

  package func questions(in services: Services) -> [Question] {
    [.reading(query, of: database)]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    await services.reading(from: database, within: timeout) { connection throws(PostgresFault) in
      let rows: Rows
      do throws(PostgresFault) {
        rows = try await connection.queryRolledBack(query)
      } catch {
        guard case .server(let fault) = error else { throw error }
        return refused(fault, connection.server, in: services)
      }
      guard rows.isAnswer else {
        return .cannotTell(
          "the query is no query: it answers with no rows by its nature",
          expected: expectation.text,
          observed: rows.commandTag.isEmpty ? "no statement" : rows.commandTag,
          fix: "query: select …")
      }
      return try judged(rows, in: services)
    }
  }

  private func refused(
    _ error: ServerError, _ server: ServerFacts, in services: Services
  ) -> Finding {
    let text = error.summary
    let place = error.place(in: sql).map { " at \($0)" } ?? ""
    return .cannotTell(
      "the query fails\(place): \(text)", expected: expectation.text, observed: text,
      fix: DatabaseRefusal.fix(ofRead: .server(error), server) ?? asking(services))
  }

  private func judged(_ rows: Rows, in services: Services) throws(PostgresFault) -> Finding {
    let shown = try ShownRows.text(of: rows, services.redactor)
    switch try expectation.judgement(of: rows) {
    case .met:
      return .pass("the query answers " + (rows.count > 1 ? rows.count.counted("row") : shown))
    case .unmet:
      return .fail(
        "the query answers \(shown)", expected: expectation.text, observed: shown,
        fix: asking(services), evidence: ["rows": .number(Double(rows.count))])
    case .undecided(let reason):
      return .cannotTell(
        "the query answers \(shown), and \(reason)", expected: expectation.text, observed: shown,
        fix: asking(services))
    }
  }

  /// The command by which a person asks the same.
  private func asking(_ services: Services) -> String {
    let variable = services.variable(of: ServiceKind.postgres.rawValue, in: database)
    return "psql \"$\(variable ?? "DATABASE_URL")\" -c \(shellQuoted(sql))"
  }
}

extension ServerError {
  /// Where in a statement the fault is, for a person; nil where the server does not say.
  func place(in sql: String) -> String? {
    guard let position, position > 0 else { return nil }
    let before = sql.unicodeScalars.prefix(position - 1)
    let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
    let column = "character \((lines.last?.count ?? 0) + 1)"
    return sql.contains("\n") ? "line \(lines.count), \(column)" : column
  }
}
