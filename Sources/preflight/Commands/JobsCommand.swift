internal import ArgumentParser
internal import Checklist
internal import Checks
internal import Core
internal import Gate
internal import Monitor
internal import Reports
internal import Runner

/// Lists the state of the jobs and of the queue.
struct JobsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "List the state of jobs and queues.")

  @OptionGroup var file: ChecklistArgument
  @OptionGroup var variables: EnvFileOptions

  @Option(help: "auto, always or never.")
  var color: ColorChoice = .auto

  func run() async throws {
    let session = try Session(reading: file, variables)
    guard !session.checklist.pipelines.isEmpty else {
      session.output.note("\(session.checklist.path) declares no pipeline\n")
      throw ExitCode(ExitStatus.usage.rawValue)
    }
    var overviews: [JobOverview] = []
    var isComplete = true
    for declaration in session.checklist.pipelines {
      do {
        let services = try session.services.services(for: declaration)
        overviews.append(
          try await JobListing(pipeline: services.pipeline, database: services.database).read())
      } catch let fault as SettingFault {
        session.output.note("\(fault.location): \(fault.message)\n")
        isComplete = false
      } catch let fault as ListingFault {
        session.output.note("\(declaration.name): \(fault.message)\n")
        isComplete = false
      }
    }
    let style = Style(
      isColored: color.isColored(
        environment: session.environment, isTerminal: Terminal.output.isTerminal),
      isUnicode: Style.showsUnicode(in: session.environment),
      width: Terminal.output.width(environment: session.environment))
    session.output.report(
      JobsText(overviews, style: style, redactor: session.redactor).document)
    guard isComplete else { throw ExitCode(ExitStatus.undecided.rawValue) }
  }
}
