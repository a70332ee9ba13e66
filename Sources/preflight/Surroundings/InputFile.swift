internal import Checklist

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A file that a person wrote and the program reads.
enum InputFile {
  /// Whether something stands at the path.
  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// The path that stands for standard input.
  static let standardInput = "-"

  /// The file's bytes from its beginning, and hardly more of them than asked for.
  static func contents(of path: String, atMost limit: Int) throws(UnreadableFile) -> [UInt8] {
    let file =
      path == standardInput ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw lastFault() }
    defer { if file != STDIN_FILENO { close(file) } }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < limit {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe read(file, $0.baseAddress, $0.count)
      }
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw lastFault()
      }
      bytes += chunk.prefix(count)
    }
    return bytes
  }

  /// Whether a file stands at the path, and no folder, device or pipe.
  static func isRegular(_ path: String) throws(UnreadableFile) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw lastFault() }
    return status.st_mode & S_IFMT == S_IFREG
  }

  /// Takes a file away.
  static func remove(_ path: String) throws(UnreadableFile) {
    guard unsafe unlink(path) == 0 else { throw lastFault() }
  }

  private static func lastFault() -> UnreadableFile {
    UnreadableFile(words: unsafe String(cString: strerror(errno)))
  }
}
