/// A value that must not be shown: it does not print, and only its use at the wire reveals it.
package struct Secret: Sendable, Hashable {
  private let value: String

  package init(_ value: String) {
    self.value = value
  }

  package var isEmpty: Bool { value.isEmpty }

  /// Hands the value to the one place that needs it.
  package func reveal<Result, Failure: Error>(
    to use: (String) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try use(value)
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "‹secret›" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
