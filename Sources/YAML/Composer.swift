internal import Core

/// Builds nodes from events, and keeps the faults that need not end the reading.
struct Composer {
  /// A node that aliases can repeat, with what a repetition costs.
  private struct Anchored {
    let node: Node
    let values: Int
    let depth: Int
    let aliases: Int
  }

  private let reader: EventReader
  private let file: String
  private var faults = DiagnosticList()
  private var anchors: [String: Anchored] = [:]
  /// Values so far, those repeated by aliases included.
  private var values = 0
  /// Alias expansions so far, those inside repeated values included.
  private var aliases = 0
  /// The deepest nesting since the value under way began.
  private var deepest = 0

  init(reading text: String, file: String) {
    reader = EventReader(reading: text, file: file)
    self.file = file
  }

  /// In the order of the file.
  var diagnostics: [Diagnostic] { faults.diagnostics }

  /// The document's value, or nil with a diagnostic where there is none.
  mutating func composeDocument() -> Node? {
    do throws(Diagnostic) {
      return try document()
    } catch {
      faults.add(at: SourceLocation(file: file, line: 1, column: 1)) { error }
      return nil
    }
  }

  private mutating func document() throws(Diagnostic) -> Node {
    var root: Node?
    while true {
      let event = try reader.next()
      switch event.content {
      case .streamEnd:
        guard let root, root.content != .scalar(Scalar(text: "", isPlain: true)) else {
          throw Diagnostic(
            "the file is empty", at: SourceLocation(file: file, line: 1, column: 1))
        }
        return root
      case .documentStart:
        if let root {
          faults.add(at: event.location) {
            Diagnostic("a second document begins here; a checklist is one", at: event.location)
          }
          return root
        }
      case .other: break
      default: root = try compose(event, depth: 1)
      }
    }
  }

  private mutating func compose(_ event: Event, depth: Int) throws(Diagnostic) -> Node {
    try count(values: 1, depth: depth, at: event.location)
    if event.hasTag {
      faults.add(at: event.location) {
        Diagnostic("tags are not part of the language", at: event.location)
      }
    }
    if case .alias(let name) = event.content {
      return try expand(name, depth: depth, at: event.location)
    }
    let (valuesBefore, aliasesBefore, deepestBefore) = (values, aliases, deepest)
    deepest = depth
    let content: Node.Content
    switch event.content {
    case .scalar(let scalar): content = .scalar(scalar)
    case .sequenceStart: content = .sequence(try items(depth: depth + 1))
    case .mappingStart: content = .mapping(try entries(depth: depth + 1))
    default: preconditionFailure("libyaml sent the end of a collection that has not begun")
    }
    let isScalar = if case .scalar = event.content { true } else { false }
    let node = Node(
      content: content,
      location: isScalar ? event.location : event.location.ofWidth(1))
    if let anchor = event.anchor {
      anchors[anchor] = Anchored(
        node: node, values: values - valuesBefore + 1, depth: deepest - depth,
        aliases: aliases - aliasesBefore)
    }
    deepest = max(deepest, deepestBefore)
    return node
  }

  private mutating func items(depth: Int) throws(Diagnostic) -> [Node] {
    var items: [Node] = []
    while true {
      let event = try reader.next()
      if case .collectionEnd = event.content { return items }
      items.append(try compose(event, depth: depth))
    }
  }

  private mutating func entries(depth: Int) throws(Diagnostic) -> [Entry] {
    var entries: [Entry] = []
    var places: [String: SourceLocation] = [:]
    while true {
      let event = try reader.next()
      if case .collectionEnd = event.content { return entries }
      let key = try compose(event, depth: depth)
      let value = try compose(try reader.next(), depth: depth)
      guard case .scalar(let scalar) = key.content else {
        faults.add(at: key.location) {
          Diagnostic("a name must be a text, not a list or a mapping", at: key.location)
        }
        continue
      }
      if let first = places[scalar.text] {
        faults.add(at: key.location) {
          Diagnostic(
            "\(scalar.text.quoted) stands twice", at: key.location,
            notes: [Diagnostic.Note("the first one", at: first)])
        }
        continue
      }
      places[scalar.text] = key.location
      entries.append(Entry(name: scalar.text, location: key.location, value: value))
    }
  }

  private mutating func expand(
    _ name: String, depth: Int, at location: SourceLocation
  ) throws(Diagnostic) -> Node {
    guard let anchored = anchors[name] else {
      throw Diagnostic("no anchor \(name.quoted) stands before this alias", at: location)
    }
    aliases += 1 + anchored.aliases
    guard aliases <= Limit.yamlAliases else {
      throw Diagnostic(
        "aliases are expanded more than \(Limit.yamlAliases) times", at: location)
    }
    try count(values: anchored.values - 1, depth: depth + anchored.depth, at: location)
    deepest = max(deepest, depth + anchored.depth)
    return anchored.node
  }

  private mutating func count(
    values more: Int, depth: Int, at location: SourceLocation
  ) throws(Diagnostic) {
    values += more
    guard values <= Limit.yamlValues else {
      throw Diagnostic("the file holds more than \(Limit.yamlValues) values", at: location)
    }
    guard depth <= Limit.yamlDepth else {
      throw Diagnostic(
        "values are nested more than \(Limit.yamlDepth) levels deep", at: location)
    }
  }
}

extension SourceLocation {
  fileprivate func ofWidth(_ width: Int) -> SourceLocation {
    SourceLocation(file: file, line: line, column: column, width: width)
  }
}
