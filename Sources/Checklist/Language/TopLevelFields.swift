/// The parts of a checklist.
package enum TopLevelFields {
  /// The newest version of the language that is understood.
  package static let newestVersion = 1

  /// The parts that are single values; they hold no variables.
  package static let scalars = [
    Field(
      "version", .whole(1...newestVersion), "The version of the language.", isRequired: true,
      example: "1"),
    Field("name", .text, "What the checklist is called in reports.", example: "issue embeddings"),
    Field("description", .text, "What the checklist is for."),
  ]

  /// Other files, whose services, checks and pipelines are taken as if they stood here.
  package static let include = Field(
    "include", .list(.text, atLeast: 1),
    "Files, relative to this one, whose services, checks and pipelines belong to it too.",
    example: "[common/services.yaml]")

  /// The parts that are services, checks, pipelines and the first run.
  package static let sections = [
    Field(
      "services", .map(.record(ServiceKind.allCases.flatMap(\.fields))), "What to talk to."),
    Field(
      "checks", .list(.record(CommonSettings.fields), atLeast: 1),
      "What must be true; beside these settings a check has those of its kind."),
    Field(
      "pipelines", .list(.record(PipelineFields.pipeline), atLeast: 1), "What the runner embeds."),
    Field(
      "first_run", .record(FirstRunFields.firstRun), "When a first run counts as healthy."),
  ]

  package static let all = scalars + [include] + sections
}
