internal import Core
internal import YAML

extension FieldReader {
  /// The value of an entry, or nil with a fault where it does not fit the shape.
  mutating func value(
    of entry: Entry, as shape: Shape, named name: String, in place: Place
  ) -> Value? {
    value(of: entry.value, as: shape, named: name, in: place, key: entry.location)
  }

  private mutating func value(
    of node: Node, as shape: Shape, named name: String, in place: Place, key: SourceLocation
  ) -> Value? {
    switch shape {
    case .list(let item, let least):
      guard let items = items(of: node, named: name) else { return nil }
      guard items.count >= least else {
        fail("\(name) must have at least \(least) items", at: node.location)
        return nil
      }
      return list(items, of: item, named: "an item of \(name)", in: place, key: key)
    case .oneOrMany(let item):
      guard case .sequence = node.content else {
        return list([node], of: item, named: name, in: place, key: key)
      }
      guard let items = items(of: node, named: name) else { return nil }
      return list(items, of: item, named: "an item of \(name)", in: place, key: key)
    case .map(let item):
      guard let entries = entries(of: node, named: name) else { return nil }
      return map(entries, of: item, named: name, in: place, at: node.location)
    case .record(let fields):
      guard let entries = entries(of: node, named: name) else { return nil }
      let inner = Place(name: name, location: key, fillsVariables: place.fillsVariables)
      refuseUnknown(entries, known: fields, in: inner)
      return .record(settings(entries, by: fields, in: inner))
    default:
      return scalarValue(of: node, as: shape, named: name, in: place)
    }
  }

  private mutating func list(
    _ items: [Node], of shape: Shape, named name: String, in place: Place, key: SourceLocation
  ) -> Value? {
    var settings: [Setting] = []
    for item in items {
      // A record in a list has no name of its own, so what it lacks is told where it begins.
      let start = if case .mapping = item.content { item.location } else { key }
      let value = value(of: item, as: shape, named: name, in: place, key: start)
      if let value { settings.append(Setting(value, at: item.location)) }
    }
    return settings.count == items.count ? .list(settings) : nil
  }

  private mutating func map(
    _ entries: [Entry], of shape: Shape, named name: String, in place: Place,
    at location: SourceLocation
  ) -> Value? {
    guard !entries.isEmpty else {
      fail("\(name) is an empty mapping", at: location)
      return nil
    }
    var settings: [NamedSetting] = []
    for entry in entries {
      if entry.name.isEmpty { fail("\(name) has an empty name", at: entry.location) }
      let inner = "\(entry.name.quoted) in \(name)"
      if let value = value(of: entry, as: shape, named: inner, in: place) {
        settings.append(NamedSetting(entry.name, Setting(value, at: entry.value.location)))
      }
    }
    return settings.count == entries.count ? .map(settings) : nil
  }

  private mutating func scalarValue(
    of node: Node, as shape: Shape, named name: String, in place: Place
  ) -> Value? {
    guard case .scalar(let scalar) = node.content else {
      if shape.isSecret { hide(node.location) }
      fail("\(name) must be \(shape.expectation), not \(node.nature)", at: node.location)
      return nil
    }
    if scalar.text.utf8.contains(UInt8(ascii: "$")), scalar.text.contains("${") {
      // In quotes, what fills it is a text whatever it looks like.
      let shape = shape == .scalar && !scalar.isPlain ? .text : shape
      return template(scalar.text, as: shape, named: name, in: place, at: node.location)
    }
    if case .service(let kind) = shape {
      return service(scalar.text, of: kind, named: name, at: node.location)
    }
    if shape.isSecret, !scalar.text.isEmpty {
      let isOpen = shape == .connection && !ConnectionText.holdsPassword(scalar.text)
      guard isOpen else {
        refuseLiteralSecret(named: name, shape: shape, at: node.location)
        return nil
      }
    }
    if shape != .scalar, scalar.text.isEmpty || scalar.isNull {
      fail("\(name) has no value", at: node.location, help: "it must be \(shape.expectation)")
      return nil
    }
    guard let value = shape.value(of: scalar.text, isPlain: scalar.isPlain) else {
      let isForQuotes = shape.value(of: scalar.text, isPlain: true) != nil
      let text = (isForQuotes ? "the quoted text " : "") + scalar.text.quoted
      fail(
        "\(name) must be \(shape.expectation), not \(text)", at: node.location,
        help: isForQuotes ? "write it without quotes" : shape.help(for: scalar))
      return nil
    }
    return value
  }

  private mutating func template(
    _ text: String, as shape: Shape, named name: String, in place: Place,
    at location: SourceLocation
  ) -> Value? {
    let template: Template
    do throws(Template.Fault) {
      template = try Template(reading: text)
    } catch {
      if shape.isSecret { hide(location) }
      fail("\(name): \(error.message)", at: location, help: "write ${NAME} or ${NAME:-default}")
      return nil
    }
    guard place.fillsVariables, shape.mayHoldVariables else {
      fail("\(name) cannot hold a variable", at: location)
      return nil
    }
    let isLiteral =
      switch shape {
      case .secret: template.hasDefault
      case .connection: ConnectionText.holdsPassword(template.literalText)
      default: false
      }
    guard !isLiteral else {
      refuseLiteralSecret(named: name, shape: shape, at: location)
      return nil
    }
    return .pending(template, shape)
  }

  private mutating func refuseLiteralSecret(
    named name: String, shape: Shape, at location: SourceLocation
  ) {
    hide(location)
    fail(
      shape == .connection ? "\(name) holds a password" : "\(name) holds the secret itself",
      at: location, help: "write ${NAME}, not the secret, and set that variable")
  }

  private mutating func service(
    _ service: String, of kind: String, named name: String, at location: SourceLocation
  ) -> Value? {
    guard services.contains(service) else {
      let fitting = services.names(of: kind)
      fail(
        "\(name): no service \(service.quoted) is declared", at: location,
        help: fitting.nearest(to: service).map { "did you mean `\($0)`?" }
          ?? (fitting.isEmpty
            ? "declare a service of kind `\(kind)` under `services`"
            : "declared are \(fitting.joined(separator: ", "))"))
      return nil
    }
    if let declared = services.kind(of: service), declared.rawValue != kind {
      fail(
        "\(name) must be \(Shape.service(kind: kind).expectation), and \(service.quoted) is of kind"
          + " `\(declared.rawValue)`", at: location)
      return nil
    }
    return .text(service)
  }
}

extension Scalar {
  /// Whether the core schema of YAML 1.2 reads the scalar as null.
  fileprivate var isNull: Bool {
    isPlain && ["~", "null", "Null", "NULL"].contains(text)
  }
}

extension Template {
  fileprivate var hasDefault: Bool {
    parts.contains { part in
      if case .variable(_, let fallback?) = part { !fallback.isEmpty } else { false }
    }
  }
}

extension Shape {
  /// Whether a variable may stand in for the value; names are needed before any is filled.
  fileprivate var mayHoldVariables: Bool {
    switch self {
    case .identifier, .service: false
    default: true
    }
  }

  /// What a person who wrote this most likely has to change.
  fileprivate func help(for scalar: Scalar) -> String? {
    switch self {
    case .word(let words): words.nearest(to: scalar.text).map { "did you mean `\($0)`?" }
    case .duration: Double(plain: scalar.text) == nil ? nil : "write the unit: `\(scalar.text)s`"
    case .flag:
      ["yes", "no", "on", "off"].contains(scalar.text.lowercased())
        ? "YAML 1.2 reads `\(scalar.text)` as a text" : nil
    default: nil
    }
  }
}
