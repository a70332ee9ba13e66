/// Secrets as paths of a tree, each character a step, so that those with the same beginning are
/// looked for in one go.
struct SecretTree: Sendable {
  private struct Step: Sendable, Hashable {
    let node: Int
    let scalar: Unicode.Scalar
  }

  private var steps: [Step: Int] = [:]
  /// How many characters lead to a node; the root is the first.
  private var depths = [0]
  private var isEnd = [false]
  /// The ASCII characters that a path begins with.
  private var beginnings = [Bool](repeating: false, count: 0x80)

  /// Adds a text, in which white space of any length stands for white space of any other length:
  /// others collapse it and break lines at it.
  mutating func add(_ text: String) {
    var node = 0
    for scalar in text.unicodeScalars where !isSpace(at: node, scalar) {
      node = child(of: node, by: [scalar])
      // It has no end of its own.
      if scalar.properties.isWhitespace { steps[Step(node: node, scalar: " ")] = node }
    }
    isEnd[node] = true
  }

  /// Adds digits of base64; between two of them may be white space, since lines are broken anywhere.
  mutating func add(_ digits: some Sequence<Base64Digit>) {
    var node = 0
    for digit in digits {
      if node > 0 { steps[Step(node: node, scalar: " ")] = node }
      node = child(of: node, by: digit.scalars)
    }
    isEnd[node] = true
  }

  private func isSpace(at node: Int, _ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace && steps[Step(node: node, scalar: " ")] == node
  }

  private mutating func child(of node: Int, by scalars: [Unicode.Scalar]) -> Int {
    let keys = scalars.map { $0.properties.isWhitespace ? " " : $0 }
    if let child = steps[Step(node: node, scalar: keys[0])] { return child }
    depths.append(depths[node] + 1)
    isEnd.append(false)
    for key in keys {
      steps[Step(node: node, scalar: key)] = depths.count - 1
      if node == 0, key.isASCII { beginnings[Int(key.value)] = true }
    }
    return depths.count - 1
  }

  private func step(from node: Int, by scalar: Unicode.Scalar) -> Int? {
    // Most texts are of ASCII, and most characters of them begin nothing.
    if node == 0, scalar.isASCII, !beginnings[Int(scalar.value)] { return nil }
    return steps[Step(node: node, scalar: scalar.properties.isWhitespace ? " " : scalar)]
  }

  private struct State: Equatable {
    var node: Int
    var place: Int
  }

  /// Where the longest secret ends that begins at a place of a text, or nil where none does.
  ///
  /// One that the text leaves off with `…` ends there.
  func end(in text: [UInt8], from start: Int) -> Int? {
    var state = State(node: 0, place: start)
    var longest: Int?
    while state.place < text.count, Spelling.isPlain(text[state.place]) {
      guard let next = step(from: state.node, by: Unicode.Scalar(text[state.place])) else {
        return longest
      }
      state = State(node: next, place: state.place + 1)
      if isEnd[next] { longest = state.place }
    }
    // From here on there is more than one way to read the text.
    var states = [state]
    while !states.isEmpty {
      var following: [State] = []
      for state in states {
        if isCut(text, at: state) { longest = max(longest ?? 0, state.place) }
        for spelling in Spelling.all(in: text, at: state.place) {
          guard let next = step(from: state.node, by: spelling.scalar) else { continue }
          let reached = State(node: next, place: spelling.end)
          if isEnd[next] { longest = max(longest ?? 0, reached.place) }
          if !following.contains(reached) { following.append(reached) }
        }
      }
      states = following
    }
    return longest
  }

  private func isCut(_ text: [UInt8], at state: State) -> Bool {
    depths[state.node] >= Redactor.shortestSecret && state.place < text.count
      && text[state.place...].starts(with: "…".utf8)
  }
}

/// A digit of base64, and the one that stands for it where it has to be safe in a URL.
struct Base64Digit: Sendable {
  let scalars: [Unicode.Scalar]

  private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
  /// The alphabets of RFC 4648, sections 4 and 5.
  private static let all = zip((letters + "+/").unicodeScalars, (letters + "-_").unicodeScalars)
    .map { Base64Digit(scalars: $0 == $1 ? [$0] : [$0, $1]) }

  /// The digits of these bytes behind so many others, but for those that they share with their
  /// neighbours: the base64 of any longer text holds one of the three rows.
  static func all(of bytes: [UInt8], behind offset: Int) -> [Base64Digit] {
    let bytes = Array(repeating: UInt8(0), count: offset) + bytes
    return ((offset * 8 + 5) / 6..<bytes.count * 8 / 6).map { place in
      let (byte, shift) = (place * 6 / 8, place * 6 % 8)
      let pair = UInt16(bytes[byte]) << 8 | UInt16(byte + 1 < bytes.count ? bytes[byte + 1] : 0)
      return all[Int(pair >> UInt16(10 - shift) & 63)]
    }
  }
}
