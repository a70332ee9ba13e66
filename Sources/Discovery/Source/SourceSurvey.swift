internal import Core
internal import Files

/// Looks through a source tree for what it says about services.
///
/// Links, hidden folders, installed packages, built files and tests are left out.
package enum SourceSurvey {
  static let mostEntries = 100_000
  static let mostFiles = 10_000
  /// In bytes.
  static let largestFile = 1_048_576
  /// All files together, in bytes.
  static let mostBytes = 64 * 1_048_576
  static let deepestFolder = 32

  static let extensions: Set<String> = [
    "ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "vue", "svelte", "py", "swift",
  ]
  private static let otherFolders: Set<String> = [
    "node_modules", "build", "dist", "out", "target", "vendor", "coverage", "venv", "__pycache__",
    "Pods", "DerivedData", "test", "tests", "Tests", "__tests__", "e2e",
  ]

  /// Reads the tree below a folder.
  ///
  /// - Parameter root: The folder, as a person wrote it.
  /// - Returns: What it tells, and what of it could not be looked at.
  package static func read(_ root: String) -> SourceFacts {
    let walk = FolderWalk(
      mostEntries: mostEntries, mostFiles: mostFiles,
      entering: { names in
        names.count <= deepestFolder
          && names.last.map { !$0.hasPrefix(".") && !otherFolders.contains($0) } == true
      },
      taking: { names in
        names == ["supabase", "config.toml"] || names.last.map(isSource) == true
      })
    let found = walk.walk(from: root)
    var facts = SourceFacts()
    facts.root = root
    facts.gaps = found.faults.map { "The source tree: \($0.message)." }
    facts.hasSupabaseFolder = found.files.contains { $0.first == "supabase" }
    var bytes = 0
    for names in found.files where names.last.map(isSource) == true && !Task.isCancelled {
      let path = names.joined(separator: "/")
      do throws(FileContent.Fault) {
        let content = try FileContent.read("\(root)/\(path)", atMost: largestFile)
        bytes += content.count
        guard bytes <= mostBytes else {
          facts.gaps.append(
            "The source tree holds more than \(mostBytes / 1_048_576) MiB; "
              + "what comes after \(path.quoted) was not read.")
          return facts
        }
        guard FileContent.isText(content) else { continue }
        facts.files += 1
        SourceFile(content, path: path).add(to: &facts)
      } catch {
        facts.gaps.append(gap(error, path))
      }
    }
    return facts
  }

  private static func gap(_ fault: FileContent.Fault, _ path: String) -> String {
    switch fault {
    case .tooLarge(let limit):
      "\(path.quoted) is larger than \(limit / 1_048_576) MiB and was not read."
    case .unreadable(let reason): "\(path.quoted) cannot be read: \(reason)."
    }
  }

  private static func isSource(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, extensions.contains(String(parts[parts.count - 1])) else { return false }
    return !["min", "test", "spec", "d"].contains(parts[parts.count - 2])
      && !name.hasPrefix("test_") && !name.hasPrefix(".")
  }
}
