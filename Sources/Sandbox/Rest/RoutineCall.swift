internal import FlyingFox
internal import FoundationEssentials
internal import Postgres

/// The arguments of a call, as one JSON object.
struct RestArguments {
  let names: Set<String>
  let json: String

  /// What stands in a URL; a few names are PostgREST's own, and one is the gateway's.
  init(_ query: [HTTPRequest.QueryItem]) {
    let reserved: Set<String> = ["apikey", "select", "order", "limit", "offset"]
    let items = query.filter { !reserved.contains($0.name) }
    names = Set(items.map(\.name))
    json =
      "{" + items.map { "\(jsonString($0.name)):\(jsonString($0.value))" }.joined(separator: ",")
      + "}"
  }

  init(body: Data) throws(RestError) {
    struct Ignored: Decodable {
      init(from decoder: any Decoder) {}
    }
    let body = body.isEmpty ? Data("{}".utf8) : body
    do {
      names = Set(try JSONDecoder().decode([String: Ignored].self, from: body).keys)
    } catch {
      throw .bodyUnreadable
    }
    json = String(decoding: body, as: UTF8.self)
  }
}

/// One call of a function with named arguments.
struct RoutineCall {
  private let routine: Routine
  private let arguments: RestArguments

  init(_ routine: Routine, _ arguments: RestArguments) {
    self.routine = routine
    self.arguments = arguments
  }

  /// Calls it as a role, in a transaction of its own.
  ///
  /// - Parameters:
  ///   - role: A role of the database, which has it for this transaction only.
  ///   - mayWrite: False for what a GET asks, and for functions that promise not to.
  ///   - connection: Of a user who may take on the role.
  ///   - timeout: For all of it.
  /// - Returns: What came back, as JSON; nil from a function that returns nothing.
  /// - Throws: What the server had against it.
  func run(
    as role: String, mayWrite: Bool, over connection: Connection, timeout: Duration
  ) async throws(PostgresFault) -> String? {
    try await connection.transaction(
      mayWrite ? .committed : .readOnly, statementTimeout: timeout
    ) { inside throws(PostgresFault) in
      // The extra search path is the one that Supabase configures.
      _ = try await inside.query(
        """
        select set_config('role', $1, true), set_config('search_path', 'public, extensions', true)
        """, [.text(role)])
      let rows = try await inside.query(
        sql, sql.contains("$1") ? [.text(arguments.json)] : [], timeout: timeout)
      return routine.returns == .nothing ? nil : try rows.first?.optionalText(.at(0)) ?? "null"
    }
  }

  private var sql: String {
    let given = routine.parameters.filter { arguments.names.contains($0.name) }
    let function = "\(SQLText.name(routine.schema)).\(SQLText.name(routine.name))"
    var call = "\(function)()"
    var source = ""
    if routine.takesBody {
      call = "\(function)($1::text::\(routine.parameters[0].type))"
    } else if !given.isEmpty {
      let columns = given.map { "\(SQLText.name($0.name)) \($0.type)" }.joined(separator: ", ")
      let list = given.map { "\(SQLText.name($0.name)) => given.\(SQLText.name($0.name))" }
      call = "\(function)(\(list.joined(separator: ", ")))"
      source = " from json_to_record($1::text::json) as given(\(columns))"
    }
    return switch routine.returns {
    case .nothing: "select \(call)" + source
    case .value: "select to_json(\(call))::text" + source
    case .rows(let isSet):
      "select \(isSet ? "coalesce(json_agg(result), '[]')" : "to_json(result)")::text"
        + (source.isEmpty ? " from " : source + ", lateral ") + "\(call) as result"
    }
  }
}
