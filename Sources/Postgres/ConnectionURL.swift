internal import CLibPQ
package import Core

/// Where a connection goes, taken apart as libpq does it; the password stays inside.
package struct ConnectionURL: Sendable {
  /// One address and port to try, as libpq's `host` and `port` name it.
  struct Endpoint: Sendable, Equatable {
    let host: String
    let port: Int
    /// A numeric address that spares the name look-up.
    var address: String?
    /// Whether the host is the directory of a Unix socket or an abstract one.
    var isLocalSocket: Bool { host.hasPrefix("/") || host.hasPrefix("@") }
  }

  let options: [String: Secret]
  let endpoints: [Endpoint]
  package let database: String
  package let user: String

  /// The first of the hosts, or the directory of its socket.
  package var host: String { endpoints[0].host }
  package var port: Int { endpoints[0].port }

  /// What is wrong with a URL; none of it repeats a part that may hold a password.
  package enum Fault: Error, Sendable, Equatable {
    case empty
    case notPostgresURL
    case badPercentEncoding
    case unknownOption(String)
    case badOptions
    /// A separator stands unencoded in the password, so that the parts are not what was meant.
    case unencodedPassword
    case badPort
    case hostsAndPortsDiffer
    /// In libpq's words.
    case refused(String)

    package var message: String {
      switch self {
      case .empty: "the Postgres URL is empty"
      case .notPostgresURL: "the Postgres URL does not begin with postgres:// or postgresql://"
      case .badPercentEncoding:
        "a % in the Postgres URL is not followed by two hexadecimal digits; "
          + "a % of the password is written %25"
      case .unknownOption(let name):
        "the Postgres URL has the option \(name), which libpq does not know"
      case .badOptions: "what follows the ? in the Postgres URL is not a list of options"
      case .unencodedPassword:
        "the Postgres URL cannot be taken apart; in a password @ is written %40, / %2F, : %3A, "
          + "? %3F and # %23"
      case .badPort: "the port in the Postgres URL is not a number from 1 to 65535"
      case .hostsAndPortsDiffer: "the Postgres URL does not name one port, or one for each host"
      case .refused(let reason): "the Postgres URL is not usable: \(reason)"
      }
    }
  }

  /// Takes a URL apart, without looking at the environment and without a network.
  package init(_ url: Secret) throws(Fault) {
    let options = try url.reveal { text throws(Fault) in try ConnectionURL.parse(text).all }
    func texts(_ name: String) -> [String] {
      guard let value = options[name], !value.isEmpty else { return [] }
      return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let addresses = texts("hostaddr")
    var hosts = texts("host")
    if hosts.isEmpty { hosts = addresses.isEmpty ? ["localhost"] : addresses }
    let database = options["dbname"] ?? options["user"] ?? "postgres"
    // A first @ is that of an abstract socket, which a list of settings may name.
    let isURL = url.reveal { ConnectionURL.hasScheme($0) }
    guard !database.contains("@"),
      !hosts.contains(where: { (isURL ? $0[...] : $0.dropFirst()).contains("@") })
    else { throw .unencodedPassword }
    var ports: [Int] = []
    for text in texts("port") {
      // An empty one means the usual one.
      guard let port = text.isEmpty ? 5432 : Int(text), (1...65_535).contains(port) else {
        throw database.contains("/") ? .unencodedPassword : .badPort
      }
      ports.append(port)
    }
    if ports.isEmpty { ports = [5432] }
    if ports.count == 1 { ports = Array(repeating: ports[0], count: hosts.count) }
    guard ports.count == hosts.count, addresses.isEmpty || addresses.count == hosts.count else {
      throw .hostsAndPortsDiffer
    }
    endpoints = hosts.indices.map { index in
      let host = hosts[index].isEmpty ? "localhost" : hosts[index]
      let address = addresses.isEmpty || addresses[index].isEmpty ? nil : addresses[index]
      return Endpoint(host: host, port: ports[index], address: address)
    }
    self.database = database
    user = options["user"] ?? "the operating system's user"
    self.options = options.mapValues { Secret($0) }
  }

  /// The values in a URL or a list of settings that libpq itself would not show, decoded; none where
  /// the text is neither.
  package static func passwords(in text: String) -> [String] {
    (try? parse(text))?.hidden ?? []
  }

  private static func parse(
    _ text: String
  ) throws(Fault) -> (all: [String: String], hidden: [String]) {
    guard !text.isEmpty else { throw .empty }
    guard !text.utf8.contains(0) else { throw .notPostgresURL }
    var reason: UnsafeMutablePointer<CChar>?
    guard let first = unsafe PQconninfoParse(text, &reason) else {
      defer { unsafe PQfreemem(reason) }
      let words = unsafe reason.map { unsafe String(cString: $0) } ?? ""
      throw fault(of: text, words: words)
    }
    defer { unsafe PQconninfoFree(first) }
    var options: [String: String] = [:]
    var hidden: [String] = []
    var next = unsafe first
    while let keyword = unsafe next.pointee.keyword {
      if let value = unsafe next.pointee.val {
        unsafe options[String(cString: keyword)] = String(cString: value)
        // A star marks what a dialog must not show.
        if unsafe String(cString: next.pointee.dispchar) == "*" {
          hidden.append(unsafe String(cString: value))
        }
      }
      unsafe next = next.successor()
    }
    return (options, hidden)
  }

  /// Sorts libpq's words, which are not repeated: they quote parts of the URL.
  private static func fault(of text: String, words: String) -> Fault {
    guard hasScheme(text) else { return .notPostgresURL }
    if words.contains("percent-encoded") || words.contains("%00") { return .badPercentEncoding }
    guard words.contains("query parameter"), let query = text.split(separator: "?").last else {
      return .unencodedPassword
    }
    let known = knownOptions()
    let names = query.split(separator: "&").map { $0.prefix { $0 != "=" } }
    guard let name = names.first(where: { !known.contains(String($0)) }), name.utf8.count <= 32,
      !query.contains("@"), name.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "_") })
    else { return .badOptions }
    return .unknownOption(String(name))
  }

  private static func hasScheme(_ text: String) -> Bool {
    text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
  }

  private static func knownOptions() -> Set<String> {
    guard let first = unsafe PQconndefaults() else { return [] }
    defer { unsafe PQconninfoFree(first) }
    var names: Set<String> = []
    var next = unsafe first
    while let keyword = unsafe next.pointee.keyword {
      names.insert(unsafe String(cString: keyword))
      unsafe next = next.successor()
    }
    return names
  }
}
