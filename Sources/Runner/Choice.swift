internal import Core

/// Which of a pipeline's rows a run takes up: all that wait, unless more or less was asked for.
struct Choice: Sendable, Equatable {
  /// How many rows at most; nil for all.
  var items: Int?
  /// A further SQL condition on a source row.
  var condition: String?
  /// Whether rows that have their vector already are embedded anew.
  var all = false

  /// The choice as the command line has it, or nil where it is all that wait.
  var words: String? {
    let words = [
      all ? "--all" : nil, condition.map { "--where \"\($0.escaped)\"" },
      items.map { "--items \($0)" },
    ].compactMap(\.self)
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// Whether rows are left out by a run of so many items.
  func isPart(of items: Int) -> Bool {
    condition != nil || self.items.map { $0 <= items } ?? false
  }
}
