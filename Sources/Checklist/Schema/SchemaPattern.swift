/// The texts of the language as regular expressions of ECMA 262, which JSON Schema prescribes.
///
/// They say what `Template`, `Duration`, `Comparison` and `ConnectionText` read.
enum SchemaPattern {
  private static let name = "[A-Za-z_][A-Za-z0-9_]*"
  /// What is no variable: anything, as long as it does not open one.
  private static let plain = "[^$]|\\$(?!\\{)"
  private static let anyVariable = "\\$\\{\(name)(?::-(?:(?!\\$\\{)[^}])*)?\\}"
  private static let variableWithoutDefault = "\\$\\{\(name)(?::-)?\\}"
  private static let holdsVariable = "(?=[\\s\\S]*\\$\\{)"

  static let literal = "^(?:\(plain))*$"
  static let template = "^(?:\(plain)|\(anyVariable))*$"
  static let variable = "^\(holdsVariable)(?:\(plain)|\(anyVariable))*$"
  static let secret = "^\(holdsVariable)(?:\(plain)|\(variableWithoutDefault))*$"

  private static let number = "[0-9]+(?:\\.[0-9]*)?"
  /// Up to 10⁹ of its unit.
  static let duration =
    "0*(?:[0-9]{1,9}(?:\\.[0-9]*)?|10{9}(?:\\.0*)?)(?:ms|s|m|h|d)"

  static func comparison(_ measures: [Measure]) -> String {
    let quantities = measures.map { measure in
      switch measure {
      case .number: number
      case .percentage: "\(number)%"
      case .rate: "\(number)/[smh]"
      case .duration: duration
      }
    }
    return "^(?:>=|<=|!=|>|<|=)? *(?:\(quantities.joined(separator: "|")))$"
  }

  /// The user's name in a URL, where a variable's default may give it.
  private static let user = "(?:(?!\\$\\{)[^/?#:]|\\$\\{\(name)(?::-[^}/?#:]*)?\\})*"

  /// The colon after the user's name, by itself or in the default of a variable for both.
  private static let colon = "(?::|\\$\\{\(name):-[^}/?#:]*:(?:\\}|(?!\\})))"

  /// A password that stands in a connection text itself: in the authority of its first URL, and by
  /// its keyword.
  static let passwords = [
    "^(?:(?!://)[\\s\\S])*://\(user)\(colon)(?:\(variableWithoutDefault))*"
      + "(?!\(variableWithoutDefault))[^/?#][^/?#]*@",
    "[Pp][Aa][Ss][Ss][Ww][Oo][Rr][Dd](?:\(variableWithoutDefault)| )*="
      + "(?:\(variableWithoutDefault)| )*(?!\(variableWithoutDefault)|&|''|\\})[^ ]",
  ]
}
