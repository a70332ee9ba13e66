/// A version of numbers between dots, such as `0.8.5`.
struct VersionNumber: Sendable, Equatable, Comparable {
  /// As it was written.
  let text: String
  /// Without the zeros at its end: `1.0` is as new as `1`.
  private let parts: [Int]

  /// Nil where a part is no number, as in `3.5.0dev`: nobody but its maker knows what comes first.
  init?(_ text: String) {
    var parts: [Int] = []
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      guard !part.isEmpty, part.utf8.count <= 9,
        part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = Int(part)
      else { return nil }
      parts.append(number)
    }
    while parts.last == 0 { parts.removeLast() }
    self.text = text
    self.parts = parts
  }

  static func == (left: VersionNumber, right: VersionNumber) -> Bool { left.parts == right.parts }

  static func < (left: VersionNumber, right: VersionNumber) -> Bool {
    left.parts.lexicographicallyPrecedes(right.parts)
  }
}
