internal import Checklist
internal import Core

/// Where a secret is set.
enum SecretSource: Sendable, Equatable {
  /// The environment, and the env files of the command line.
  case environment
  /// The whole of a file, as containers mount secrets.
  case file(String)
  /// A line of an env file that the command line does not name.
  case envFile(String)

  init?(file: String?, envFile: String?) {
    switch (file, envFile) {
    case (nil, nil): self = .environment
    case (let path?, nil): self = .file(path)
    case (nil, let path?): self = .envFile(path)
    case (_?, _?): return nil
    }
  }

  /// What a look there gives.
  enum Look: Sendable, Equatable {
    /// All variables that are set there; a file's contents go by the secret's name.
    case values([String: String])
    case noFile
    case unreadable(String)
  }

  /// Reads the place, of a secret of this name.
  func look(for name: String, in services: Services) async -> Look {
    let (directory, environment) = (services.directory, services.variables.values)
    let look = await BlockingWork.run {
      self.look(for: name, in: directory, or: environment)
    }
    return look ?? .unreadable("it was not read in time")
  }

  /// The same, on the thread of the caller; relative paths begin in the directory.
  func look(for name: String, in directory: String, or environment: [String: String]) -> Look {
    do throws(FileSearch.Fault) {
      switch self {
      case .environment: return .values(environment)
      case .file(let path):
        let bytes = try SecretSource.contents(of: path, in: directory)
        return .values([name: String(decoding: bytes, as: UTF8.self)])
      case .envFile(let path):
        let bytes = try SecretSource.contents(of: path, in: directory)
        let file = EnvFile.read(path: path, bytes: bytes)
        guard let fault = file.diagnostics.first else { return .values(file.variables) }
        let line = fault.location.map { ":\($0.line)" } ?? ""
        return .unreadable("\(path)\(line): \(fault.message)")
      }
    } catch {
      return error.isAbsence ? .noFile : .unreadable(error.message)
    }
  }

  private static func contents(
    of path: String, in directory: String
  ) throws(FileSearch.Fault) -> [UInt8] {
    try FileSearch.content(
      of: path.hasPrefix("/") ? path : "\(directory)/\(path)", shown: path,
      followsLink: true)
  }

  /// As the end of "NAME is set …", without the space before it.
  var place: String {
    switch self {
    case .environment: "here"
    case .file(let path), .envFile(let path): "in \(path)"
    }
  }

  /// Why there is no value, in words that complete "NAME …".
  func absence(of name: String, _ found: [String: String], _ variables: Variables) -> String {
    if case .environment = self, let absence = variables.absence(of: name) { return absence.words }
    return found[name] == nil ? "is not set" : "is set, but empty"
  }

  /// A line that sets a secret there.
  func setting(_ name: String, _ note: String, _ variables: Variables) -> String {
    switch self {
    case .environment: "\(variables.command(setting: name))   # \(note)"
    case .file(let path): "printf %s '…' > \(shellQuoted(path))   # \(note)"
    case .envFile(let path): "\(name)='…'   # \(note), as a line of \(path)"
    }
  }

  /// The value as an argument of `supabase secrets set`.
  func deploying(_ name: String) -> String {
    switch self {
    case .environment: "\(name)=\"$\(name)\""
    case .file(let path): "\(name)=\"$(cat \(shellQuoted(path)))\""
    case .envFile(let path): "--env-file \(shellQuoted(path))"
    }
  }

  /// What is looked at, for people.
  func described(_ name: String) -> String {
    switch self {
    case .environment: "the variable \(name), or the file that \(name)_FILE names"
    case .file(let path): "the file \(path)"
    case .envFile(let path): "the variable \(name) of the env file \(path)"
    }
  }
}

extension FileSearch.Fault {
  /// Whether there is simply no such file.
  fileprivate var isAbsence: Bool {
    if case .unreadable(_, FileSearch.absence) = self { true } else { false }
  }
}
