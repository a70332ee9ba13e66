internal import Core

/// The checks of functions: those that the code calls, and those that deal with vectors or jobs.
struct FunctionsPart {
  let facts: Facts

  private static let most = 40
  private static let telling = ["progress", "embed", "similar", "semantic", "match_"]

  func passages(_ ids: inout Identifiers) -> [Passage] {
    let chosen = facts.catalog.functions.compactMap { function in
      reason(for: function).map { (function, $0) }
    }
    var passages = chosen.prefix(Self.most).map { function, reason in
      passage(function, reason, &ids)
    }
    if chosen.count > Self.most {
      let more = (chosen.count - Self.most).counted("more function")
      passages.append(
        Passage(why: ["No check: \(more) that deal with vectors, jobs or progress."]))
    }
    return passages + absent(&ids)
  }

  /// Why a function takes part; nil where it does not.
  private func reason(for function: DatabaseFacts.Function) -> String? {
    let calls = calls(of: function.name.name)
    if !calls.isEmpty { return "Called at \(facts.places(calls.map(\.place)))." }
    if function.arguments.contains(where: \.isVector) { return "It takes a vector." }
    let tables = facts.catalog.tables.filter { !$0.vectors.isEmpty || JobTable($0) != nil }
    if let table = tables.first(where: { function.names($0.name.name) }) {
      return "Its body names \(table.name.sql)."
    }
    let name = function.name.name.lowercased()
    return Self.telling.contains { name.contains($0) } ? "By its name it takes part." : nil
  }

  private func calls(of name: String) -> [SourceFacts.Call] {
    facts.source.calls.filter { $0.function == name }
  }

  private func passage(
    _ function: DatabaseFacts.Function, _ reason: String, _ ids: inout Identifiers
  ) -> Passage {
    var why = reason
    var arguments = function.arguments
    if let named = contradiction(to: function) {
      why += " The call names its arguments otherwise than the database, and the call is taken."
      arguments = zip(named, function.arguments).map { .init($0, $1.type) }
    }
    guard let signature = signature(function.name, arguments) else {
      return Passage(why: [
        """
        No check: \(function.name.sql) has arguments without names, or a name that a checklist \
        cannot hold.
        """
      ])
    }
    let allowed = function.executors.filter { $0 == "service_role" }
    let barred = facts.catalog.roles.filter {
      $0 != "service_role" && !function.executors.contains($0)
    }
    let today =
      (allowed.isEmpty ? [] : ["service_role may execute it"])
      + (barred.isEmpty ? [] : ["\(barred.joined(last: "and")) may not"])
    if !today.isEmpty { why += " As things stand \(today.joined(last: "and"))." }
    var settings: [(String, String)] = []
    if canReturn(function.returns) {
      settings.append(("returns", YAMLText.scalar(function.returns)))
    }
    if !allowed.isEmpty { settings.append(("executable_by", YAMLText.list(allowed))) }
    if !barred.isEmpty { settings.append(("not_executable_by", YAMLText.list(barred))) }
    return .check(
      ids.take("function", function.name.name), ("function", YAMLText.scalar(signature)), settings,
      why: [why])
  }

  /// The arguments of a call that this function, the only one of its name, cannot be meant by.
  private func contradiction(to function: DatabaseFacts.Function) -> [String]? {
    let own = function.arguments.map(\.name)
    let needed = Set(own.dropLast(function.defaults))
    return function.isOverloaded
      ? nil
      : calls(of: function.name.name).compactMap(\.arguments).first { named in
        named.count == own.count && (!Set(named).isSubset(of: own) || !needed.isSubset(of: named))
      }
  }

  /// The functions that the code calls and that do not exist.
  private func absent(_ ids: inout Identifiers) -> [Passage] {
    guard facts.hasCatalog else { return [] }
    var passages: [Passage] = []
    var told: Set<String> = []
    for call in facts.source.calls
    where !facts.catalog.calledFunctions.contains(call.function)
      && told.insert(call.function).inserted
    {
      let calls = calls(of: call.function)
      let why =
        "Called at \(facts.places(calls.map(\.place))), but the database has none of this name."
      guard let names = calls.compactMap(\.arguments).first,
        let signature = signature(
          .init(call.function), names.map { .init($0, FunctionsPart.type(ofArgument: $0)) })
      else {
        passages.append(Passage(why: ["No check: \(call.function). \(why)"]))
        continue
      }
      passages.append(
        .check(
          ids.take("function", call.function), ("function", YAMLText.scalar(signature)),
          why: ["\(why) The types are guesses by the arguments' names."]))
    }
    return passages
  }

  /// What an argument of this name most likely is.
  private static func type(ofArgument name: String) -> String {
    let words = Set(name.split(separator: "_").map(String.init))
    if words.contains("id") { return "uuid" }
    if !words.isDisjoint(with: ["count", "limit", "total", "number", "offset", "amount"]) {
      return "integer"
    }
    if !words.isDisjoint(with: ["threshold", "score", "similarity"]) { return "double precision" }
    return words.isDisjoint(with: ["embedding", "vector"]) ? "text" : "vector"
  }

  /// The signature as the kind `function` reads it; nil where it cannot.
  private func signature(
    _ name: DatabaseFacts.Name, _ arguments: [DatabaseFacts.Argument]
  ) -> String? {
    let list = arguments.map { "\(DatabaseFacts.Name($0.name).sql) \($0.type)" }
    let text = "\(name.sql)(\(list.joined(separator: ", ")))"
    let isReadable =
      arguments.allSatisfy { !$0.name.isEmpty && !$0.name.contains("\"") }
      && !name.sql.contains("(") && isOneLine(text)
    return isReadable ? text : nil
  }

  private func canReturn(_ type: String) -> Bool { !type.contains("\"\"") && isOneLine(type) }

  /// Whether the text is the same after white space in it was made single spaces.
  private func isOneLine(_ text: String) -> Bool {
    YAMLText.canHold(text)
      && text.split(whereSeparator: \.isWhitespace).joined(separator: " ") == text
  }
}
