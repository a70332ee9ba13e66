/// Tells what looks like a secret where no declared field says that it is one.
package enum SecretLook {
  /// Whether a variable, a header or a setting has a name such as people give to secrets.
  package static func isSecret(name: String) -> Bool {
    let name = Array(name.lowercased().utf8)
    return words.contains { !name.ranges(of: $0.utf8).isEmpty }
  }

  private static let words = [
    "key", "token", "secret", "password", "passwd", "passphrase", "_pwd", "credential",
    "authorization", "cookie", "jwt",
  ]

  /// Whether a name in a checklist stands before what looks like a secret.
  static func isSecret(setting name: String) -> Bool {
    // The check kind `secret` takes the name of a variable.
    name.lowercased() != "secret" && isSecret(name: name)
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
      guard scalar == ":", isSecret(setting: String(name)) else { continue }
      let value = scalars[(place + 1)...].drop { " \t\"'".unicodeScalars.contains($0) }
      if !value.isEmpty, !value.starts(with: "${".unicodeScalars) { return value.startIndex + 1 }
    }
    guard ConnectionText.holdsPassword(String(line)) else { return nil }
    return (scalars.firstIndex(of: ":") ?? 0) + 2
  }

  /// Bytes of a line that is searched.
  private static let longestLine = 10_000
}
