/// The checks of source files: what of them is known to go wrong.
struct SourcePart {
  let facts: Facts

  private static let scripts = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"]
  private static let functionsFolder = "supabase/functions"
  private static let mostPatterns = 5

  func passages(_ ids: inout Identifiers) -> [Passage] {
    var places: [String: [Sighting]] = [:]
    for upsert in facts.source.upserts where isScript(upsert.place.path) {
      places[pattern(for: upsert.place.path), default: []].append(upsert.place)
    }
    return places.sorted { $0.key < $1.key }.prefix(Self.mostPatterns).map { pattern, places in
      .check(
        ids.take("source.upsert_syntax"), ("files", YAMLText.scalar(pattern)),
        [
          ("forbid", #"'\.upsert\([^;]*?\)\s*\.onConflict\('"#),
          ("help", #"".upsert(rows, { onConflict: 'a,b' })""#),
        ],
        why: [
          """
          Upserts at \(facts.places(places)). One that is chained to `onConflict` goes by the \
          primary key.
          """
        ])
    }
  }

  private func isScript(_ path: String) -> Bool {
    path.split(separator: ".").last.map { Self.scripts.contains(String($0)) } == true
  }

  /// A pattern for the folder that a file is in.
  private func pattern(for path: String) -> String {
    let all = "{\(Self.scripts.joined(separator: ","))}"
    let names = path.split(separator: "/").map(String.init)
    let relative: String
    if path.hasPrefix(Self.functionsFolder + "/"), path.hasSuffix(".ts") {
      relative = "\(Self.functionsFolder)/**/*.ts"
    } else if let folder = names.first, names.count > 1, isPlain(folder) {
      relative = "\(folder)/**/*.\(all)"
    } else {
      relative = names.count > 1 ? "**/*.\(all)" : "*.\(all)"
    }
    return facts.path(relative)
  }

  /// Whether a folder's name stands for itself in a pattern and in a checklist.
  private func isPlain(_ name: String) -> Bool {
    !name.contains { "*?[]{}$".contains($0) }
  }
}
