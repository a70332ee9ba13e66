#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A way through a folder and the folders below it, in the order of their names, without following
/// links.
package struct FolderWalk {
  /// What kept the walk from seeing all there is.
  package enum Fault: Error, Sendable, Equatable {
    case tooManyEntries(limit: Int)
    case tooManyFiles(limit: Int)
    case unreadable(path: String, reason: String)

    package var message: String {
      switch self {
      case .tooManyEntries(let limit): "the folders hold more than \(limit) entries"
      case .tooManyFiles(let limit): "more than \(limit) files match"
      case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
      }
    }
  }

  /// Entries of folders that are looked at.
  private let mostEntries: Int
  private let mostFiles: Int
  private let enters: ([String]) -> Bool
  private let takes: ([String]) -> Bool

  /// A walk that has not begun.
  ///
  /// - Parameters:
  ///   - mostEntries: How many entries of folders are looked at.
  ///   - mostFiles: How many files are taken.
  ///   - enters: Whether a folder, by its names below the first one, is looked into.
  ///   - takes: Whether a file is taken.
  package init(
    mostEntries: Int, mostFiles: Int, entering enters: @escaping ([String]) -> Bool,
    taking takes: @escaping ([String]) -> Bool
  ) {
    self.mostEntries = mostEntries
    self.mostFiles = mostFiles
    self.enters = enters
    self.takes = takes
  }

  /// What was found: files by their names below the first folder, and what was not seen.
  package struct Result: Sendable, Equatable {
    package var files: [[String]] = []
    package var faults: [Fault] = []
    fileprivate var entries = 0
    fileprivate var isOver = false
  }

  /// Walks from a folder; one that is not there holds nothing.
  package func walk(from path: String) -> Result {
    var result = Result()
    look(into: path, names: [], &result)
    return result
  }

  private func look(into path: String, names: [String], _ result: inout Result) {
    guard let folder = unsafe opendir(path) else {
      // One that may not be read is no answer.
      guard errno != ENOENT, errno != ENOTDIR else { return }
      result.faults.append(.unreadable(path: path, reason: systemError()))
      return
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
    result.entries += children.count
    guard result.entries <= mostEntries else {
      result.faults.append(.tooManyEntries(limit: mostEntries))
      result.isOver = true
      return
    }
    for name in children.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    where !result.isOver {
      take(name, in: path, names: names, &result)
    }
  }

  private func take(
    _ name: String, in path: String, names: [String], _ result: inout Result
  ) {
    var facts = stat()
    guard unsafe lstat("\(path)/\(name)", &facts) == 0 else { return }
    let below = names + [name]
    switch facts.st_mode & S_IFMT {
    case S_IFREG where takes(below):
      guard result.files.count < mostFiles else {
        result.faults.append(.tooManyFiles(limit: mostFiles))
        result.isOver = true
        return
      }
      result.files.append(below)
    case S_IFDIR where enters(below): look(into: "\(path)/\(name)", names: below, &result)
    default: break
    }
  }
}

/// The system's words for what failed last.
func systemError() -> String { unsafe String(cString: strerror(errno)) }
