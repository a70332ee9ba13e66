/// The services that a file declares, by name and by kind.
struct KnownServices {
  private var kinds: [String: ServiceKind?] = [:]
  private var names: [String: [String]] = [:]

  /// Adds a service; its kind is nil where it could not be read.
  mutating func add(_ name: String, of kind: ServiceKind?) {
    kinds.updateValue(kind, forKey: name)
    if let kind {
      names[kind.rawValue, default: []].append(name)
    } else {
      hasUnread = true
    }
  }

  /// Whether the kind of any service could not be read.
  private(set) var hasUnread = false

  /// Whether a service has this name.
  func contains(_ name: String) -> Bool { kinds[name] != nil }

  /// The kind of a service; nil where there is no such service, or its kind could not be read.
  func kind(of name: String) -> ServiceKind? { kinds[name] ?? nil }

  /// The names of the services of a kind, in the order of the file.
  func names(of kind: String) -> [String] { names[kind, default: []] }

  /// All names, in no particular order.
  var allNames: [String] { Array(kinds.keys) }
}
