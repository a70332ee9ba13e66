internal import Checklist
internal import Core
internal import Postgres

/// SQL that makes a function what the checklist asks for.
struct FunctionSQL: Sendable {
  let wanted: FunctionWish
  /// The table whose row the function counts in, where a pipeline calls it for that.
  let jobTable: String?
  /// Whether the table has `updated_at`, by which a job that moves is told from a stuck one.
  var jobTableHasTime = false
  /// Whether a REST API is to find it, which looks into a list of its own.
  var isExposed = false
  /// Where a new body looks names up.
  var path: DefinerPath?

  /// What has to come behind each change: PostgREST reads its list anew when it is told to.
  var announcement: [String] { isExposed ? ["notify pgrst, 'reload schema';"] : [] }

  /// The whole function, to be written anew, with who may execute it.
  func creation(from existing: FunctionFacts? = nil) -> String {
    let signature = wanted.signature
    let returns = wanted.returns?.sql ?? existing?.returns ?? "void"
    let (language, body, path) = self.body(from: existing)
    let quote = body.contains("$$") ? "$body$" : "$$"
    var head = "create or replace function \(signature.sql)\nreturns \(returns)"
    head += "\nlanguage \(language)"
    if let volatility = wanted.volatility ?? existing?.volatility, volatility != "volatile" {
      head += " \(volatility)"
    }
    var tail = privileges
    if wanted.security == "definer" || wanted.security == nil && existing?.isDefiner == true {
      head += " security definer"
      if let path {
        head += "\n\(path.setting)"
        tail += path.revocations.map { "\n" + $0 }.joined()
      }
    }
    return "\(head) as \(quote)\n\(body)\n\(quote);" + tail
  }

  /// What it does, and where the names in it are looked up.
  private func body(
    from existing: FunctionFacts?
  ) -> (language: String, body: String, path: DefinerPath?) {
    let arguments = wanted.signature.arguments
    if let jobTable, arguments.count == 2 {
      return (
        "sql",
        """
          update \(jobTable)
          set items_processed = items_processed + $2\(jobTableHasTime ? ", updated_at = now()" : "")
          where id = $1
        """, path
      )
    }
    if let existing, ["sql", "plpgsql"].contains(existing.language) {
      var body = existing.body
      for (old, new) in zip(existing.argumentNames, arguments) where !old.isEmpty {
        body = FunctionSQL.renaming(old, to: new.name, in: body)
      }
      return (existing.language, body.trimmingNewlines, existing.path)
    }
    return (
      "plpgsql",
      """
      begin
        raise exception 'the body of \(wanted.signature.name.name) is still to be written';
      end
      """, path
    )
  }

  /// Who may execute the function, as statements behind it.
  private var privileges: String {
    var lines = ""
    if !wanted.forbidden.isEmpty { lines += "\n" + revocation(from: wanted.forbidden) }
    if !wanted.executors.isEmpty { lines += "\n" + grant(to: wanted.executors) }
    return lines
  }

  func grant(to roles: [String]) -> String {
    "grant execute on function \(wanted.signature.identity) to \(SQLText.roles(roles));"
  }

  /// Taken from `public` too, from whom every role inherits it.
  func revocation(from roles: [String]) -> String {
    let all = ["public"] + roles.filter { $0 != "public" }
    return "revoke execute on function \(wanted.signature.identity) from \(SQLText.roles(all));"
  }

  /// Replaces a whole word.
  private static func renaming(_ old: String, to new: String, in text: String) -> String {
    func isWord(_ character: Character?) -> Bool {
      character.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" } ?? false
    }
    var result = ""
    var rest = text[...]
    while let found = rest.firstRange(of: old) {
      let before = rest[..<found.lowerBound].last ?? result.last
      let after = rest[found.upperBound...].first
      result += rest[..<found.lowerBound] + (isWord(before) || isWord(after) ? old : new)
      rest = rest[found.upperBound...]
    }
    return result + rest
  }
}

/// A function as a check asks for it.
struct FunctionWish: Sendable, Equatable {
  let signature: FunctionSignature
  let returns: ReturnType?
  let executors: [String]
  let forbidden: [String]
  let volatility: String?
  let security: String?

  /// The types to look up: those of the arguments, then those of what it returns.
  var types: [String] { signature.arguments.map(\.type) + (returns?.types ?? []) }
}

extension SQLText {
  /// Roles, of which `public` is a word of SQL and no name.
  static func roles(_ roles: [String]) -> String {
    roles.map { $0 == "public" ? $0 : name($0) }.joined(separator: ", ")
  }
}

extension String {
  fileprivate var trimmingNewlines: String {
    var text = self[...]
    while text.first?.isNewline == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
