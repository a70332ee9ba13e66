/// What usually mends the faults that libyaml reports in its own words.
enum SyntaxHelp {
  static func help(for problem: String) -> String? {
    switch problem {
    case "found character that cannot start any token":
      "put the text in quotes; indent with spaces, not tabs"
    case "found a tab character that violates indentation": "indent with spaces, not tabs"
    case "mapping values are not allowed in this context":
      "put a text that holds `: ` in quotes, or indent this line as the lines beside it"
    case "could not find expected ':'": "a `:` is missing after the name, or a quote is not closed"
    case "found unexpected end of stream": "a quote is not closed"
    case "did not find expected key", "did not find expected '-' indicator":
      "indent this line as the lines beside it"
    default: nil
    }
  }
}
