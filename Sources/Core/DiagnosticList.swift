/// The faults of one file, up to a limit past which a fault is neither worded nor kept.
package struct DiagnosticList: Sendable, Equatable {
  /// In the order in which they were found.
  package private(set) var diagnostics: [Diagnostic] = []
  private var hasMore = false

  package init() {}

  /// Whether what is added from here on is not kept.
  package var isFull: Bool { diagnostics.count >= Limit.diagnostics }

  /// Keeps one more fault, worded only where there is room.
  ///
  /// A hostile file has a fault per line, and the search for the nearest name costs time for each.
  package mutating func add(at location: SourceLocation, _ diagnostic: () -> Diagnostic) {
    if !isFull {
      diagnostics.append(diagnostic())
    } else if !hasMore {
      hasMore = true
      diagnostics.append(
        Diagnostic("the file has more faults than the \(Limit.diagnostics) told here", at: location)
      )
    }
  }
}
