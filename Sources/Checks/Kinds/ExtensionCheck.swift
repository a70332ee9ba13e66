package import Checklist
package import Core
package import Gate
internal import Postgres

/// Whether an extension is installed in the database, new enough and where it is looked for.
package struct ExtensionCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "extension", .text, "The extension's name, as `create extension` takes it.",
      example: "vector"),
    summary: "An extension is installed in this database, new enough and in its schema.",
    settings: [
      Field(
        "in", .service(kind: "postgres"), "The database.", isRequired: true, example: "database"),
      Field(
        "at_least", .text, "The oldest version that will do, as numbers between dots.",
        example: "\"0.7.0\""),
      Field("schema", .text, "The schema that holds its objects.", example: "extensions"),
    ],
    passesWhen: """
      The extension is installed in this database; its version is at least `at_least`, part by part \
      as numbers, so that 0.10 is newer than 0.9; and its objects are in `schema`.
      """,
    cannotTellWhen: """
      The catalog cannot be read, or the installed version is not made of numbers between dots.
      """,
    needs: "Any role of the database.",
    failures: [
      .init(
        when: "the extension is not installed, but the server offers it",
        mending: "Create it by the SQL of the finding; each database has extensions of its own."),
      .init(
        when: "the server does not offer the extension",
        mending: """
          Correct the name (pgvector is called `vector`), or install the package that holds it on \
          the server.
          """),
      .init(
        when: "its version is too old",
        mending: """
          Update it by the SQL of the finding: a newer package on the server changes no database \
          by itself.
          """),
      .init(
        when: "it is in another schema",
        mending: "Move it by the SQL of the finding, or correct `schema`."),
    ])

  private let name: String
  private let database: String
  private let minimum: VersionNumber?
  private let schema: String?

  package init(_ settings: Settings) throws(Diagnostic) {
    name = settings.text("extension")
    database = settings.text("in")
    minimum = try settings.optionalText("at_least").map { text throws(Diagnostic) in
      guard let version = VersionNumber(text) else {
        throw Diagnostic(
          "`at_least` holds \(text.quoted), which is not made of numbers between dots",
          at: settings["at_least"]?.location ?? settings.location, help: "such as \"0.7.0\"")
      }
      return version
    }
    schema = try settings.optionalText("schema").map { text throws(Diagnostic) in
      guard let name = QualifiedName(text), name.parts.count == 1 else {
        throw Diagnostic(
          "\(text.quoted) is no name of a schema",
          at: settings["schema"]?.location ?? settings.location,
          help: "put an odd name between double quotes")
      }
      return name.name
    }
  }

  package var services: [String] { [database] }

  private var query: ReadQuery {
    ReadQuery(
      """
      select e.extversion as installed, n.nspname::text as schema,
        coalesce(e.extrelocatable, false) as is_movable, a.default_version::text as offered,
        case when a.name is null and e.oid is null then
          array(select name::text from pg_available_extensions order by 1 limit 1000) end as near
      from (select $1::text as name) as asked
        left join pg_extension e on e.extname = asked.name
        left join pg_namespace n on n.oid = e.extnamespace
        left join pg_available_extensions a on a.name = asked.name
      """, [.text(name)])
  }

  package func questions(in services: Services) -> [Question] {
    [.reading(query, of: database)]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    await services.reading(from: database, within: timeout) { connection throws(PostgresFault) in
      guard let row = try await connection.query(query).first else {
        throw .columnMissing("installed")
      }
      let offered = try row.optionalText("offered")
      guard let version = try row.optionalText("installed") else {
        let near = try row.optionalTexts("near") ?? []
        return missing(offered: offered, nearest: near.nearest(to: name))
      }
      return judged(
        version, in: try row.text("schema"), isMovable: try row.bool("is_movable"),
        offered: offered)
    }
  }

  private var expected: String {
    "the extension \(name)" + (minimum.map { ", \($0.text) or newer" } ?? "")
      + (schema.map { ", in the schema \(SQLText.name($0))" } ?? "")
  }

  private func missing(offered: String?, nearest: String?) -> Finding {
    let creation = """
      \(schema.map { "create schema if not exists \(SQLText.name($0));\n" } ?? "")\
      create extension \(SQLText.name(name))\
      \(schema.map { " schema \(SQLText.name($0))" } ?? "");
      """
    guard let offered else {
      return .fail(
        "the server offers no extension \(name)" + (nearest.map { "; did you mean \($0)?" } ?? ""),
        expected: expected, observed: "not installed, and not offered by the server",
        fix: nearest.map { "extension: \($0)" }
          ?? "-- first install the package that holds \(name) on the server\n\(creation)")
    }
    return .fail(
      "the extension \(name) is not installed in this database; the server offers \(offered)",
      expected: expected, observed: "not installed; the server offers \(offered)",
      fix: [packageNote(offered), creation].compactMap(\.self).joined(separator: "\n"))
  }

  private func judged(
    _ version: String, in schema: String, isMovable: Bool, offered: String?
  ) -> Finding {
    var observed: [String] = []
    var fixes: [String] = []
    let installed = VersionNumber(version)
    if let minimum, let installed, installed < minimum {
      observed.append("its version is \(version)")
      fixes += [packageNote(offered), "alter extension \(SQLText.name(name)) update;"]
        .compactMap(\.self)
    }
    if let wanted = self.schema, wanted != schema {
      observed.append("it is in the schema \(SQLText.name(schema))")
      fixes.append(
        isMovable
          ? """
          create schema if not exists \(SQLText.name(wanted));
          alter extension \(SQLText.name(name)) set schema \(SQLText.name(wanted));
          """
          : "-- \(name) cannot be moved; in the checklist: schema: \(SQLText.name(schema))")
    }
    let evidence: [String: Evidence] = ["version": .text(version), "schema": .text(schema)]
    guard observed.isEmpty else {
      let text = observed.joined(separator: "; ")
      return .fail(
        "the extension \(name): \(text)", expected: expected, observed: text,
        fix: fixes.joined(separator: "\n"), evidence: evidence)
    }
    if let minimum, installed == nil {
      return .cannotTell(
        "\(name) is of the version \(version.quoted), which cannot be compared with \(minimum.text)",
        expected: expected, observed: "the version \(version.quoted)",
        fix: "select extversion from pg_extension where extname = \(SQLText.literal(name));",
        evidence: evidence)
    }
    return .pass(
      "\(name) \(version) is installed in the schema \(SQLText.name(schema))", evidence: evidence)
  }

  /// What has to come before any SQL; nil where the server offers a version that will do.
  private func packageNote(_ offered: String?) -> String? {
    guard let minimum else { return nil }
    if let version = offered.flatMap(VersionNumber.init), version >= minimum { return nil }
    return "-- first install \(minimum.text) or newer on the server, which offers "
      + (offered ?? "none")
  }
}
