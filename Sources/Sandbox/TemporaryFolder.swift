internal import FoundationEssentials

/// A folder of the sandbox's own, gone when `remove()` has returned.
struct TemporaryFolder {
  let path: String

  /// Creates a folder that other users may pass through, since Postgres may run as one of them.
  ///
  /// It is always under `/tmp`: the path of a Unix socket within may be 107 bytes long.
  init() throws(SandboxProblem) {
    path = "/tmp/preflight-sandbox-" + Credentials.random(12, of: "0123456789abcdef")
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o711])
    } catch {
      throw .directoryNotCreated("\(error)")
    }
  }

  func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }
}
