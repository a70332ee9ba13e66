package import Checklist
package import Core
package import Gate
internal import Postgres

/// Whether a table is what the code takes it for.
package struct TableCheck: CheckKind {
  private static let privileges = [
    "select", "insert", "update", "delete", "truncate", "references", "trigger",
  ]

  private static let commands = ["select", "insert", "update", "delete"]

  package static let declaration = KindDeclaration(
    subject: Field("table", .text, "A table or a view.", example: "embedding_jobs"),
    summary: "A table exists with these columns, keys and privileges.",
    settings: [
      Field(
        "in", .service(kind: "postgres"), "The database.", isRequired: true, example: "database"),
      Field(
        "columns", .map(.text), "Columns and their types; a type without modifier fits any.",
        example: "{ id: uuid, embedding: vector(384) }"),
      Field("primary_key", .oneOrMany(.text), "The primary key's columns.", example: "[id]"),
      Field(
        "unique", .list(.oneOrMany(.text), atLeast: 1),
        "Keys by which rows are unique, each a column or a list of columns.",
        example: "[[repository_id, item_type, item_id]]"),
      Field("not_null", .oneOrMany(.text), "Columns that take no null.", example: "[item_id]"),
      Field(
        "privileges", .map(.oneOrMany(.word(privileges))), "Roles and what each may do.",
        example: "{ service_role: [select, update] }"),
      Field("row_security", .flag, "Whether row level security is on.", example: "true"),
      Field(
        "policies", .map(.oneOrMany(.word(commands))),
        "Roles and the commands of which row security does not bar all of their rows.",
        example: "{ embedding_worker: [select, update] }"),
    ],
    passesWhen: """
      The table exists, and `columns`, `primary_key`, `unique`, `not_null`, `privileges`, \
      `row_security` and `policies` hold as far as they are given.
      """,
    cannotTellWhen: "The catalog cannot be read.",
    needs: "Any role of the database that may use the table's schema.",
    failures: [
      .init(
        when: "the table or a column is missing, or a column has another type",
        mending: """
          Alter the table by the SQL of the finding, or run the migration that was left out.
          """),
      .init(
        when: "a key or a `not null` is missing",
        mending: "Add it by the SQL of the finding; rows that break it have to go first."),
      .init(
        when: "a role lacks a privilege",
        mending: "`grant` it by the SQL of the finding."),
      .init(
        when: "row security is not as stated",
        mending: "Switch it by the SQL of the finding, and write the policies that it needs."),
      .init(
        when: "row security bars a role's rows: an update then changes none, without an error",
        mending: "Write the policy, by the SQL of the finding or a narrower one."),
    ])

  private let table: QualifiedName
  private let database: String
  private let columns: [(name: String, type: String)]
  private let primaryKey: [String]
  private let uniqueKeys: [[String]]
  private let notNull: [String]
  private let privileges: [(role: String, words: [String])]
  private let rowSecurity: Bool?
  private let policies: [(role: String, words: [String])]

  package init(_ settings: Settings) throws(Diagnostic) {
    table = try settings.tableName("table")
    database = settings.text("in")
    columns = settings.textMap("columns").map { (QualifiedName($0.name)?.name ?? $0.name, $0.text) }
    primaryKey = try settings.columnNames("primary_key")
    uniqueKeys = try settings.list("unique").map { key throws(Diagnostic) in
      let field = Field("unique", .oneOrMany(.text), "")
      let alone = Settings(fields: [field], values: ["unique": key], location: key.location)
      return try alone.columnNames("unique")
    }
    notNull = try settings.columnNames("not_null")
    privileges = TableCheck.words("privileges", of: settings)
    policies = TableCheck.words("policies", of: settings)
    rowSecurity = settings.optionalFlag("row_security")
  }

  /// The words that a map has for each role.
  private static func words(
    _ name: String, of settings: Settings
  ) -> [(role: String, words: [String])] {
    settings.map(name).map { entry in
      let field = Field(entry.name, .oneOrMany(.text), "")
      let alone = Settings(
        fields: [field], values: [entry.name: entry.setting], location: entry.setting.location)
      return (entry.name, alone.texts(entry.name))
    }
  }

  private var roles: [String] { (privileges + policies).map(\.role) }

  package var services: [String] { [database] }

  package func questions(in services: Services) -> [Question] {
    let query = TableFacts.query(table, roles: roles, types: columns.map(\.type))
    return [.reading(query, of: database)]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    await services.reading(from: database, within: timeout) { connection throws(PostgresFault) in
      let lookup = try await TableFacts.read(
        table, roles: roles, types: columns.map(\.type), over: connection)
      switch lookup {
      case .missing(let nearest): return missing(nearest)
      case .found(let facts): return judged(facts)
      }
    }
  }

  private func missing(_ nearest: String?) -> Finding {
    let given = columns.map { "\(SQLText.name($0.name)) \($0.type)" }
    let key = primaryKey.isEmpty ? [] : ["primary key (\(SQLText.names(primaryKey)))"]
    return .fail(
      "there is no table \(table.sql)" + (nearest.map { "; did you mean \($0)?" } ?? ""),
      expected: "a table \(table.sql)", observed: "none",
      fix: "create table \(table.sql) (\((given + key).joined(separator: ", ")));")
  }

  private func judged(_ facts: TableFacts) -> Finding {
    var faults: [Fault] = []
    let alter = "alter table \(table.sql)"
    for (wanted, type) in zip(columns, facts.types) {
      faults += fault(of: wanted, named: type, facts).map { [$0] } ?? []
    }
    let primary = facts.uniqueIndexes.first(where: \.isPrimary)
    if !primaryKey.isEmpty, primary?.columns != primaryKey {
      let names = SQLText.names(primaryKey)
      faults.append(
        Fault(
          "primary key (\(names))",
          primary.map { "its primary key is (\(SQLText.names($0.columns)))" }
            ?? "it has no primary key",
          (primary.map { $0.removal(from: table.sql) + "\n" } ?? "")
            + "\(alter) add primary key (\(names));"))
    }
    for key in uniqueKeys where !facts.uniqueIndexes.contains(where: { $0.serves(key) }) {
      let names = SQLText.names(key)
      faults.append(
        Fault(
          "unique (\(names))", "nothing makes (\(names)) unique",
          "\(alter) add unique (\(names));"))
    }
    for name in notNull where facts.column(name)?.isNotNull != true {
      let column = SQLText.name(name)
      faults.append(
        Fault(
          "\(column) not null",
          facts.column(name) == nil ? "it has no column \(column)" : "\(column) takes null",
          "\(alter) alter column \(column) set not null;"))
    }
    for (role, words) in privileges {
      let held = facts.privileges[role]
      let lacking = words.filter { held?.contains($0) != true }
      guard !lacking.isEmpty else { continue }
      let list = lacking.joined(separator: ", ")
      faults.append(
        Fault(
          "\(words.joined(separator: ", ")) for \(role)",
          held == nil ? "there is no role \(role)" : "\(role) may not \(list)",
          (held == nil ? "create role \(SQLText.name(role)) nologin;\n" : "")
            + "grant \(list) on \(table.sql) to \(SQLText.roles([role]));"))
    }
    faults += policies.compactMap { policyFault($0.role, $0.words, facts) }
    if let rowSecurity, facts.hasRowSecurity != rowSecurity {
      faults.append(
        Fault(
          "row security \(rowSecurity ? "on" : "off")",
          "row security is \(rowSecurity ? "off" : "on")",
          "\(alter) \(rowSecurity ? "enable" : "disable") row level security;"))
    }
    guard !faults.isEmpty else { return .pass("\(table.sql) is as expected") }
    let observed = faults.map(\.observed).joined(separator: "; ")
    return .fail(
      "\(table.sql): \(observed)", expected: faults.map(\.expected).joined(separator: "; "),
      observed: observed, fix: faults.map(\.fix).joined(separator: "\n"))
  }

  /// What row security bars a role from, with a policy for each command that bars nothing.
  private func policyFault(_ role: String, _ words: [String], _ facts: TableFacts) -> Fault? {
    let barred = words.filter { facts.unbarred[role]?.contains($0) != true }
    guard !barred.isEmpty else { return nil }
    let isAbsent = facts.unbarred[role] == nil
    let list = barred.joined(last: "or")
    let fixes = barred.map { command in
      let clauses = ["insert": "with check (true)", "update": "using (true) with check (true)"]
      return """
        create policy "\(role) may \(command)" on \(table.sql) for \(command) \
        to \(SQLText.roles([role])) \(clauses[command] ?? "using (true)");
        """
    }
    return Fault(
      "a policy by which \(role) may \(words.joined(last: "and"))",
      isAbsent ? "there is no role \(role)" : "row security lets \(role) \(list) no row",
      ((isAbsent && !privileges.contains { $0.role == role }
        ? ["create role \(SQLText.name(role)) nologin;"] : []) + fixes)
        .joined(separator: "\n"))
  }

  private struct Fault {
    let expected: String
    let observed: String
    let fix: String

    init(_ expected: String, _ observed: String, _ fix: String) {
      self.expected = expected
      self.observed = observed
      self.fix = fix
    }
  }

  /// What is wrong with a column; `type` is the wanted one as Postgres names it, without modifier.
  private func fault(
    of wanted: (name: String, type: String), named type: String, _ facts: TableFacts
  ) -> Fault? {
    let name = SQLText.name(wanted.name)
    let expected = "\(name) \(wanted.type)"
    let alter = "alter table \(table.sql)"
    guard !type.isEmpty else {
      return Fault(
        expected, "the search path finds no type \(wanted.type.quoted)",
        wanted.type.contains("vec")
          ? "create extension if not exists vector;" : "columns: { \(name): … }")
    }
    guard let column = facts.column(wanted.name) else {
      let near = facts.columns.map(\.name).nearest(to: wanted.name)
      return Fault(
        expected, "it has no column \(name)" + (near.map { "; did you mean \($0)?" } ?? ""),
        "\(alter) add column \(name) \(wanted.type);")
    }
    let modifier = TableCheck.modifier(of: wanted.type)
    let fits =
      TableCheck.bare(column.type) == type
      && (modifier.isEmpty || modifier == TableCheck.modifier(of: column.type))
    return fits
      ? nil
      : Fault(
        expected, "\(name) is \(column.type)",
        "\(alter) alter column \(name) type \(wanted.type) using \(name)::\(wanted.type);")
  }

  /// What stands in the parentheses of a type, without spaces.
  private static func modifier(of type: String) -> String {
    guard let open = type.firstIndex(of: "("), let close = type.lastIndex(of: ")"), open < close
    else { return "" }
    return type[open...close].filter { $0 != " " }
  }

  /// A type without what stands in parentheses: `timestamp(3) with time zone` too.
  private static func bare(_ type: String) -> String {
    guard let open = type.firstIndex(of: "("), let close = type.lastIndex(of: ")"), open < close
    else { return type }
    return (type[..<open] + type[type.index(after: close)...]).trimmed
  }
}
