internal import Subprocess

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The user that a server runs as: oneself, or as root, which Postgres refuses to run as, another.
struct ServerAccount: Sendable, Equatable {
  let name: String
  let userID: UInt32
  let groupID: UInt32
  /// Whether it is somebody else, so that files have to be given to them.
  let isAnother: Bool

  /// The account for a process of this user; nil where root finds nobody to be instead.
  static var current: ServerAccount? {
    let own = geteuid()
    guard own == 0 else {
      return ServerAccount(name: "this user", userID: own, groupID: getegid(), isAnother: false)
    }
    return ["postgres", "nobody"].lazy.compactMap { ServerAccount(named: $0) }.first
  }

  private init(name: String, userID: UInt32, groupID: UInt32, isAnother: Bool) {
    self.name = name
    self.userID = userID
    self.groupID = groupID
    self.isAnother = isAnother
  }

  private init?(named name: String) {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    // Larger than any entry: names, a shell and a home folder.
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0,
      unsafe found != nil
    else { return nil }
    self.init(
      name: name, userID: unsafe entry.pw_uid, groupID: unsafe entry.pw_gid, isAnother: true)
  }

  /// How the shell is started as this user, with these arguments.
  ///
  /// Root becomes the other user through `setpriv`, not by the platform options: with those
  /// swift-subprocess 1.0.2 calls glibc's `setuid` between a bare `clone3` and `exec`, which waits for
  /// threads that the new process does not have, now and then for ever.
  func shell(_ arguments: [String]) -> Configuration {
    var options = PlatformOptions()
    // Ctrl-C at the terminal then reaches the program that owns the server, and not the server behind
    // its back.
    options.createSession = true
    let command = isAnother ? "setpriv" : "sh"
    let become =
      isAnother ? ["--reuid=\(userID)", "--regid=\(groupID)", "--clear-groups", "sh"] : []
    // Nothing of this program's own: variables of libpq and of locales would change the server.
    let environment = Environment.custom([
      "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC",
    ])
    return Configuration(
      executable: .name(command), arguments: Arguments(become + arguments),
      environment: environment, platformOptions: options)
  }

  /// The first folder on the way to a path which this user may not pass through.
  func obstacle(on path: String) -> String? {
    guard isAnother else { return nil }
    var folder = ""
    for name in path.split(separator: "/") {
      folder += "/" + name
      var facts = stat()
      guard unsafe stat(folder, &facts) == 0 else { return folder }
      let execute = facts.st_uid == userID ? S_IXUSR : facts.st_gid == groupID ? S_IXGRP : S_IXOTH
      if facts.st_mode & execute == 0 { return folder }
    }
    return nil
  }

  /// Creates a folder that is this user's alone.
  func create(_ directory: String) throws(PostgresServerFault) {
    guard unsafe mkdir(directory, 0o700) == 0 else {
      throw .directoryNotCreated(directory, reason: ServerAccount.lastSystemError)
    }
    guard isAnother else { return }
    guard unsafe chown(directory, userID, groupID) == 0 else {
      let reason = ServerAccount.lastSystemError
      unsafe rmdir(directory)
      throw .directoryNotCreated(directory, reason: reason)
    }
    if let folder = obstacle(on: directory) {
      unsafe rmdir(directory)
      throw .directoryNotCreated(
        directory, reason: "the user \(name) may not look into \(folder)")
    }
  }

  private static var lastSystemError: String {
    unsafe String(cString: strerror(errno))
  }
}
