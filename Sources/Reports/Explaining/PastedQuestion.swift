internal import Gate

extension Question.Wire {
  /// What a person pastes to ask the same, and the language of it; nil for what is looked at here.
  var pasted: (text: String, language: String)? {
    switch self {
    case .read(let sql, let parameters):
      let statement =
        parameters.isEmpty
        ? ended(sql)
        : "prepare asked as\n\(ended(sql))\nexecute asked(\(parameters.joined(separator: ", ")));"
      // A rollback keeps what was prepared.
      return (
        "begin read only;\n\(statement)\nrollback;"
          + (parameters.isEmpty ? "" : "\ndeallocate asked;"),
        "sql"
      )
    case .rolledBack(let statements):
      return ("begin;\n" + statements.map { ended($0) + "\n" }.joined() + "rollback;", "sql")
    case .http(let method, let url, let headers, let body):
      let words =
        [methodOption(method, hasBody: body != nil)].compactMap(\.self)
        + headers.map { "--header " + ShellText.word($0.name + ": " + $0.value) }
        + (body.map { ["--data-raw " + ShellText.word($0)] } ?? []) + [ShellText.word(url)]
      return (
        "curl --silent --show-error --include \\\n  " + words.joined(separator: " \\\n  "), "sh"
      )
    case .here: return nil
    }
  }

  /// A statement with its semicolon, which a comment at its end must not swallow.
  private func ended(_ sql: String) -> String {
    if sql.last(where: { !$0.isWhitespace }) == ";" { return sql }
    let lastLine = sql.split(whereSeparator: \.isNewline).last ?? ""
    return sql + (lastLine.contains("--") ? "\n;" : ";")
  }

  private func methodOption(_ method: String, hasBody: Bool) -> String? {
    switch (method, hasBody) {
    case ("GET", false): nil
    case ("HEAD", _): "--head"
    default: "--request \(method)"
    }
  }
}

/// Words as a shell reads them.
enum ShellText {
  /// One word that the shell takes as it is, but for variables, as `${NAME}`.
  static func word(_ text: String) -> String {
    let places = text.ranges(of: /\$\{[A-Za-z_]\w*\}/)
    guard !places.isEmpty else { return quoted(text) }
    var literals: [Substring] = []
    var end = text.startIndex
    for place in places {
      literals.append(text[end..<place.lowerBound])
      end = place.upperBound
    }
    literals.append(text[end...])
    // Between double quotes these would mean something.
    guard literals.contains(where: { $0.contains { "\"\\`$!".contains($0) } }) else {
      return "\"\(text)\""
    }
    return zip(literals, places.map { "\"\(text[$0])\"" } + [""]).map { literal, variable in
      (literal.isEmpty ? "" : quoted(String(literal))) + variable
    }.joined()
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
