#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The bytes of a file that a walk has found.
package enum FileContent {
  /// Why there are none to be had.
  package enum Fault: Error, Sendable, Equatable {
    /// In bytes.
    case tooLarge(limit: Int)
    case unreadable(reason: String)
  }

  /// Reads a file as a whole.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The most bytes that it may have.
  ///   - followsLink: False where no link may have taken the file's place.
  /// - Returns: Its bytes.
  /// - Throws: It cannot be read, or is larger.
  package static func read(
    _ path: String, atMost limit: Int, followsLink: Bool = false
  ) throws(Fault) -> [UInt8] {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW)
    let file = unsafe open(path, flags)
    guard file >= 0 else { throw .unreadable(reason: systemError()) }
    defer { _ = close(file) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = readOnce(file, into: &buffer)
      guard count >= 0 else { throw .unreadable(reason: systemError()) }
      if count == 0 { return content }
      content += buffer[..<count]
      guard content.count <= limit else { throw .tooLarge(limit: limit) }
    }
  }

  /// Whether bytes are text: a NUL near the front marks what is none, as git has it.
  package static func isText(_ bytes: [UInt8]) -> Bool { !bytes.prefix(8_000).contains(0) }
}

/// One call of the system's own function, which the type's method of the same name hides.
private func readOnce(_ file: Int32, into buffer: inout [UInt8]) -> Int {
  unsafe buffer.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
}
