/// Names and literals as SQL writes them.
package enum SQLText {
  /// A name, quoted only where it has to be.
  package static func name(_ name: String) -> String {
    let isPlain = name.utf8.enumerated().allSatisfy { place, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): place > 0
      default: false
      }
    }
    return isPlain && !name.isEmpty && !keywords.contains(name)
      ? name : "\"" + name.replacing("\"", with: "\"\"") + "\""
  }

  package static func names(_ names: [String]) -> String { names.map(name).joined(separator: ", ") }

  /// A text, quoted so that it is read back unchanged, whatever the server takes a backslash for.
  package static func literal(_ text: String) -> String {
    text.contains("\\")
      ? "E'" + text.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
      : "'" + text.replacing("'", with: "''") + "'"
  }

  /// The reserved words of Appendix C, "SQL Key Words", of the Postgres manual.
  private static let keywords: Set<String> = [
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric",
    "authorization", "binary", "both", "case", "cast", "check", "collate", "collation", "column",
    "concurrently", "constraint", "create", "cross", "current_catalog", "current_date",
    "current_role", "current_schema", "current_time", "current_timestamp", "current_user",
    "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "false", "fetch",
    "for", "foreign", "freeze", "from", "full", "grant", "group", "having", "ilike", "in",
    "initially", "inner", "intersect", "into", "is", "isnull", "join", "lateral", "leading",
    "left", "like", "limit", "localtime", "localtimestamp", "natural", "not", "notnull", "null",
    "offset", "on", "only", "or", "order", "outer", "overlaps", "placing", "primary",
    "references", "returning", "right", "select", "session_user", "similar", "some", "symmetric",
    "system_user", "table", "tablesample", "then", "to", "trailing", "true", "union", "unique",
    "user", "using", "variadic", "verbose", "when", "where", "window", "with",
  ]
}
