internal import ArgumentParser
internal import Checklist
internal import Checks
internal import Reports

/// Prints the JSON Schema of what people write, or of what machines read.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of checklists or of JSON reports.")

  /// What a schema describes.
  enum Subject: String, ExpressibleByArgument, CaseIterable {
    case checklist
    case report
  }

  @Argument(help: "checklist or report.")
  var subject: Subject

  func run() {
    let document =
      switch subject {
      case .checklist: ChecklistSchema(kinds: allKindDeclarations).document
      case .report: ReportSchema.document
      }
    Output().report(document)
  }
}
