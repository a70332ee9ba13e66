internal import ArgumentParser
internal import Checks
internal import Gate

/// The program: a proof before every deploy, a watch over the first run.
@main
struct Preflight: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preflight",
    abstract: "A proof before every deploy, a watch over the first run.",
    discussion: """
      Exit status: 0 go, or verified; 1 no-go; 2 undecided; 3 warnings, with --fail-on warn; \
      4 the first run was aborted; 5 the first run could not be judged; 64 usage; \
      70 an internal fault; 78 the checklist is invalid; 130 and 143 stopped by a signal.
      """,
    version: Preflight.version,
    subcommands: [
      CheckCommand.self, LaunchCommand.self, RunCommand.self, JobsCommand.self, InitCommand.self,
      LintCommand.self, ExplainCommand.self, SchemaCommand.self, SandboxCommand.self,
    ])

  static let version = "0.1.0"

  /// What the parser says of arguments repeats them, and one may be a secret.
  static func main() async {
    FreedMemory.share()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      // A command that has said all it had to say ends by its status alone.
      guard !text.isEmpty else { exit(withError: code) }
      let output = Output()
      if code.isSuccess {
        // Help, or a script for a shell: words of the program alone.
        output.report(text + "\n")
      } else {
        output.hide(KnownSecrets(of: ProcessEnvironment.read()))
        output.note(text + "\n")
      }
      exit(withError: code)
    }
  }

  /// Without a command nothing is proved, so that it must not look like a success either.
  func run() async throws {
    Output().note(Preflight.helpMessage() + "\n")
    throw ExitCode(ExitStatus.usage.rawValue)
  }
}
