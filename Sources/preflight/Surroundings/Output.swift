internal import Checks
internal import Core
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The process's two streams for words, which nothing else writes to.
///
/// Every text passes the redactor on its way out. A stream that nobody reads any more is no fault:
/// the work goes on, and its exit status still tells.
final class Output: Sendable {
  private let redactor: Mutex<Redactor>

  init() {
    // A reader that goes away must not end the process in the middle of a run.
    signal(SIGPIPE, SIG_IGN)
    redactor = Mutex(Redactor([]))
  }

  /// From now on takes these out of every text.
  func hide(_ secrets: KnownSecrets) {
    let new = secrets.redactor
    redactor.withLock { $0 = new }
  }

  /// A document for a file, without what no output may hold.
  func redacted(_ document: String) -> String { redactor.withLock { $0 }.redact(document) }

  /// Writes to standard output what the person asked for.
  func report(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// Writes to standard error what is said along the way.
  func note(_ text: String) { write(text, to: STDERR_FILENO) }

  private func write(_ text: String, to file: Int32) {
    // Under the lock, so that two tasks do not write into each other's lines.
    redactor.withLock { redactor in
      var bytes = Array(redactor.redact(text).utf8)[...]
      while !bytes.isEmpty {
        let count = writeOnce(bytes, to: file)
        if count < 0, errno != EINTR { return }
        bytes = bytes.dropFirst(max(0, count))
      }
    }
  }
}

/// One call of the system's own function, which the type's method of the same name hides.
func writeOnce(_ bytes: ArraySlice<UInt8>, to file: Int32) -> Int {
  unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
}
