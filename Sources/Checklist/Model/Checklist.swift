package import Core

/// A checklist as its file says it, free of faults, with its variables not filled yet.
package struct Checklist: Sendable, Equatable {
  package let path: String
  /// `sha256:` and 64 hexadecimal digits: of the file's bytes, or of the list of such digests of
  /// the file and all that it includes.
  package let digest: String
  package let name: String?
  package let description: String?
  package let services: [ServiceDeclaration]
  /// In the order of the file, at least one.
  package let checks: [CheckDeclaration]
  package let pipelines: [PipelineDeclaration]
  package let firstRun: FirstRunDeclaration?
}

/// What came of reading a checklist's file.
package struct ReadChecklist: Sendable {
  /// Nil where any diagnostic is an error.
  package let checklist: Checklist?
  /// In the order of the files, and of their lines.
  package let diagnostics: [Diagnostic]
  /// The files' texts, with secrets that stand in them literally taken out.
  package let sources: [SourceText]

  package init(checklist: Checklist?, diagnostics: [Diagnostic], sources: [SourceText]) {
    self.checklist = checklist
    self.diagnostics = diagnostics
    self.sources = sources
  }
}

/// Something to talk to, by the name that the checklist gives it.
package struct ServiceDeclaration: Sendable, Equatable {
  package let name: String
  package let kind: ServiceKind
  /// The kind's own value stands under the kind's name.
  package let settings: Settings
  package let location: SourceLocation

  /// The id of the check that the service is by itself.
  package var checkID: String { "service.\(name)" }
}

/// Something that must be true.
package struct CheckDeclaration: Sendable, Equatable {
  package let id: String
  /// The name of the kind.
  package let kind: String
  package let title: String?
  package let severity: CheckSeverity
  package let phases: Set<Phase>
  /// Ids of checks, and of services as `service.NAME`.
  package let needs: [String]
  package let timeout: Duration?
  /// How long to ask again until it passes.
  package let waitFor: Duration?
  package let waiver: WaiverDeclaration?
  package let help: String?
  /// The kind's own settings; the subject stands under the kind's name.
  package let settings: Settings
  /// Where the list item begins.
  package let location: SourceLocation
}

/// Somebody's word that a check need not pass for a while.
package struct WaiverDeclaration: Sendable, Equatable {
  package let reason: String
  package let owner: String
  /// The last day on which it holds, in Universal Time.
  package let until: Day
  package let location: SourceLocation

  /// Whether its last day is past.
  package func isOver(on day: Day) -> Bool { day > until }
}
