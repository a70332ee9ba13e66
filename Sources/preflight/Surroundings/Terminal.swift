#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// What a stream is connected to.
enum Terminal {
  case output
  case error

  private var file: Int32 {
    switch self {
    case .output: STDOUT_FILENO
    case .error: STDERR_FILENO
    }
  }

  var isTerminal: Bool { isatty(file) == 1 }

  /// Columns of the terminal; those that `COLUMNS` says, or 80, where there is none.
  func width(environment: [String: String]) -> Int {
    var size = winsize()
    if unsafe ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return Int(size.ws_col)
    }
    return environment["COLUMNS"].flatMap { Int($0) } ?? 80
  }
}

/// The environment that the process was started with.
enum ProcessEnvironment {
  static func read() -> [String: String] {
    var variables: [String: String] = [:]
    // `environ` is not changed by this program, and this is read before any task is started.
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let words = unsafe String(cString: text).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if words.count == 2 { variables[String(words[0])] = String(words[1]) }
      unsafe entry = entry.successor()
    }
    return variables
  }
}
