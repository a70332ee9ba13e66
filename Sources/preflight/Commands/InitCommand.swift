internal import ArgumentParser
internal import Checklist
internal import Checks
internal import Core
internal import Discovery
internal import Gate

/// Writes a first checklist from what can be seen of a project.
struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a checklist by looking at the database, the environment and the source tree.",
    discussion: """
      Nothing is changed but the new file, and no variable's value goes into it. Exit status: 0 \
      written; 2 written, though something could not be looked at; 64 the file is there already.
      """)

  @Option(help: "The file to write, which must not be there yet; - is standard output.")
  var output = "preflight.yaml"

  @Option(help: "The variable that holds the database's URL: its name, not the URL.")
  var database = "DATABASE_URL"

  @Option(help: "The folder of the source tree.", completion: .directory)
  var source = "."

  @OptionGroup var variables: EnvFileOptions

  func validate() throws {
    guard database.isVariableName else {
      // It is not repeated: somebody may have put the URL there.
      throw ValidationError(
        "--database takes the name of a variable, such as DATABASE_URL; a URL stands in none of "
          + "the arguments, where every user of the machine can read it")
    }
  }

  func run() async throws {
    let streams = Output()
    let environment = ProcessEnvironment.read()
    streams.hide(KnownSecrets(of: environment))
    let refuse = { (words: String) in
      streams.note("preflight init: \(words)\n")
      return ExitCode(ExitStatus.usage.rawValue)
    }
    guard isStandardOutput || !InputFile.exists(output) else { throw refuse(occupied) }
    guard InputFile.exists(source + "/.") else {
      throw refuse("there is no folder \(source.quoted); name the source tree with --source")
    }
    let files = EnvFiles.read(variables.envFile)
    // Without their lines: these hold secrets that nobody has read yet.
    streams.note(files.diagnostics.map { $0.rendered(quoting: []) + "\n\n" }.joined())
    guard files.diagnostics.isEmpty else {
      throw ExitCode(ExitStatus.invalidChecklist.rawValue)
    }
    let values = SecretFiles.read(
      [database], in: files.variables.merging(environment) { _, own in own })
    let secrets = KnownSecrets(of: values.all)
    streams.hide(secrets)
    let survey = Survey(
      source: source, databaseVariable: database, variables: values,
      redactor: secrets.redactor, checklist: isStandardOutput ? nil : output)
    let (facts, stopped) = try await Interruptible.run { await survey.facts() }
    if let stopped { throw ExitCode(stopped.rawValue) }
    // What is quoted of sources and of the database may hold a secret that stands in a variable too.
    let draft = streams.redacted(Draft(facts).text)
    let checklist = try readBack(draft, streams)
    if isStandardOutput {
      streams.report(draft)
    } else {
      do throws(NewFile.Fault) {
        try NewFile.write(draft, to: output)
      } catch {
        guard case .unwritable(let words) = error else { throw refuse(occupied) }
        streams.note("preflight init: cannot write \(output.quoted): \(words)\n")
        throw ExitCode(ExitStatus.internalFault.rawValue)
      }
    }
    streams.note(summary(of: checklist, facts))
    guard facts.allGaps.isEmpty else { throw ExitCode(ExitStatus.undecided.rawValue) }
  }

  private var isStandardOutput: Bool { output == "-" }

  private var occupied: String {
    "\(output.quoted) is there already and stays as it is; name another file with --output"
  }

  /// Reads the draft as every command reads a checklist: one with a fault is not written.
  private func readBack(_ draft: String, _ streams: Output) throws(ExitCode) -> Checklist {
    let read = Checklist.read(
      path: output, bytes: Array(draft.utf8), kinds: allKindDeclarations)
    let faults = read.diagnostics + (read.checklist.map { diagnostics(for: $0) } ?? [])
    guard let checklist = read.checklist, !faults.contains(where: { $0.severity == .error })
    else {
      streams.note("preflight init: the checklist that was made has faults; please report them\n\n")
      streams.note(faults.map { $0.rendered(quoting: read.sources) + "\n\n" }.joined())
      throw ExitCode(ExitStatus.internalFault.rawValue)
    }
    return checklist
  }

  private func summary(of checklist: Checklist, _ facts: Facts) -> String {
    let catalog = facts.catalog
    let database =
      switch facts.database {
      case .read:
        "\(database): \(catalog.tables.count.counted("table")) and "
          + "\(catalog.functions.count.counted("function")) of interest"
      case .unread: "\(database): not read"
      }
    let example = facts.example.map { $0.count.counted("name") } ?? "not there"
    let counts =
      "\(checklist.checks.count.counted("check")), "
      + "\(checklist.services.count.counted("service")), "
      + checklist.pipelines.count.counted("pipeline")
    var lines = [
      "looked at:", "  database      \(database)",
      "  source tree   \(source): \(facts.source.files.counted("file"))",
      "  .env.example  \(example)",
      "  environment   names, and no value",
    ]
    if !facts.allGaps.isEmpty {
      lines += ["not looked at:"] + facts.allGaps.map { "  \($0)" }
    }
    lines.append(isStandardOutput ? counts : "wrote \(output): \(counts)")
    if !isStandardOutput {
      let files = variables.envFile.map { " --env-file \($0)" }.joined()
      lines.append("Next: preflight check \(output)\(files)")
    }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension String {
  /// Whether an environment can hold a variable of this name.
  fileprivate var isVariableName: Bool {
    utf8.enumerated().allSatisfy { place, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "_"):
        true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): place > 0
      default: false
      }
    } && !isEmpty
  }
}
