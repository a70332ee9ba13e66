package import Checklist
internal import Core
package import Gate
internal import Postgres

/// Why a target could not be identified.
package enum TargetFault: Error, Sendable, Equatable {
  /// A database that the checklist declares was not reached; what its service's check said.
  case notReached(service: String, words: String)
  case noAnswer(service: String, words: String)
  case setting(SettingFault)

  package var message: String {
    switch self {
    case .notReached(let service, let words), .noAnswer(let service, let words):
      "\(service): \(words)"
    case .setting(let fault): "\(fault.location): \(fault.message)"
    }
  }
}

extension Services {
  /// What the checklist is about: its databases with their columns of vectors, and its models.
  ///
  /// Databases that were not reached yet are reached; no model is asked.
  ///
  /// - Parameter checklist: The one that these services are of.
  /// - Returns: What tells this target from another.
  /// - Throws: Why something of it is not known.
  package func target(of checklist: Checklist) async throws(TargetFault) -> TargetIdentity {
    var databases: [TargetIdentity.Database] = []
    var models: [TargetIdentity.Model] = []
    for service in checklist.services {
      switch service.kind {
      case .postgres:
        databases.append(try await database(service, checklist))
      case .embeddings:
        let settings: Settings
        do throws(SettingFault) {
          settings = try filledSettings(of: service.name)
        } catch {
          throw .setting(error)
        }
        models.append(
          TargetIdentity.Model(
            service: service.name, endpoint: settings.text(service.kind.rawValue),
            model: settings.text("model"), dimensions: settings.optionalWhole("dimensions")))
      case .supabase: continue
      }
    }
    return TargetIdentity(databases: databases, models: models)
  }

  private func database(
    _ service: ServiceDeclaration, _ checklist: Checklist
  ) async throws(TargetFault) -> TargetIdentity.Database {
    if connections(to: service.name) == nil {
      let finding = await reach(service, judgesKey: false)
      guard finding.status == .pass else {
        throw .notReached(service: service.name, words: finding.message)
      }
    }
    guard let connections = connections(to: service.name) else {
      throw .notReached(service: service.name, words: "it is not connected")
    }
    let columns = vectorColumns(of: checklist, in: service.name)
    do throws(PostgresFault) {
      let rows = try await connections.use(within: Services.patience) {
        connection throws(PostgresFault) in
        try await connection.readOnly(statementTimeout: Services.patience)
          .query(Services.identityQuery(columns))
      }
      guard let row = rows.first else { throw PostgresFault.columnMissing("system") }
      let relations = try row.ints("relations")
      let numbers = try row.ints("numbers")
      let types = try row.texts("types")
      return TargetIdentity.Database(
        service: service.name, systemIdentifier: try row.text("system"),
        database: connections.server.database,
        columns: columns.enumerated().map { place, column in
          TargetIdentity.Column(
            name: column.text, relation: relations[place], number: numbers[place],
            type: types[place])
        })
    } catch {
      throw .noAnswer(service: service.name, words: error.message)
    }
  }

  /// The columns of a database that `dimension` checks name, or that pipelines store vectors in.
  private func vectorColumns(of checklist: Checklist, in database: String) -> [VectorColumn] {
    let checked = checklist.checks.filter { $0.kind == DimensionCheck.declaration.name }
      .compactMap { try? $0.settings.filled(from: variables) }
      .filter { $0.text("in") == database }
      .flatMap { $0.texts(DimensionCheck.declaration.name) }
    let written = checklist.pipelines.compactMap { try? $0.filled(from: variables) }
      .filter { $0.database == database }
      .flatMap(\.targets)
      .flatMap { target in
        target.assignments.filter { $0.expression == "$embedding" }
          .map { "\(target.table).\($0.column)" }
      }
    var columns: [VectorColumn] = []
    for column in (checked + written).compactMap({ VectorColumn($0) })
    where !columns.contains(column) {
      columns.append(column)
    }
    return columns
  }

  private static func identityQuery(_ columns: [VectorColumn]) -> ReadQuery {
    ReadQuery(
      """
      select (select system_identifier::text from pg_control_system()) as system,
        coalesce(array_agg(coalesce(a.attrelid::bigint, 0) order by place), '{}') as relations,
        coalesce(array_agg(coalesce(a.attnum::bigint, 0) order by place), '{}') as numbers,
        coalesce(array_agg(coalesce(format_type(a.atttypid, a.atttypmod), '') order by place), '{}')
          as types
      from unnest($1::text[], $2::text[]) with ordinality as asked(relation, name, place)
        left join pg_attribute a on a.attrelid = to_regclass(asked.relation)
          and a.attname = asked.name and a.attnum > 0 and not a.attisdropped
      """, [.textArray(columns.map(\.table.sql)), .textArray(columns.map(\.column))])
  }
}
