internal import Core
internal import Postgres

/// PostgREST's schema cache as far as it is about functions: what there was when it was read.
struct RoutineCache {
  /// What Supabase exposes by default, but for the schema of GraphQL, which the sandbox has not.
  static let schema = "public"

  private let routines: [Routine]

  /// Reads all functions of the exposed schema.
  static func read(over connection: Connection) async throws(PostgresFault) -> RoutineCache {
    let rows = try await connection.query(
      """
      select p.proname::text as name,
        coalesce(p.proargnames, '{}') as names, coalesce(p.proargmodes::text[], '{}') as modes,
        array(select format_type(type, null) from unnest(p.proargtypes) with ordinality
          as input(type, place) order by place) as types,
        p.pronargdefaults::int as defaults, p.provolatile = 'v' as is_volatile,
        p.proretset as returns_set, p.prorettype = 'void'::regtype as returns_nothing,
        t.typtype = 'c' or p.prorettype = 'record'::regtype as returns_row
      from pg_proc p join pg_type t on t.oid = p.prorettype
      where p.prokind = 'f' and p.pronamespace = to_regnamespace($1)
      order by p.oid
      """, [.text(schema)])
    var routines: [Routine] = []
    for row in rows { routines.append(try Routine(row)) }
    return RoutineCache(routines: routines)
  }

  /// The function that a call means.
  ///
  /// - Parameters:
  ///   - name: Without its schema.
  ///   - names: Those of the arguments.
  ///   - takesBody: Whether a body of JSON came, which a function may take as a whole.
  /// - Returns: The only one.
  /// - Throws: `functionMissing`, or `ambiguous` where the names fit several.
  func routine(
    _ name: String, _ names: Set<String>, takesBody: Bool
  ) throws(RestError) -> Routine {
    let namesakes = routines.filter { $0.name == name }
    let byNames = namesakes.filter { $0.takes(names) }
    let found = byNames.isEmpty && takesBody ? namesakes.filter(\.takesBody) : byNames
    guard found.count <= 1 else { throw .ambiguous(found) }
    guard let routine = found.first else {
      throw .functionMissing(
        RestError.Missing(
          function: "\(RoutineCache.schema).\(name)", arguments: names.sorted(),
          takesBody: takesBody, hint: hint(name, names, namesakes)))
    }
    return routine
  }

  /// The function that may have been meant; PostgREST measures nearness in another way.
  private func hint(_ name: String, _ names: Set<String>, _ namesakes: [Routine]) -> String? {
    guard !namesakes.isEmpty else {
      return routines.map(\.name).nearest(to: name).map { "\(RoutineCache.schema).\($0)" }
    }
    func common(_ routine: Routine) -> Int {
      names.intersection(routine.parameters.map(\.name)).count
    }
    let nearest = namesakes.max { common($0) < common($1) }
    return nearest.flatMap { routine in
      common(routine) > 0 ? "\(RoutineCache.schema).\(name)\(routine.sortedNames)" : nil
    }
  }
}

extension Routine {
  fileprivate init(_ row: Row) throws(PostgresFault) {
    let all = try row.texts("names")
    let modes = try row.texts("modes")
    let types = try row.texts("types")
    // Without modes all arguments are inputs; without names they have none.
    let inputs =
      modes.isEmpty ? all : zip(all, modes).filter { ["i", "b", "v"].contains($0.1) }.map(\.0)
    let names = inputs.isEmpty ? types.map { _ in "" } : inputs
    let required = types.count - (try row.int("defaults"))
    let isSet = try row.bool("returns_set")
    self.init(
      schema: RoutineCache.schema, name: try row.text("name"),
      parameters: zip(names, types).enumerated().map { place, parameter in
        Parameter(name: parameter.0, type: parameter.1, isOptional: place >= required)
      },
      returns: try row.bool("returns_nothing")
        ? .nothing : try row.bool("returns_row") || isSet ? .rows(isSet: isSet) : .value,
      isVolatile: try row.bool("is_volatile"))
  }
}
