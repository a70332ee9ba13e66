package import Checklist
package import Core
package import Gate

/// Whether source files hold, or do not hold, what they should.
package struct FilesCheck: CheckKind {
  package static let declaration = KindDeclaration(
    subject: Field(
      "files", .text, "A pattern for paths, with `**` for any folders.",
      example: "supabase/functions/**/*.ts"),
    summary: "Source files hold what they must, and nothing that they must not.",
    settings: [
      Field(
        "require", .oneOrMany(.text),
        "Regular expressions, each of which some file must match.",
        example: "'dimensions: 384'"),
      Field(
        "forbid", .oneOrMany(.text), "Regular expressions that no file may match.",
        example: "'\\.upsert\\([^;]*?\\)\\s*\\.onConflict\\('"),
    ],
    passesWhen: """
      At least one file matches the pattern; each expression of `require` is found in one of the \
      files, and none of `forbid` in any. Expressions see a file as a whole; `^` and `$` are the ends \
      of a line.
      """,
    cannotTellWhen: """
      No text file matches; there are more than 2,000; one is larger than 1 MiB or cannot be read. \
      Links, hidden folders and `node_modules` are not looked into.
      """,
    needs: "Read access to the files.",
    failures: [
      .init(
        when: "a forbidden pattern matches",
        mending: "Mend the code at the places that the finding names."),
      .init(
        when: "a required pattern is found nowhere",
        mending: "Add what is missing, or correct the pattern."),
    ])

  private let glob: Glob
  private let required: [TextPattern]
  private let forbidden: [TextPattern]

  /// Places that a finding quotes.
  private static let quotedPlaces = 5

  package init(_ settings: Settings) throws(Diagnostic) {
    let location = settings["files"]?.location ?? settings.location
    do throws(Glob.Fault) {
      glob = try Glob(settings.text("files"))
    } catch {
      throw Diagnostic(
        error.message, at: location, help: "such as `supabase/functions/**/*.ts`")
    }
    required = try settings.patterns("require")
    forbidden = try settings.patterns("forbid")
    guard !required.isEmpty || !forbidden.isEmpty else {
      throw Diagnostic(
        "a `files` check without `require` or `forbid` asks nothing", at: location,
        help: "add `forbid: 'PATTERN'`")
    }
  }

  package var services: [String] { [] }

  package var cannotFail: Bool {
    // What is found in nothing, and in a character that nobody looks for, is found in every text.
    forbidden.isEmpty
      && required.allSatisfy { pattern in
        ["", "\u{1}"].allSatisfy { !pattern.ranges(in: $0, atMost: 1).isEmpty }
      }
  }

  package func questions(in services: Services) -> [Question] {
    [Question(.here("the text files that match \(glob.text)"))]
  }

  package func run(in services: Services, timeout: Duration) async -> Finding {
    let search = FileSearch(glob: glob, directory: services.directory)
    let found = await BlockingWork.run { finding(of: search) }
    return found ?? .cannotTell("interrupted before it had an answer")
  }

  private func finding(of search: FileSearch) -> Finding {
    let files: [FileSearch.File]
    do throws(FileSearch.Fault) {
      files = try search.files()
    } catch {
      return .cannotTell(
        error.message, expected: "text files that match \(glob.text)", observed: error.message,
        fix: "files: …   # a narrower pattern, or mend the file")
    }
    guard !files.isEmpty else {
      return .cannotTell(
        "no text file matches \(glob.text)", expected: "at least one file", observed: "none",
        fix: "ls -d \(shellQuoted(glob.base.isEmpty ? "." : glob.base))   # then correct `files`")
    }
    let count = files.count == 1 ? "1 file" : "\(files.count) files"
    let lacking = required.filter { pattern in
      !files.contains { !pattern.ranges(in: $0.text, atMost: 1).isEmpty }
    }
    let places = forbidden.flatMap { pattern in
      files.flatMap { file in
        pattern.ranges(in: file.text, atMost: Self.quotedPlaces + 1).map { Place($0, in: file) }
      }
    }
    guard !lacking.isEmpty || !places.isEmpty else {
      return .pass("\(count) searched", evidence: ["files": .list(files.map(\.path))])
    }
    return failure(lacking, places, count: count, example: files[0].path)
  }

  private func failure(
    _ lacking: [TextPattern], _ places: [Place], count: String, example: String
  ) -> Finding {
    var observed = lacking.map { "nothing in \(count) matches \($0.shown)" }
    observed += places.prefix(Self.quotedPlaces).map { "\($0.position): \($0.line.quoted)" }
    if places.count > Self.quotedPlaces { observed.append("and more") }
    let expected =
      required.map { "a match of \($0.shown)" }
      + forbidden.map { "no match of \($0.shown)" }
    var fixes: [String] = []
    for place in places.prefix(Self.quotedPlaces) {
      let fix = "${EDITOR:-vi} +\(place.lineNumber) \(shellQuoted(place.path))"
      if !fixes.contains(fix) { fixes.append(fix) }
    }
    if fixes.isEmpty { fixes.append("${EDITOR:-vi} \(shellQuoted(example))") }
    let positions = places.prefix(Self.quotedPlaces).map(\.position)
    let message =
      positions.isEmpty
      ? observed[0] : "what is forbidden stands at \(positions.joined(last: "and"))"
    return .fail(
      message, expected: expected.joined(separator: "; "),
      observed: observed.joined(separator: "; "), fix: fixes.joined(separator: "\n"),
      evidence: positions.isEmpty ? [:] : ["places": .list(positions)])
  }

  /// Where a pattern matched.
  private struct Place {
    let path: String
    let lineNumber: Int
    let column: Int
    /// The line on which the match begins.
    let line: String

    var position: String { "\(path):\(lineNumber):\(column)" }

    init(_ range: Range<String.Index>, in file: FileSearch.File) {
      path = file.path
      let before = file.text[..<range.lowerBound].unicodeScalars
      let start = before.lastIndex(of: "\n").map { before.index(after: $0) } ?? before.startIndex
      lineNumber = 1 + before.count { $0 == "\n" }
      column = 1 + before[start...].count
      let rest = file.text.unicodeScalars[start...].prefix { $0 != "\n" && $0 != "\r" }
      line = String(rest).trimmed
    }
  }
}
