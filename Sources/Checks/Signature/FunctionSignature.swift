internal import Core
internal import Postgres

/// A function as a person writes it: `name(arg type, arg type)`.
struct FunctionSignature: Sendable, Equatable {
  struct Argument: Sendable, Equatable {
    let name: String
    /// As written, in one line.
    let type: String
  }

  let name: QualifiedName
  let arguments: [Argument]

  enum Fault: Error, Equatable {
    case noParentheses
    case badName(String)
    case unbalanced
    case emptyArgument
    /// Postgres takes arguments without names; PostgREST finds a function by them.
    case nameMissing(String)
    case repeatedName(String)

    var message: String {
      switch self {
      case .noParentheses: "the signature has no arguments in parentheses"
      case .badName(let name): "\(name.quoted) is no name"
      case .unbalanced: "the signature's parentheses do not match"
      case .emptyArgument: "the signature has an empty argument"
      case .nameMissing(let text): "the argument \(text.quoted) needs a name and a type"
      case .repeatedName(let name): "the signature has two arguments called \(name)"
      }
    }
  }

  init(_ text: String) throws(Fault) {
    guard let open = text.firstIndex(of: "(") else { throw .noParentheses }
    let head = text[..<open].trimmed
    guard let name = QualifiedName(head), name.parts.count <= 2 else { throw .badName(head) }
    let rest = text[text.index(after: open)...].trimmed
    guard rest.hasSuffix(")") else { throw .unbalanced }
    self.name = name
    arguments = try FunctionSignature.arguments(of: String(rest.dropLast()))
  }

  /// Reads `name type, name type`, as it also stands in `TABLE (…)`.
  static func arguments(of text: String) throws(Fault) -> [Argument] {
    guard !text.trimmed.isEmpty else { return [] }
    var arguments: [Argument] = []
    for part in try parts(of: text) {
      let argument = part.trimmed
      guard !argument.isEmpty else { throw .emptyArgument }
      let word: Substring
      if argument.hasPrefix("\"") {
        let end = argument.dropFirst().firstIndex(of: "\"") ?? argument.endIndex
        word = argument[..<(end < argument.endIndex ? argument.index(after: end) : end)]
      } else {
        word = argument.prefix { !$0.isWhitespace }
      }
      let type = argument[word.endIndex...].trimmed
      guard !type.isEmpty else { throw .nameMissing(argument) }
      guard let name = QualifiedName(String(word)), name.parts.count == 1 else {
        throw .badName(String(word))
      }
      guard !arguments.contains(where: { $0.name == name.name }) else {
        throw .repeatedName(name.name)
      }
      arguments.append(Argument(name: name.name, type: type))
    }
    return arguments
  }

  /// The parts between commas that stand in no parentheses or quotes.
  private static func parts(of text: String) throws(Fault) -> [Substring] {
    var parts: [Substring] = []
    var depth = 0
    var isQuoted = false
    var start = text.startIndex
    for index in text.indices {
      switch text[index] {
      case "\"": isQuoted.toggle()
      case "(", "[": if !isQuoted { depth += 1 }
      case ")", "]":
        if !isQuoted { depth -= 1 }
        guard depth >= 0 else { throw .unbalanced }
      case "," where depth == 0 && !isQuoted:
        parts.append(text[start..<index])
        start = text.index(after: index)
      default: break
      }
    }
    guard depth == 0, !isQuoted else { throw .unbalanced }
    return parts + [text[start...]]
  }

  /// As SQL writes it.
  var sql: String {
    let list = arguments.map { "\(SQLText.name($0.name)) \($0.type)" }.joined(separator: ", ")
    return "\(name.sql)(\(list))"
  }

  /// The function as `grant` and `drop` name it.
  var identity: String {
    "\(name.sql)(\(arguments.map(\.type).joined(separator: ", ")))"
  }
}

extension StringProtocol {
  /// Without space around it, and with single spaces inside.
  var trimmed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
