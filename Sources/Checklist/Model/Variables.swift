/// The values of variables, from the environment and from env files.
package struct Variables: Sendable {
  private let values: [String: String]

  package init(_ values: [String: String]) {
    self.values = values
  }

  package subscript(name: String) -> String? { values[name] }
}

extension Variables: CustomStringConvertible, CustomReflectable {
  package var description: String { "\(values.count) variables" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A variable without default that has no value.
package struct UnsetVariable: Error, Sendable, Hashable {
  package let name: String
  /// Whether it is set, but to nothing.
  package let isEmpty: Bool

  package init(name: String, isEmpty: Bool) {
    self.name = name
    self.isEmpty = isEmpty
  }
}
