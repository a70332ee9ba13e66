internal import Checklist
internal import Core
internal import Gate
internal import Postgres

/// A call of a function, of which the database keeps nothing, and what it is to answer.
struct FunctionCall: Sendable {
  /// The settings by which an author asks for one.
  static let fields = [
    Field(
      "call", .map(.scalar),
      "Arguments to call it with, by their names, in a transaction that is rolled back.",
      example: "{ job_id: 00000000-0000-0000-0000-000000000000, increment_count: 1 }"),
    RowExpectation.field(
      """
      What the call answers: a value, a comparison with a number, `no_rows`, or `rows` for one or \
      more, which suits a function that returns void.
      """, isRequired: false),
  ]

  let expectation: RowExpectation
  /// The call itself, with the values in it.
  private let sql: String

  /// The statements of the transaction, in their order.
  var statements: [String] { [Services.lockLimit, sql] }

  /// Nil where none is asked for.
  init?(of signature: FunctionSignature, _ settings: Settings) throws(Diagnostic) {
    let place = settings["call"] ?? settings["expect"]
    guard let place else { return nil }
    guard let expectation = try RowExpectation(settings) else {
      throw Diagnostic(
        "`call` without `expect` asks nothing", at: place.location,
        help: "add `expect: rows`, or the value that it answers")
    }
    let values = settings.map("call")
    let names = signature.arguments.map(\.name)
    guard !values.isEmpty || names.isEmpty else {
      throw Diagnostic(
        "`expect` needs a `call`", at: place.location,
        help: "add `call: { \(names.map { "\($0): …" }.joined(separator: ", ")) }`")
    }
    for value in values where !names.contains(value.name) {
      throw Diagnostic(
        "`call` names \(value.name.quoted), which is no argument of the signature",
        at: value.setting.location,
        help: names.nearest(to: value.name).map { "did you mean `\($0)`?" }
          ?? "its arguments are \(names.joined(separator: ", "))")
    }
    let arguments = signature.arguments.compactMap { argument in
      values.first { $0.name == argument.name }.map { value in
        // The type chooses among overloads, and reads the text as it reads a literal.
        "\(SQLText.name(argument.name)) => \(value.setting.value.sql)::\(argument.type)"
      }
    }
    self.expectation = expectation
    sql = "select * from \(signature.name.sql)(\(arguments.joined(separator: ", ")))"
  }

  func question(to database: String) -> Question {
    Question(
      .rolledBack(statements), of: database, condition: "where the function is as it should be")
  }

  /// Calls it, and says what came of it.
  ///
  /// - Parameters:
  ///   - services: Which hold the connection.
  ///   - database: The name of its service.
  ///   - timeout: For the call, locks included.
  ///   - existing: What is known of the function already, which is as it should be.
  /// - Returns: The finding of the whole check.
  func finding(
    in services: Services, of database: String, within timeout: Duration, after existing: Finding
  ) async -> Finding {
    let redactor = services.redactor
    return await services.rollingBack(in: database, within: timeout) {
      connection throws(PostgresFault) in
      let rows: Rows
      do throws(PostgresFault) {
        for statement in statements.dropLast() {
          _ = try await connection.query(statement, timeout: timeout)
        }
        rows = try await connection.query(sql, rows: .text, timeout: timeout)
      } catch {
        guard case .server(let fault) = error else { throw error }
        return refused(fault, connection.server)
      }
      return try judged(rows, after: existing, redactor)
    }
  }

  private var expected: String { "a call that answers \(expectation.text)" }

  /// What a person can paste to see the same.
  private var fix: String { "begin;\n\(sql);\nrollback;" }

  private func refused(_ error: ServerError, _ server: ServerFacts) -> Finding {
    let text = "the call fails: \(error.summary)"
    let grant = DatabaseRefusal.fix(ofRead: .server(error), server)
    guard !error.isPassing, !error.message.hasPrefix("permission denied for function") else {
      return .cannotTell(
        "\(text), as \(server.user)", expected: expected, observed: text, fix: grant ?? fix)
    }
    return .fail(
      "\(text), as \(server.user)", expected: expected, observed: text, fix: grant ?? fix)
  }

  private func judged(
    _ rows: Rows, after existing: Finding, _ redactor: Redactor
  ) throws(PostgresFault) -> Finding {
    let shown = try ShownRows.text(of: rows, redactor)
    switch try expectation.judgement(of: rows) {
    case .met:
      return .pass(
        "\(existing.message); a call answers "
          + (rows.count > 1 ? rows.count.counted("row") : shown))
    case .unmet:
      return .fail(
        "the call answers \(shown)", expected: expected, observed: shown, fix: fix,
        evidence: ["rows": .number(Double(rows.count))])
    case .undecided(let reason):
      return .cannotTell(
        "the call answers \(shown), and \(reason)", expected: expected, observed: shown, fix: fix)
    }
  }
}
