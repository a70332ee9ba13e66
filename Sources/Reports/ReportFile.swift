internal import Core

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Writes reports so that a reader finds either the old file or the whole new one.
package enum ReportFile {
  /// Why a report could not be written, with the system's own number for it.
  package enum Fault: Error, Sendable, Equatable {
    /// Something stands there that a report must not take the place of: a folder, a device, a pipe.
    case notAFile(path: String)
    case cannotCreate(path: String, errno: Int32)
    case cannotWrite(path: String, errno: Int32)
    case cannotRename(path: String, errno: Int32)

    package var message: String {
      switch self {
      case .notAFile(let path):
        "cannot write the report to \(path.quoted): there is something else than a file"
      case .cannotCreate(let path, let errno):
        "cannot create a file beside \(path.quoted): \(Fault.words(for: errno))"
      case .cannotWrite(let path, let errno):
        "cannot write the report to \(path.quoted): \(Fault.words(for: errno))"
      case .cannotRename(let path, let errno):
        "cannot put the report in place at \(path.quoted): \(Fault.words(for: errno))"
      }
    }

    private static func words(for errno: Int32) -> String {
      unsafe String(cString: strerror(errno))
    }
  }

  /// Writes a new file in the same folder, brings it to the disk and renames it to its place.
  ///
  /// - Parameters:
  ///   - document: The whole text.
  ///   - path: Where it goes; a symbolic link keeps pointing to what is replaced.
  /// - Throws: What went wrong; then the old file, if any, stands as it was.
  package static func write(_ document: String, to path: String) throws(Fault) {
    let target = try place(of: path)
    let temporary = target + "." + String(UInt32.random(in: .min ... .max), radix: 16) + ".partial"
    let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw .cannotCreate(path: path, errno: errno) }
    do throws(Fault) {
      try fill(file, with: Array(document.utf8), path: path)
      guard unsafe rename(temporary, target) == 0 else {
        throw .cannotRename(path: path, errno: errno)
      }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
  }

  /// Writes everything and closes the file in any case.
  private static func fill(_ file: Int32, with bytes: [UInt8], path: String) throws(Fault) {
    var failure: Int32 = 0
    var written = 0
    while written < bytes.count, failure == 0 {
      let count = writeOnce(bytes[written...], to: file)
      if count >= 0 { written += count } else if errno != EINTR { failure = errno }
    }
    if failure == 0, fsync(file) != 0 { failure = errno }
    if close(file) != 0, failure == 0 { failure = errno }
    guard failure == 0 else { throw .cannotWrite(path: path, errno: failure) }
  }

  /// The path with a symbolic link followed, if nothing but a file stands there.
  private static func place(of path: String) throws(Fault) -> String {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return path }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    guard let resolved = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }
}

/// One call of the system's own function, which the type's method of the same name hides.
private func writeOnce(_ bytes: ArraySlice<UInt8>, to file: Int32) -> Int {
  unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
}
