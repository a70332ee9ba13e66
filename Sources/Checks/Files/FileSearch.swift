#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

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
    case tooManyEntries(limit: Int)
    case tooManyFiles(limit: Int)
    case tooManyBytes(limit: Int)
    case fileTooLarge(path: String, limit: Int)
    case unreadable(path: String, reason: String)

    var message: String {
      switch self {
      case .tooManyEntries(let limit): "the folders hold more than \(limit) entries"
      case .tooManyFiles(let limit): "more than \(limit) files match"
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
    var walk = Walk(glob: glob)
    let base = glob.base.isEmpty ? "." : glob.base
    try walk.enter(base.hasPrefix("/") ? base : "\(directory)/\(base)", names: [])
    var files: [File] = []
    var bytes = 0
    for names in walk.found.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let shown = ([glob.base] + names).filter { !$0.isEmpty }.joined(separator: "/")
        .replacing("//", with: "/")
      let path = shown.hasPrefix("/") ? shown : "\(directory)/\(shown)"
      let content = try FileSearch.content(of: path, shown: shown)
      bytes += content.count
      guard bytes <= FileSearch.mostBytes else {
        throw .tooManyBytes(limit: FileSearch.mostBytes)
      }
      // A NUL near the front marks what is no text, as git has it.
      guard !content.prefix(8_000).contains(0) else { continue }
      files.append(File(path: shown, text: String(decoding: content, as: UTF8.self)))
    }
    return files
  }

  private struct Walk {
    let glob: Glob
    var found: [[String]] = []
    private var entries = 0

    init(glob: Glob) { self.glob = glob }

    mutating func enter(_ path: String, names: [String]) throws(Fault) {
      guard let folder = unsafe opendir(path) else {
        // A folder that is not there holds no match; one that may not be read is no answer.
        guard errno != ENOENT, errno != ENOTDIR else { return }
        throw .unreadable(path: path, reason: FileSearch.systemError)
      }
      var children: [String] = []
      while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
          unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) {
            unsafe String(cString: $0)
          }
        }
        if name != ".", name != ".." { children.append(name) }
      }
      unsafe closedir(folder)
      entries += children.count
      guard entries <= FileSearch.mostEntries else {
        throw .tooManyEntries(limit: FileSearch.mostEntries)
      }
      for name in children {
        var facts = stat()
        guard unsafe lstat("\(path)/\(name)", &facts) == 0 else { continue }
        let below = names + [name]
        switch facts.st_mode & S_IFMT {
        case S_IFREG where glob.matches(below):
          found.append(below)
          guard found.count <= FileSearch.mostFiles else {
            throw .tooManyFiles(limit: FileSearch.mostFiles)
          }
        // Hidden folders and installed packages hold other people's files.
        case S_IFDIR where !name.hasPrefix(".") && name != "node_modules":
          if glob.reaches(depth: below.count) { try enter("\(path)/\(name)", names: below) }
        default: break
        }
      }
    }
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
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW)
    let file = unsafe open(path, flags)
    guard file >= 0 else { throw .unreadable(path: shown, reason: systemError) }
    defer { _ = close(file) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(file, &buffer, buffer.count)
      guard count >= 0 else { throw .unreadable(path: shown, reason: systemError) }
      if count == 0 { return content }
      content += buffer[..<count]
      guard content.count <= largestFile else {
        throw .fileTooLarge(path: shown, limit: largestFile)
      }
    }
  }

  /// The system's word for a file that is not there.
  static let absence = "No such file or directory"
  private static var systemError: String { unsafe String(cString: strerror(errno)) }
}

extension Glob {
  /// Whether files so many folders below the base can match.
  fileprivate func reaches(depth: Int) -> Bool {
    alternatives.contains { $0.contains(.folders) || $0.count > depth }
  }
}
