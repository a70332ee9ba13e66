package import Core
internal import Digest

/// How a local value stands against the one that a project holds.
package enum SecretComparison: Sendable, Equatable {
  case same
  /// The project holds no secret of this name.
  case missing
  case differs(SecretDifference)
  /// The API gave no SHA-256 digest for this name.
  case cannotCompare
}

/// In what two values differ, found by trying the usual slips; no value is ever shown.
package enum SecretDifference: Sendable, Equatable {
  /// The value that has the slip.
  package enum Side: Sendable, Equatable {
    case local
    case stored
  }

  case trailingNewline(in: Side)
  /// A line break as Windows writes it, which many programs strip the half of.
  case trailingWindowsNewline(in: Side)
  case quoted(in: Side)
  case bearerPrefix(in: Side)
  case surroundingSpace(in: Side)
  case storedIsEmpty
  /// What is stored is the value of another local variable.
  case equalsVariable(String)
  case unknown

  /// The difference, in words for a person.
  package var message: String {
    switch self {
    case .trailingNewline(let side):
      "the \(side.name) value ends with a line break, the other does not"
    case .trailingWindowsNewline(let side):
      "the \(side.name) value ends with a Windows line break (CR LF), the other does not"
    case .quoted(let side): "the \(side.name) value stands in quotes, the other does not"
    case .bearerPrefix(let side): "the \(side.name) value begins with Bearer, the other does not"
    case .surroundingSpace(let side):
      "the \(side.name) value has spaces around it, the other has none"
    case .storedIsEmpty: "the stored value is empty"
    case .equalsVariable(let name): "the stored value is that of \(name)"
    case .unknown: "the stored value is another one"
    }
  }
}

extension SecretDifference.Side {
  fileprivate var name: String {
    switch self {
    case .local: "local"
    case .stored: "stored"
    }
  }
}

extension SupabaseClient {
  /// How a local value stands against the stored digests, and why it differs.
  ///
  /// - Parameters:
  ///   - name: The secret's name in the project.
  ///   - value: The local value.
  ///   - stored: What the project holds.
  ///   - variables: Local variables one of which may have been stored by mistake.
  /// - Returns: The comparison; a difference is `unknown` where no usual slip explains it.
  package static func compare(
    name: String, value: Secret, stored: [StoredSecret], variables: [String: String]
  ) -> SecretComparison {
    guard let secret = stored.first(where: { $0.name == name }) else { return .missing }
    guard let digest = secret.digest else { return .cannotCompare }
    return value.reveal { value in
      func isStored(_ candidate: String) -> Bool {
        SHA256Text.hex(of: Array(candidate.utf8)) == digest
      }
      if isStored(value) { return .same }
      if isStored("") { return .differs(.storedIsEmpty) }
      for (candidate, difference) in slips(of: value) where isStored(candidate) {
        return .differs(difference)
      }
      let other = variables.sorted { $0.key < $1.key }.first {
        $0.key != name && isStored($0.value)
      }
      return .differs(other.map { .equalsVariable($0.key) } ?? .unknown)
    }
  }

  /// What would be stored had the one or the other side had one of the usual slips.
  private static func slips(of value: String) -> [(stored: String, difference: SecretDifference)] {
    var slips: [(String, SecretDifference)] = [
      (value + "\n", .trailingNewline(in: .stored)),
      (value + "\r\n", .trailingWindowsNewline(in: .stored)),
      (value + "\r", .trailingWindowsNewline(in: .stored)),
      ("\"\(value)\"", .quoted(in: .stored)), ("'\(value)'", .quoted(in: .stored)),
      ("Bearer \(value)", .bearerPrefix(in: .stored)),
      (" " + value, .surroundingSpace(in: .stored)), (value + " ", .surroundingSpace(in: .stored)),
      (" \(value) ", .surroundingSpace(in: .stored)),
    ]
    if let last = value.last, last.isNewline {
      let isWindows = last != "\n"
      slips.append(
        (
          String(value.dropLast()),
          isWindows ? .trailingWindowsNewline(in: .local) : .trailingNewline(in: .local)
        ))
    }
    if let first = value.first, value.count > 2, first == value.last, "\"'".contains(first) {
      slips.append((String(value.dropFirst().dropLast()), .quoted(in: .local)))
    }
    if value.lowercased().hasPrefix("bearer ") {
      slips.append((String(value.dropFirst("bearer ".count)), .bearerPrefix(in: .local)))
    }
    var trimmed = value.drop(while: \.isWhitespace)
    while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
    if trimmed != value { slips.append((String(trimmed), .surroundingSpace(in: .local))) }
    return slips
  }
}
