#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A file that was not there before.
enum NewFile {
  enum Fault: Error {
    case exists
    /// In the system's own words.
    case unwritable(String)
  }

  /// Writes a whole new file; where that fails, none is left.
  static func write(_ text: String, to path: String) throws(Fault) {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw errno == EEXIST ? .exists : .unwritable(words(for: errno)) }
    var failure: Int32 = 0
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty, failure == 0 {
      let count = writeOnce(bytes, to: file)
      if count >= 0 { bytes = bytes.dropFirst(count) } else if errno != EINTR { failure = errno }
    }
    if close(file) != 0, failure == 0 { failure = errno }
    guard failure == 0 else {
      unsafe unlink(path)
      throw .unwritable(words(for: failure))
    }
  }

  private static func words(for errno: Int32) -> String { unsafe String(cString: strerror(errno)) }
}
