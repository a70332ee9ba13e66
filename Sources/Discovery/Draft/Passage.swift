/// A part of the checklist with the reason for it above.
struct Passage: Equatable {
  /// Paragraphs of the comment.
  var why: [String]
  /// YAML without indentation; empty for what only a comment tells.
  var lines: [String] = []

  /// The lines in the file.
  func rendered(indent: Int) -> [String] {
    let space = String(repeating: " ", count: indent)
    return why.flatMap { YAMLText.comment($0, indent: indent) } + lines.map { space + $0 }
  }

  /// A check, its settings already in YAML.
  static func check(
    _ id: String, _ kind: (String, String), _ settings: [(String, String)] = [], why: [String]
  ) -> Passage {
    Passage(
      why: why,
      lines: ["- id: \(id)"]
        + ([kind] + settings).flatMap { name, value in
          // A list of many lines begins with the first one's break.
          let parts = value.split(separator: "\n", omittingEmptySubsequences: false)
          return ["  \(name):" + (parts[0].isEmpty ? "" : " \(parts[0])")]
            + parts.dropFirst().map { "    \($0)" }
        })
  }
}

/// The ids of the checks, each given once.
struct Identifiers {
  private var taken: Set<String> = []
  private static let longest = 60

  /// An id that says what the check is about; equal ones get a number.
  mutating func take(_ topic: String, _ subject: String = "") -> String {
    let words = Identifiers.words(of: subject)
    return unique(words.isEmpty ? topic : "\(topic).\(words)")
  }

  /// A name of its own for a thing of the database.
  mutating func takeName(of subject: String, orElse usual: String) -> String {
    let words = Identifiers.words(of: subject)
    return unique(words.isEmpty ? usual : words)
  }

  private mutating func unique(_ base: String) -> String {
    var id = base
    var number = 2
    while !taken.insert(id).inserted {
      id = "\(base)-\(number)"
      number += 1
    }
    return id
  }

  /// What of a text an id may hold.
  private static func words(of text: String) -> String {
    let words = text.lowercased().utf8.split { !$0.isOfName || $0 == UInt8(ascii: "$") }
      .map { String(decoding: $0, as: UTF8.self) }
    return String(words.joined(separator: "-").drop { $0 == "_" }.prefix(longest))
  }
}
