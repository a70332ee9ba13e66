import Discovery
import Testing

/// The parts of a draft that are made of a few facts.
struct Guess {
  var source = SourceFacts()
  var catalog: DatabaseFacts? = DatabaseFacts()
  var example: [String: Int]?
  var environment: Set<String> = []

  var text: String {
    Draft(
      Facts(
        database: catalog.map { .read($0) } ?? .unread(because: "it is away"),
        databaseVariable: "DATABASE_URL", source: source, example: example,
        environment: environment, schemaPath: nil)
    ).text
  }

  /// The passage of a check, with the comment above it.
  func check(_ id: String) -> String? {
    passages.first { $0.contains("- id: \(id)\n") || $0.hasSuffix("- id: \(id)") }
  }

  /// What stands between empty lines, without the common indentation.
  var passages: [String] {
    var passages = [""]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty { passages.append("") } else { passages[passages.count - 1] += "\(line)\n" }
    }
    return passages.map { $0.replacing("\n  ", with: "\n").trimmingPrefix("  ") }.map(String.init)
  }

  func has(_ words: String) -> Bool { text.contains(words) }
}

func at(_ line: Int, _ path: String = "src/a.ts") -> Sighting {
  Sighting(path: path, line: line)
}

func table(
  _ name: String, _ columns: [DatabaseFacts.Column], keys: [[String]] = []
) -> DatabaseFacts.Table {
  .init(
    .init(name), rows: 0,
    columns: [.init("id", "uuid", isNotNull: true, isFilled: true)] + columns,
    primaryKey: ["id"], uniqueKeys: keys)
}
