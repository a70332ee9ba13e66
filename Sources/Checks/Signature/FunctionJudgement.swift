internal import Core
internal import Gate
internal import Postgres

/// A function as asked for beside what the database has.
struct FunctionJudgement: Sendable {
  let wanted: FunctionWish
  let lookup: FunctionLookup
  let sql: FunctionSQL
  /// An existing function's name that may have been meant, where there is none of this name.
  let nearest: String?

  private var wantedNames: [String] { wanted.signature.arguments.map(\.name) }
  private var wantedTypes: [String] { Array(lookup.types.prefix(wantedNames.count)) }
  private var returnTypes: [String] { Array(lookup.types.dropFirst(wantedNames.count)) }

  /// The functions that a call by this name can reach.
  private var reachable: [FunctionFacts] {
    lookup.functions.filter { wanted.signature.name.schema != nil || $0.isVisible }
  }

  /// The function with exactly the wanted arguments.
  var exact: FunctionFacts? { reachable.first { matches($0) } }

  /// Whether it runs, or is to run, with the rights of who owns it.
  private var hasOwnersRights: Bool {
    wanted.security.map { $0 == "definer" } ?? (exact?.isDefiner == true)
  }

  var finding: Finding {
    if let unknown = zip(wanted.types, lookup.types).first(where: { $0.1.isEmpty })?.0 {
      return failure(["the search path finds no type \(unknown.quoted)"], [sql.creation()])
    }
    guard let exact else { return missing }
    var observed: [String] = []
    var fixes: [String] = []
    func tell(_ fault: String, _ fix: String) {
      observed.append(fault)
      if !fixes.contains(fix) { fixes.append(fix) }
    }
    if exact.kind != "f" {
      tell(
        "\(exact.identity) is no plain function",
        "drop routine \(exact.identity);\n\(sql.creation())")
    } else if let returns = wanted.returns, !gives(exact, returns) {
      tell(
        "it returns \(exact.returns)",
        "drop function \(exact.identity);\n\(sql.creation(from: exact))")
    }
    for other in reachable where other != exact && isAmbiguous(other) {
      tell(
        "a call by these names is ambiguous with \(other.signature)",
        "drop function \(other.identity);")
    }
    if let volatility = wanted.volatility, exact.volatility != volatility {
      tell("it is \(exact.volatility)", "alter function \(exact.identity) \(volatility);")
    }
    if let security = wanted.security, exact.isDefiner != (security == "definer") {
      tell(
        "it is security \(exact.isDefiner ? "definer" : "invoker")",
        "alter function \(exact.identity) security \(security);")
    }
    if hasOwnersRights {
      for fault in exact.path.faults { tell(fault, exact.path.mending(exact.identity)) }
    }
    let absent = (wanted.executors + wanted.forbidden).filter { !lookup.roles.contains($0) }
    if !absent.isEmpty {
      tell(
        "there is no role \(absent.joined(last: "and"))",
        absent.map { "create role \(SQLText.name($0)) nologin;" }.joined(separator: "\n"))
    }
    let free = wanted.forbidden.filter(exact.executors.contains)
    if !free.isEmpty {
      tell("\(free.joined(last: "and")) may execute it", sql.revocation(from: wanted.forbidden))
    }
    let barred = wanted.executors.filter { !exact.executors.contains($0) }
    if !barred.isEmpty || !free.isEmpty && !wanted.executors.isEmpty {
      if !barred.isEmpty { observed.append("\(barred.joined(last: "and")) may not execute it") }
      fixes.append(sql.grant(to: wanted.executors))
    }
    return observed.isEmpty
      ? .pass("\(exact.signature) exists" + (wanted.returns.map { ", returns \($0.sql)" } ?? ""))
      : failure(observed, fixes)
  }

  private func matches(_ function: FunctionFacts) -> Bool {
    function.argumentNames == wantedNames && function.argumentTypes == wantedTypes
  }

  private func gives(_ function: FunctionFacts, _ returns: ReturnType) -> Bool {
    switch returns {
    case .single:
      !function.returnsSet && function.returnType == returnTypes.first
    case .setOf:
      function.returnsSet && function.columnNames.isEmpty
        && function.returnType == returnTypes.first
    case .table(let columns):
      function.columnNames == columns.map(\.name) && function.columnTypes == returnTypes
    }
  }

  /// Whether a call that names our arguments could mean this function as well.
  ///
  /// PostgREST picks a function by the names of the arguments alone (PGRST203 where two fit).
  private func isAmbiguous(_ other: FunctionFacts) -> Bool {
    let needed = other.argumentNames.dropLast(other.defaults)
    return Set(wantedNames).isSubset(of: other.argumentNames)
      && Set(needed).isSubset(of: wantedNames)
  }

  /// The finding where no function has these arguments.
  private var missing: Finding {
    let name = wanted.signature.name.sql
    if let renamed = reachable.first(where: { $0.argumentTypes == wantedTypes }) {
      return failure(
        ["its arguments are called otherwise: \(renamed.signature)"],
        ["drop function \(renamed.identity);\n\(sql.creation(from: renamed))"])
    }
    if let retyped = reachable.first(where: { $0.argumentNames == wantedNames }) {
      return failure(
        ["its arguments are of other types: \(retyped.signature)"],
        ["drop function \(retyped.identity);\n\(sql.creation(from: retyped))"])
    }
    if !reachable.isEmpty {
      let others = reachable.prefix(5).map(\.signature).joined(last: "and")
      return failure(["it takes other arguments: \(others)"], [sql.creation()])
    }
    if let hidden = lookup.functions.first {
      let schema = SQLText.name(hidden.schema)
      return failure(
        ["\(name) is in the schema \(schema), which the search path does not have"],
        [
          "alter function \(hidden.identity) set schema public;   -- or name it \(schema).\(name) in the checklist"
        ])
    }
    let meant = nearest.map { "; did you mean \($0)?" } ?? ""
    return failure(["there is no function \(name)\(meant)"], [sql.creation()])
  }

  private func failure(_ observed: [String], _ fixes: [String]) -> Finding {
    var expected = wanted.signature.sql
    if let returns = wanted.returns { expected += " returns \(returns.sql)" }
    if let volatility = wanted.volatility { expected += ", \(volatility)" }
    if let security = wanted.security { expected += ", security \(security)" }
    if hasOwnersRights { expected += ", a search_path of its own that only owners can add to" }
    if !wanted.executors.isEmpty {
      expected += ", executable by \(wanted.executors.joined(last: "and"))"
    }
    if !wanted.forbidden.isEmpty {
      expected += ", not executable by \(wanted.forbidden.joined(last: "or"))"
    }
    let text = observed.joined(separator: "; ")
    return .fail(
      "\(wanted.signature.name.sql): \(text)", expected: expected, observed: text,
      fix: (fixes + sql.announcement).joined(separator: "\n"))
  }
}
