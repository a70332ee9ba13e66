#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The programs of one Postgres that has pgvector.
package struct PostgresInstallation: Sendable, Equatable {
  /// The folder that holds `initdb` and `postgres`.
  package let binaries: String
  /// The major version, such as 18.
  package let version: Int

  /// The Postgres to use.
  ///
  /// - Parameter binaries: The folder that a person named; no other is then looked at.
  /// - Returns: The named one, or the first of all that can be used.
  /// - Throws: `notFound`, or `unusable` with what is wrong with the named folder.
  package static func find(
    preferring binaries: String? = nil
  ) throws(PostgresServerFault) -> PostgresInstallation {
    if let binaries {
      return try PostgresInstallation(binaries: PostgresInstallation.absolute(binaries))
    }
    guard let found = all().first else { throw .notFound }
    return found
  }

  /// Everything that can be used: those of the system, the newest first, then what `scripts/setup`
  /// fetched.
  package static func all() -> [PostgresInstallation] {
    // Debian's folders, then Fedora's.
    let system = (13...40).reversed().flatMap { version in
      ["/usr/lib/postgresql/\(version)/bin", "/usr/pgsql-\(version)/bin"]
    }
    let fetched = (checkouts().map { $0 + "/.local" } + ["/var/lib/preflight"]).flatMap { folder in
      [18, 16].map { "\(folder)/postgres/\($0)/bin" }
    }
    var found: [PostgresInstallation] = []
    for binaries in system + fetched {
      do throws(PostgresServerFault) {
        let installation = try PostgresInstallation(binaries: binaries)
        if !found.contains(installation) { found.append(installation) }
      } catch {
        // A place without a usable Postgres is the usual case.
        continue
      }
    }
    return found
  }

  private init(binaries: String) throws(PostgresServerFault) {
    for program in ["initdb", "postgres"]
    where unsafe access("\(binaries)/\(program)", X_OK) != 0 {
      throw .unusable(binaries: binaries, reason: "there is no program \(program)")
    }
    // Relative to the programs, or where Debian puts them.
    let version = binaries.split(separator: "/").dropLast().last ?? ""
    let shares = [
      "\(binaries)/../share/postgresql", "\(binaries)/../share", "/usr/share/postgresql/\(version)",
    ]
    let catalog = "postgres.bki"
    guard let share = shares.first(where: { unsafe access("\($0)/\(catalog)", R_OK) == 0 }),
      let version = PostgresInstallation.version(ofCatalog: "\(share)/\(catalog)")
    else {
      throw .unusable(binaries: binaries, reason: "its \(catalog) is not found")
    }
    guard unsafe access("\(share)/extension/vector.control", R_OK) == 0 else {
      throw .unusable(binaries: binaries, reason: "it has no pgvector")
    }
    guard let account = ServerAccount.current else {
      throw .unusable(
        binaries: binaries, reason: "it does not run as root, and there is no user postgres")
    }
    if let folder = account.obstacle(on: binaries) {
      throw .unusable(
        binaries: binaries, reason: "the user \(account.name) may not look into \(folder)")
    }
    self.binaries = binaries
    self.version = version
  }

  /// The major version in the first line of the initial catalog: `# PostgreSQL 18`.
  private static func version(ofCatalog path: String) -> Int? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 64)
    guard unsafe fgets(&line, Int32(line.count), file) != nil else { return nil }
    let text = String(decoding: line.prefix { $0 > 10 }.map { UInt8($0) }, as: UTF8.self)
    return text.split(separator: " ").last.flatMap { Int($0) }
  }

  /// The folders above the working folder and above this program, the nearest first.
  private static func checkouts() -> [String] {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    let program = String(
      decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return [workingFolder, program].flatMap { path -> [String] in
      let names = path.split(separator: "/")
      return (0...names.count).reversed().map { count in
        names.prefix(count).map { "/" + $0 }.joined()
      }
    }
  }

  private static var workingFolder: String {
    guard let path = unsafe getcwd(nil, 0) else { return "" }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  private static func absolute(_ path: String) -> String {
    let path = path.hasPrefix("/") ? path : workingFolder + "/" + path
    return path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
