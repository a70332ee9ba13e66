/// Tells what looks like a secret where no declared field says that it is one.
enum SecretLook {
  /// Whether a name is such as people give to secrets.
  static func isSecret(name: String) -> Bool {
    let name = name.lowercased()
    // The check kind `secret` takes the name of a variable.
    return name != "secret"
      && ["key", "token", "secret", "password"].contains { name.contains($0) }
  }

  /// The column from which a line of text, YAML or not, must not be shown; nil where all may be.
  static func hiddenColumn(in line: Substring) -> Int? {
    // Nobody reads a line this long, and to search all of it takes too long.
    guard line.utf8.count <= longestLine else { return 1 }
    let scalars = Array(line.unicodeScalars)
    var name = String.UnicodeScalarView()
    var isInName = false
    for (place, scalar) in scalars.enumerated() {
      if scalar.properties.isAlphabetic || "0123456789_-".unicodeScalars.contains(scalar) {
        if !isInName { name = String.UnicodeScalarView() }
        isInName = true
        name.append(scalar)
        continue
      }
      isInName = false
      guard scalar == ":", isSecret(name: String(name)) else { continue }
      let value = scalars[(place + 1)...].drop { " \t\"'".unicodeScalars.contains($0) }
      if !value.isEmpty, !value.starts(with: "${".unicodeScalars) { return value.startIndex + 1 }
    }
    guard ConnectionText.holdsPassword(String(line)) else { return nil }
    return (scalars.firstIndex(of: ":") ?? 0) + 2
  }

  /// Bytes of a line that is searched.
  private static let longestLine = 10_000
}
