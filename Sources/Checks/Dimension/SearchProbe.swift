internal import Core
internal import Postgres

/// What a search function says to a vector of the model's length, without a word in any catalog:
/// Postgres keeps no modifier of an argument's type, so that only a call tells.
enum SearchAnswer: Sendable, Equatable {
  /// It compared the vector with stored ones.
  case compared
  /// It ran and found nothing, so that nobody knows what it would compare with.
  case nothingToCompare
  /// It compares with vectors of another length.
  case otherLength(Int)
  /// There is no such function, or it takes no vector; the words complete "FUNCTION …".
  case unfit(String)
  /// It could not be called; the words complete "FUNCTION …".
  case untold(String)
}

/// One call of a search function with the model's own vector, in a transaction that cannot write.
struct SearchProbe: Sendable {
  let function: QualifiedName
  let vector: [Float]

  /// The query that finds the function.
  static func lookupQuery(_ function: QualifiedName) -> ReadQuery {
    FunctionLookup.query(function, types: [], roles: [])
  }

  func answer(over connection: ReadOnlyConnection) async throws(PostgresFault) -> SearchAnswer {
    let lookup = try await FunctionLookup.read(function, types: [], roles: [], over: connection)
    let named = lookup.functions.filter { function.schema != nil || $0.isVisible }
    let fitting = named.filter { $0.argumentTypes.contains(where: SearchProbe.isVector) }
    guard let facts = fitting.first else {
      return .unfit(named.isEmpty ? "does not exist" : "takes no vector")
    }
    guard fitting.count == 1 else {
      return .untold("is \(fitting.count) functions, of which a call could mean any")
    }
    do throws(PostgresFault) {
      let rows = try await connection.query(call(facts))
      guard let row = rows.first else { throw PostgresFault.columnMissing("found") }
      return try row.int("found") > 0 ? .compared : .nothingToCompare
    } catch {
      guard case .server(let fault) = error else { throw error }
      if let length = otherLength(in: fault.message) { return .otherLength(length) }
      return .untold("could not be called: \(fault.summary)")
    }
  }

  private static func isVector(_ type: String) -> Bool {
    ["vector", "halfvec"].contains { type == $0 || type.hasSuffix("." + $0) }
  }

  /// The call with the vector, and for each other argument without default a value that lets rows
  /// through where one does.
  private func call(_ facts: FunctionFacts) -> ReadQuery {
    let count = facts.argumentTypes.count
    var arguments: [String] = []
    var hasVector = false
    for (place, type) in facts.argumentTypes.enumerated() {
      let value: String
      if !hasVector, SearchProbe.isVector(type) {
        value = "$1::\(type)"
        hasVector = true
      } else if place >= count - facts.defaults {
        continue
      } else {
        value = SearchProbe.value(of: type)
      }
      let name = facts.argumentNames[place]
      arguments.append(name.isEmpty ? value : "\(SQLText.name(name)) => \(value)")
    }
    let list = vector.map { "\($0)" }.joined(separator: ",")
    return ReadQuery(
      "select count(*) as found from \(function.sql)(\(arguments.joined(separator: ", ")))",
      [.literal("[\(list)]")])
  }

  // A strict function is not run at all where one of its arguments is null.
  private static func value(of type: String) -> String {
    switch type {
    case "smallint", "integer", "bigint": "1"
    case "real", "double precision", "numeric": "0"
    case "text", "character varying", "character": "''"
    case "boolean": "false"
    case "uuid": "'00000000-0000-0000-0000-000000000000'"
    case "json", "jsonb": "'{}'"
    case "timestamp with time zone", "timestamp without time zone", "date": "now()"
    case _ where type.hasSuffix("[]"): "'{}'"
    default: "null"
    }
  }

  /// The length that is not the vector's, in pgvector's words `expected N dimensions, not M` and
  /// `different vector dimensions N and M` (`src/vector.c`).
  private func otherLength(in message: String) -> Int? {
    guard message.hasPrefix("expected ") || message.hasPrefix("different ") else { return nil }
    let numbers = message.split { !$0.isNumber }.compactMap { Int($0) }
    guard numbers.count == 2, numbers.contains(vector.count) else { return nil }
    return numbers.first { $0 != vector.count }
  }
}
