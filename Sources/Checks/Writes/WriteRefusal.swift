internal import Core
internal import Gate
internal import Postgres

/// Why the server did not take a row that was to be taken back, judged.
struct WriteRefusal: Sendable {
  let error: ServerError
  /// What was done, such as "the upsert".
  let deed: String
  let writer: Writer
  let table: QualifiedName
  /// The privileges on the table that the deed takes.
  let privileges: String
  let row: CanaryRow
  /// Statements that do the same again, to be seen by a person.
  let again: String

  /// The finding, with what was expected of the deed.
  func finding(_ server: ServerFacts, expected: String) -> Finding {
    let text = "\(deed) fails: \(error.summary)"
    let message = "\(text), as \(writer.name(server))"
    let fix = fix(server)
    // Whether somebody else would be refused as well is not known.
    let isOfAnother = deniedThing != nil && writer.role == nil
    // A connection that may only read says nothing of the one that writes.
    return error.isPassing || isOfAnother || error.sqlState == "25006"
      ? .cannotTell(message, expected: expected, observed: text, fix: fix)
      : .fail(message, expected: expected, observed: text, fix: fix)
  }

  /// The sort and the name of what "permission denied for table NAME" is about; the name is nowhere
  /// else in the error.
  private var deniedThing: (sort: String, name: String)? {
    let words = error.message.split(separator: " ").map(String.init)
    guard error.sqlState == "42501", words.starts(with: ["permission", "denied", "for"]),
      words.count > 4
    else { return nil }
    return (words[3], words[words.count - 1])
  }

  private func fix(_ server: ServerFacts) -> String {
    let role = SQLText.name(writer.name(server))
    if let (sort, name) = deniedThing {
      let grants = [
        "schema": "usage on schema", "sequence": "usage on sequence",
        "function": "execute on function", "table": "\(privileges) on",
      ]
      let thing = name == table.name ? table.sql : SQLText.name(name)
      if let grant = grants[sort] { return "grant \(grant) \(thing) to \(role);" }
    }
    // A restrictive policy is named in the error, and another policy does not lift it.
    let barred = ["policy for table", "policy (USING expression) for table"]
    if error.sqlState == "42501", barred.contains(where: error.message.contains) {
      return """
        -- as wide as can be: narrow it to the rows that the job writes
        create policy "\(writer.name(server)) may write" on \(table.sql) to \(role) \
        using (true) with check (true);
        """
    }
    if error.sqlState == "23502", let column = error.column, error.table == table.name {
      return "\(row.adding(SQLText.name(column)))   # and in the code"
    }
    return again
  }
}

extension ServerError {
  /// Whether it may be over another time: a lock, a deadline, a lack of resources.
  var isPassing: Bool {
    ["55P03", "57014"].contains(sqlState)
      || ["40", "53", "57"].contains { sqlState.hasPrefix($0) }
  }
}

extension QualifiedName {
  /// SQL that shows the triggers of a table, which may change what is written, or take it away.
  var triggersQuery: String {
    """
    select pg_get_triggerdef(oid) from pg_trigger where tgrelid = \
    \(SQLText.literal(sql))::regclass and not tgisinternal;
    """
  }
}
