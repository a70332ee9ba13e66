internal import Core

/// A pattern for paths: `*`, `?`, `[a-z]` within a name, `{a,b}`, and `**` for any folders.
struct Glob: Sendable, Equatable {
  enum Fault: Error, Equatable {
    case empty
    case unclosedBrace
    case unclosedBracket
    /// `**` beside other characters of a name.
    case starsInName
    case tooManyAlternatives(limit: Int)

    var message: String {
      switch self {
      case .empty: "the pattern is empty"
      case .unclosedBrace: "a `{` of the pattern is not closed"
      case .unclosedBracket: "a `[` of the pattern is not closed"
      case .starsInName: "`**` stands for whole folders: write `**/*.ts`"
      case .tooManyAlternatives(let limit): "the pattern has more than \(limit) alternatives"
      }
    }
  }

  /// One part between slashes.
  enum Part: Sendable, Equatable {
    case folders
    case name([Element])
  }

  enum Element: Sendable, Equatable {
    case literal(Character)
    case any
    case anyRun
    case oneOf([ClosedRange<Character>], isNegated: Bool)
  }

  private static let mostAlternatives = 64

  let text: String
  /// The folder that all matches are in, as far as it is written out.
  let base: String
  /// What follows it; each alternative by its parts.
  let alternatives: [[Part]]

  init(_ text: String) throws(Fault) {
    guard !text.isEmpty, !text.hasSuffix("/") else { throw .empty }
    self.text = text
    let expanded = try Glob.expanded(text)
    let names = expanded.map { $0.split(separator: "/").map(String.init) }
    let fixed = names.map { $0.dropLast().prefix { !Glob.isPattern($0) } }
    var shared = fixed[0]
    for other in fixed.dropFirst() { shared = shared.prefix(Glob.commonCount(shared, other)) }
    let path = shared.joined(separator: "/")
    base = text.hasPrefix("/") ? "/" + path : path
    var alternatives: [[Part]] = []
    for name in names {
      var parts: [Part] = []
      for part in name.dropFirst(shared.count) where part != "." {
        parts.append(try Glob.part(part))
      }
      guard !parts.isEmpty else { throw .empty }
      alternatives.append(parts)
    }
    self.alternatives = alternatives
  }

  private static func commonCount(_ left: ArraySlice<String>, _ right: ArraySlice<String>) -> Int {
    zip(left, right).prefix { $0 == $1 }.count
  }

  private static func isPattern(_ name: String) -> Bool { name.contains { "*?[".contains($0) } }

  private static func expanded(_ text: String) throws(Fault) -> [String] {
    guard let open = text.firstIndex(of: "{") else { return [text] }
    guard let close = text[open...].firstIndex(of: "}") else { throw .unclosedBrace }
    let choices = text[text.index(after: open)..<close].split(
      separator: ",", omittingEmptySubsequences: false)
    var all: [String] = []
    let (head, tail) = (text[..<open], text[text.index(after: close)...])
    for choice in choices {
      all += try expanded("\(head)\(choice)\(tail)")
      guard all.count <= mostAlternatives else {
        throw .tooManyAlternatives(limit: mostAlternatives)
      }
    }
    return all
  }

  private static func part(_ name: String) throws(Fault) -> Part {
    if name == "**" { return .folders }
    guard !name.contains("**") else { throw .starsInName }
    var elements: [Element] = []
    var rest = name[...]
    while let character = rest.popFirst() {
      switch character {
      case "*": elements.append(.anyRun)
      case "?": elements.append(.any)
      case "[":
        guard let close = rest.dropFirst().firstIndex(of: "]") else { throw .unclosedBracket }
        elements.append(set(rest[..<close]))
        rest = rest[rest.index(after: close)...]
      default: elements.append(.literal(character))
      }
    }
    return .name(elements)
  }

  private static func set(_ text: Substring) -> Element {
    let isNegated = text.first == "!" || text.first == "^"
    let characters = Array(isNegated ? text.dropFirst() : text)
    var ranges: [ClosedRange<Character>] = []
    var place = 0
    while place < characters.count {
      let isRange = place + 2 < characters.count && characters[place + 1] == "-"
      let last = isRange ? characters[place + 2] : characters[place]
      if characters[place] <= last { ranges.append(characters[place]...last) }
      place += isRange ? 3 : 1
    }
    return .oneOf(ranges, isNegated: isNegated)
  }

  /// Whether the path below `base`, by its names, is a match of one alternative.
  func matches(_ names: [String]) -> Bool {
    alternatives.contains { Glob.matches(names[...], $0[...]) }
  }

  private static func matches(_ names: ArraySlice<String>, _ parts: ArraySlice<Part>) -> Bool {
    guard let part = parts.first else { return names.isEmpty }
    switch part {
    case .folders:
      // The last part is a name of its own: `**` alone at the end means any file below.
      if parts.count == 1 { return !names.isEmpty }
      return (0...names.count).contains { matches(names.dropFirst($0), parts.dropFirst()) }
    case .name(let elements):
      guard let name = names.first, matches(name[...], elements[...]) else { return false }
      return matches(names.dropFirst(), parts.dropFirst())
    }
  }

  /// Matches a name; on a mismatch only the last `*` is tried longer, which is enough.
  private static func matches(_ name: Substring, _ elements: ArraySlice<Element>) -> Bool {
    var (rest, pattern) = (name, elements)
    var retry: (name: Substring, pattern: ArraySlice<Element>)?
    while true {
      if pattern.first == .anyRun {
        pattern = pattern.dropFirst()
        retry = (rest, pattern)
      } else if let element = pattern.first, let character = rest.first,
        fits(character, element)
      {
        pattern = pattern.dropFirst()
        rest = rest.dropFirst()
      } else if pattern.isEmpty, rest.isEmpty {
        return true
      } else if let again = retry, !again.name.isEmpty {
        rest = again.name.dropFirst()
        pattern = again.pattern
        retry = (rest, pattern)
      } else {
        return false
      }
    }
  }

  private static func fits(_ character: Character, _ element: Element) -> Bool {
    switch element {
    case .literal(let wanted): character == wanted
    case .any: true
    case .anyRun: false
    case .oneOf(let ranges, let isNegated):
      ranges.contains { $0.contains(character) } != isNegated
    }
  }
}
