extension Sequence where Element == String {
  /// The name that a person most likely meant by a mistyped one, or nil where none is close.
  ///
  /// Close means an edit distance of at most a third of the longer name's length, where a swap of
  /// two neighbours counts as one edit, as typing does.
  package func nearest(to typed: String) -> String? {
    let wanted = Array(typed.lowercased().replacing("-", with: "_").unicodeScalars.prefix(64))
    let rated = map { name -> (name: String, distance: Int, limit: Int) in
      let letters = Array(name.lowercased().unicodeScalars.prefix(64))
      let limit = Swift.max(1, Swift.max(wanted.count, letters.count) / 3)
      return (name, editDistance(wanted, letters), limit)
    }
    return rated.filter { $0.distance <= $0.limit && $0.distance < wanted.count }
      .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
  }
}

private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  guard !left.isEmpty, !right.isEmpty else { return Swift.max(left.count, right.count) }
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for (row, letter) in left.enumerated() {
    var current = [row + 1]
    for (column, other) in right.enumerated() {
      var best = Swift.min(
        last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
      if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
        best = Swift.min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    beforeLast = last
    last = current
  }
  return last[right.count]
}
