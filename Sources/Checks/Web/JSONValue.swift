internal import Checklist
internal import Core
internal import FoundationEssentials

/// A JSON value, in which `true`, `"true"` and `1` are three things.
enum JSONValue: Sendable, Equatable, Decodable {
  case null
  case flag(Bool)
  case whole(Int)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  /// Nil where the bytes are no JSON.
  init?(_ bytes: [UInt8]) {
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
      return nil
    }
    self = value
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let whole = try? container.decode(Int.self) {
      self = .whole(whole)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// A single value of the checklist; nil for what is none.
  init?(_ value: Value) {
    switch value {
    case .null: self = .null
    case .flag(let flag): self = .flag(flag)
    case .whole(let whole): self = .whole(whole)
    case .number(let number): self = .number(number)
    case .text(let text): self = .text(text)
    default: return nil
    }
  }

  /// Whether both are of one type and equal; a number may be written with a point or without.
  func equals(_ other: JSONValue) -> Bool {
    switch (self, other) {
    case (.whole(let whole), .number(let number)), (.number(let number), .whole(let whole)):
      Int(exactly: number) == whole
    default: self == other
    }
  }

  /// As JSON writes it, of a list or an object only what it is; shortened.
  func text(_ redactor: Redactor) -> String {
    switch self {
    case .null: "null"
    case .flag(let flag): flag ? "true" : "false"
    case .whole(let whole): String(whole)
    case .number(let number): String(number)
    case .text(let text): redactor.redact(text).quoted
    case .list(let elements): "a list of \(elements.count)"
    case .object: "an object"
    }
  }
}

/// A place in a JSON document, as RFC 6901 writes it.
struct JSONPointer: Sendable, Equatable {
  let text: String
  private let tokens: [String]

  /// Nil where the text does not begin with `/`, or has a `~` that is neither `~0` nor `~1`.
  init?(_ text: String) {
    guard text.hasPrefix("/") else { return nil }
    var tokens: [String] = []
    for token in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      // Section 4: `~1` first, so that `~01` gives `~1`.
      let token = String(token)
      let rest = token.replacing("~0", with: "").replacing("~1", with: "")
      guard !rest.contains("~") else { return nil }
      tokens.append(token.replacing("~1", with: "/").replacing("~0", with: "~"))
    }
    self.text = text
    self.tokens = tokens
  }

  /// What a pointer leads to.
  enum Found: Equatable {
    case value(JSONValue)
    /// The name that may have been meant, where there is one.
    case nothing(nearest: String?)
  }

  func find(in document: JSONValue) -> Found {
    var value = document
    for token in tokens {
      switch value {
      case .object(let members):
        guard let member = members[token] else {
          return .nothing(nearest: members.keys.nearest(to: token))
        }
        value = member
      case .list(let elements):
        guard let index = JSONPointer.index(token), elements.indices.contains(index) else {
          return .nothing(nearest: nil)
        }
        value = elements[index]
      default: return .nothing(nearest: nil)
      }
    }
    return .value(value)
  }

  /// Digits without a zero before them, as section 4 has it.
  private static func index(_ token: String) -> Int? {
    guard token.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      token == "0" || !token.hasPrefix("0")
    else { return nil }
    return Int(token)
  }
}
