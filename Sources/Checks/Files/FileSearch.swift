internal import Files

/// Finds the files of a pattern, without following links, and reads them.
struct FileSearch: Sendable {
  /// Entries of folders that one search looks at.
  static let mostEntries = 100_000
  /// Files of one search.
  static let mostFiles = 2_000
  /// The largest file, in bytes.
  static let largestFile = 1_048_576
  /// All files of one search together, in bytes.
  static let mostBytes = 64 * 1_048_576

  enum Fault: Error, Equatable {
    case walk(FolderWalk.Fault)
    case tooManyBytes(limit: Int)
    case fileTooLarge(path: String, limit: Int)
    case unreadable(path: String, reason: String)

    var message: String {
      switch self {
      case .walk(let fault): fault.message
      case .tooManyBytes(let limit): "the files hold more than \(limit / 1_048_576) MiB"
      case .fileTooLarge(let path, let limit):
        "\(path) is larger than \(limit / 1_048_576) MiB"
      case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
      }
    }
  }

  struct File: Sendable, Equatable {
    let path: String
    let text: String
  }

  let glob: Glob
  /// Where a relative pattern begins.
  let directory: String

  /// The text files that match, by path.
  func files() throws(Fault) -> [File] {
    let walk = FolderWalk(
      mostEntries: FileSearch.mostEntries, mostFiles: FileSearch.mostFiles,
      entering: { names in
        // Hidden folders and installed packages hold other people's files.
        names.last.map { !$0.hasPrefix(".") && $0 != "node_modules" } == true
          && glob.reaches(depth: names.count)
      }, taking: glob.matches)
    let base = glob.base.isEmpty ? "." : glob.base
    let found = walk.walk(from: base.hasPrefix("/") ? base : "\(directory)/\(base)")
    if let fault = found.faults.first { throw .walk(fault) }
    var files: [File] = []
    var bytes = 0
    for names in found.files.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let shown = ([glob.base] + names).filter { !$0.isEmpty }.joined(separator: "/")
        .replacing("//", with: "/")
      let path = shown.hasPrefix("/") ? shown : "\(directory)/\(shown)"
      let content = try FileSearch.content(of: path, shown: shown)
      bytes += content.count
      guard bytes <= FileSearch.mostBytes else {
        throw .tooManyBytes(limit: FileSearch.mostBytes)
      }
      guard FileContent.isText(content) else { continue }
      files.append(File(path: shown, text: String(decoding: content, as: UTF8.self)))
    }
    return files
  }

  /// What a file holds.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - shown: The same for people.
  ///   - followsLink: False where no link may have taken the file's place.
  /// - Returns: Its bytes, at most `largestFile`.
  /// - Throws: Why there are none.
  static func content(
    of path: String, shown: String, followsLink: Bool = false
  ) throws(Fault) -> [UInt8] {
    do throws(FileContent.Fault) {
      return try FileContent.read(path, atMost: largestFile, followsLink: followsLink)
    } catch {
      switch error {
      case .tooLarge(let limit): throw .fileTooLarge(path: shown, limit: limit)
      case .unreadable(let reason): throw .unreadable(path: shown, reason: reason)
      }
    }
  }

  /// The system's word for a file that is not there.
  static let absence = "No such file or directory"
}

extension Glob {
  /// Whether files so many folders below the base can match.
  fileprivate func reaches(depth: Int) -> Bool {
    alternatives.contains { $0.contains(.folders) || $0.count > depth }
  }
}
