internal import Core

/// What is visibly wrong with the text of a secret, whatever the true value is.
///
/// No message tells the value, its digest or its length.
enum SecretShape {
  /// The faults of a value, in words that complete "it …".
  static func faults(of value: Secret) -> [String] {
    value.reveal { text in
      var faults: [String] = []
      if isPlaceholder(text) { faults.append("is a placeholder") }
      if hasQuotes(text) { faults.append("stands between quotes") }
      if text.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) {
        faults.append("holds a line break")
      }
      if let first = text.unicodeScalars.first, let last = text.unicodeScalars.last,
        [first, last].contains(where: spaces.contains)
      {
        faults.append("begins or ends with a space")
      }
      if let scheme = ["bearer ", "basic "].first(where: { text.lowercased().hasPrefix($0) }) {
        faults.append("begins with `\(scheme == "basic " ? "Basic" : "Bearer") `")
      }
      let controls = text.unicodeScalars.contains { scalar in
        scalar.properties.generalCategory == .control
          && !["\n", "\r", "\t"].contains(scalar) || scalar.properties.generalCategory == .format
      }
      if controls { faults.append("holds an invisible character") }
      return faults
    }
  }

  private static let spaces: Set<Unicode.Scalar> = [" ", "\t", "\u{A0}"]

  private static func hasQuotes(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    let quotes: Set<Unicode.Scalar> = ["\"", "'", "`", "“", "”", "‘", "’"]
    return scalars.first.map(quotes.contains) == true || scalars.last.map(quotes.contains) == true
  }

  private static func isPlaceholder(_ text: String) -> Bool {
    let folded = text.lowercased()
    let letters = String(folded.filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
    if wholeWords.contains(letters) || telltales.contains(where: letters.contains) { return true }
    let enclosed = [("<", ">"), ("[", "]"), ("%", "%"), ("__", "__")]
    if enclosed.contains(where: { folded.count > 2 && folded.hasPrefix($0) && folded.hasSuffix($1) }
    )
      || unexpanded.contains(where: folded.hasPrefix)
    {
      return true
    }
    // `sk-xxxx`, `sk-proj-****`, `sk-...`: behind a vendor's prefix nothing but filler.
    let filler: Set<Character> = ["x", "*", ".", "…", "•", "0"]
    let tail = folded.split(separator: "-", omittingEmptySubsequences: false).last ?? ""
    let isFiller =
      tail.count >= 3 && tail.allSatisfy(filler.contains) || tail.count >= 4 && Set(tail).count == 1
    return isFiller || tail == "…" || folded.filter { $0 != "-" && $0 != "_" }.isEmpty
  }

  /// How references begin that a shell, a bundler, a CI or a vault should have replaced.
  private static let unexpanded = [
    "${", "$(", "$openai", "$supabase", "{{", "process.env.", "import.meta.env.", "deno.env.",
    "secrets.", "op://",
  ]

  private static let wholeWords: Set<String> = [
    "", "todo", "fixme", "tbd", "none", "null", "nil", "undefined", "secret", "password", "token",
    "key", "apikey", "test", "dummy", "example", "sample", "foo", "bar", "foobar", "abc", "abc123",
    "1234", "12345", "123456", "sk", "skkey", "skproj", "sktest", "skabc123", "sk1234", "sk123456",
    "sktodo", "skdummy", "skexample", "notset", "unset", "sktest123", "test123", "testkey",
    "mykey", "myapikey", "mysecret", "mytoken", "secretkey", "supersecret", "fake", "default",
    "redacted", "hidden", "removed", "replace", "insert", "value", "string", "text", "empty",
    "password123", "admin", "root", "postgres", "letmein", "qwerty", "abcdef", "xyz", "na",
  ]

  /// Long enough that no random key holds one by chance.
  private static let telltales = [
    "changeme", "replaceme", "placeholder", "yourkey", "yourapikey", "yoursecret", "yourtoken",
    "youropenai", "yourpassword", "keyhere", "secrethere", "tokenhere", "insertkey", "insertyour",
    "enteryour", "dummykey", "examplekey", "notarealkey", "changethis", "replacewith",
    "replacethis",
    "pasteyour", "putyour", "fillthis", "fillmein", "fakekey", "fakeapikey", "mockkey", "samplekey",
    "yoursupabase", "youranon", "yourservicerole", "yourproject", "yourpersonal", "youropen",
    "yourvalue", "valuehere", "goeshere", "getyourkey", "notakey", "invalidkey",
  ]
}
