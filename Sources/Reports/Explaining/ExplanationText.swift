internal import Checklist
package import Core
package import Gate

/// Explanations as people read them.
package struct ExplanationText: Sendable {
  /// How a document is written.
  package enum Format: Sendable, Equatable {
    case text(Style)
    case markdown
  }

  private let format: Format
  private let shown: ShownText

  package init(_ format: Format, redactor: Redactor = Redactor([])) {
    self.format = format
    shown = ShownText(redactor: redactor)
  }

  /// All that there is to say of one kind or check.
  package func document(of explanation: Explanation) -> String {
    document(ExplanationPage(explanation: explanation).blocks)
  }

  /// The names of all kinds, each with its sentence.
  package func list(of explanations: [Explanation]) -> String {
    document(
      [
        .label("Kinds of checks"), .entries(entries(explanations.filter { !$0.isService })),
        .label("Kinds of services"), .entries(entries(explanations.filter(\.isService))),
        .label("More"),
        .paragraph(
          """
          `preflight explain KIND` says what a check of a kind asks and how to mend what it finds; \
          `preflight explain ID CHECKLIST` says it of a check of your own.
          """),
      ])
  }

  /// The reference page: what all checks have in common, the services, and the checks.
  package func reference(of explanations: [Explanation]) -> String {
    func pages(_ explanations: [Explanation]) -> [Block] {
      explanations.flatMap { ExplanationPage(explanation: $0, isInReference: true).blocks }
    }
    return document(
      [
        .heading("Checks and services", depth: 1),
        .paragraph(
          """
          All kinds of checks and services, as `preflight explain --markdown` prints them. \
          `preflight explain ID CHECKLIST` shows the same for one check of your own, with what it \
          really asks; here each kind asks what its example makes it ask.
          """),
        .entries(entries(explanations)),
      ] + ExplanationPage.allNotes.map { .paragraph($0) } + [
        .heading("What every check may have", depth: 2),
        .entries(FieldWords.entries(of: CommonSettings.fields)),
        .heading("Services", depth: 2),
      ] + pages(explanations.filter(\.isService)) + [.heading("Checks", depth: 2)]
        + pages(explanations.filter { !$0.isService }))
  }

  private func entries(_ explanations: [Explanation]) -> [Block.Entry] {
    explanations.map {
      Block.Entry(term: $0.declaration.name, text: $0.declaration.summary, nature: .heading)
    }
  }

  private func document(_ blocks: [Block]) -> String {
    switch format {
    case .text(let style): PageText(style: style, shown: shown).document(blocks)
    case .markdown: PageMarkdown(shown: shown).document(blocks)
    }
  }
}
