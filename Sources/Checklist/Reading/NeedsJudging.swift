internal import Core

/// One name in the `needs` of a check.
struct Need {
  let check: String
  let name: String
  let location: SourceLocation

  /// Nil where the item is no text.
  init?(of check: String, _ item: Setting) {
    guard case .text(let name) = item.value else { return nil }
    self.check = check
    self.name = name
    location = item.location
  }
}

extension FieldReader {
  /// Tells of each need of something unknown, and of each ring of checks that need each other.
  mutating func judge(_ needs: [Need], of checks: [String: SourceLocation]) {
    let serviceNames = services.allNames
    for need in needs where checks[need.name] == nil {
      let service = need.name.hasPrefix("service.") ? need.name.dropFirst(8) : nil
      if let service, services.contains(String(service)) { continue }
      fail(
        "no check or service is called \(need.name.quoted)", at: need.location,
        help: FieldReader.nearest(to: need.name, in: checks, services: serviceNames)
          .map { "did you mean `\($0)`?" } ?? "services are called `service.NAME`")
    }
    judgeRings(Dictionary(grouping: needs.filter { checks[$0.name] != nil }, by: \.check), needs)
  }

  private static func nearest(
    to name: String, in checks: [String: SourceLocation], services: [String]
  ) -> String? {
    // Of a giant file only the nearer ids: each comparison costs time.
    let candidates = checks.keys.sorted().prefix(2_000) + services.map { "service.\($0)" }
    return candidates.nearest(to: name)
  }

  /// Walks along the needs, without recursion: a file can chain thousands of checks.
  private mutating func judgeRings(_ needs: [String: [Need]], _ order: [Need]) {
    var finished: Set<String> = []
    for start in order where !finished.contains(start.check) {
      var path = [start.check]
      var onPath: [String: Int] = [start.check: 0]
      var open = [needs[start.check, default: []][...]]
      while let need = open[open.count - 1].popFirst() ?? leave(&path, &onPath, &open, &finished) {
        if let ring = onPath[need.name] {
          tellRing(path[ring...], closedBy: need)
        } else if !finished.contains(need.name) {
          onPath[need.name] = path.count
          path.append(need.name)
          open.append(needs[need.name, default: []][...])
        }
      }
    }
  }

  /// Goes back along the path to the next need not followed yet; nil where the walk is done.
  private func leave(
    _ path: inout [String], _ onPath: inout [String: Int], _ open: inout [ArraySlice<Need>],
    _ finished: inout Set<String>
  ) -> Need? {
    while let name = path.popLast() {
      finished.insert(name)
      onPath[name] = nil
      open.removeLast()
      if let last = open.indices.last, let need = open[last].popFirst() { return need }
    }
    return nil
  }

  private mutating func tellRing(_ ring: ArraySlice<String>, closedBy need: Need) {
    let shown = ring.count > 8 ? Array(ring.prefix(7)) + ["…"] : Array(ring)
    fail(
      ring.count == 1
        ? "the check \(need.name.quoted) needs itself"
        : "these checks need each other: \((shown + [need.name]).joined(separator: " → "))",
      at: need.location)
  }
}
