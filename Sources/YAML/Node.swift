package import Core

/// A value of a YAML document that knows where it stands.
package struct Node: Sendable, Equatable {
  /// What a node is.
  package enum Content: Sendable, Equatable {
    case scalar(Scalar)
    case sequence([Node])
    case mapping([Entry])
  }

  package let content: Content
  /// Where the value begins; its width is that of a scalar on one line, else 1.
  package let location: SourceLocation
}

/// A scalar's text; what it means is for the reader to say.
package struct Scalar: Sendable, Equatable {
  package let text: String
  /// Whether it stands without quotes, so that `null`, `true` and `12` may be more than texts.
  package let isPlain: Bool
}

/// One name of a mapping with its value; a name occurs once in a mapping.
package struct Entry: Sendable, Equatable {
  package let name: String
  /// Where the name stands.
  package let location: SourceLocation
  package let value: Node
}
