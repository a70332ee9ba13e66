internal import Checklist
internal import Core
internal import Gate

/// What there is to say of a kind or a check, as blocks.
struct ExplanationPage {
  let explanation: Explanation
  /// Whether it stands among all kinds, where nothing need be said twice.
  var isInReference = false

  private var depth: Int { isInReference ? 3 : 1 }
  private var declaration: KindDeclaration { explanation.declaration }

  var blocks: [Block] {
    head + [
      .label("Passes when"), .paragraph(declaration.passesWhen),
      .label("Cannot tell when"), .paragraph(declaration.cannotTellWhen),
      .label("Needs"), .paragraph(declaration.needs),
      .label("Fails when"),
      .entries(declaration.failures.map { Block.Entry(term: $0.when, text: $0.mending) }),
    ] + questions
  }

  private var head: [Block] {
    switch explanation.subject {
    case .kind(let example):
      [
        .heading(declaration.name, depth: depth), .paragraph(declaration.summary),
        .label("Settings"), .entries(FieldWords.entries(of: declaration.fields)),
        .label("Example"), .code(example, language: "yaml"),
      ]
    case .check(let check):
      [.heading(check.identity.id, depth: depth)]
        + (check.identity.title.map { [.paragraph($0)] } ?? [])
        + [
          .paragraph(
            "\(explanation.isService ? "Service" : "Check") of kind `\(declaration.name)`: "
              + declaration.summary),
          .paragraph(place(of: check)),
        ]
    }
  }

  private func place(of check: ExplainedCheck) -> String {
    let phases =
      check.phases.count == Phase.allCases.count
      ? "in every phase" : "in \(check.phases.map(\.rawValue).joined(last: "and"))"
    let needs = check.needs.isEmpty ? "" : ", needs \(check.needs.joined(last: "and"))"
    return "\(check.identity.location), severity \(check.identity.severity.rawValue), \(phases), "
      + "within \(check.timeout.text)\(needs)"
  }

  // MARK: What is asked

  private var questions: [Block] {
    explanation.parts.filter { !isInReference || $0.service == nil }.flatMap { part in
      [.label(title(of: part))] + blocks(of: part)
    } + (isInReference ? [] : notes)
  }

  private func title(of part: Explanation.Part) -> String {
    if let service = part.service {
      return "What service.\(service) asks, once for all checks that use it"
    }
    if explanation.isService { return "What it asks, once for all checks that use it" }
    return isInReference && explanation.parts.count > 1
      ? "What it asks beyond its services" : "What it asks"
  }

  private func blocks(of part: Explanation.Part) -> [Block] {
    switch part.questions {
    case .success(let questions):
      questions.isEmpty
        ? [.paragraph("Nothing more.")] : questions.flatMap { blocks(of: $0) }
    case .failure(let untold): [.paragraph(untold.message.sentence)]
    }
  }

  private func blocks(of question: Question) -> [Block] {
    let condition = question.condition.map { ", \($0)" } ?? ""
    let lead =
      switch question.wire {
      case .read: "\(question.service ?? "the database") is read\(condition):"
      case .rolledBack:
        "\(question.service ?? "the database") carries out, and rolls back\(condition):"
      case .http: "\(question.service ?? "the server") is sent\(condition):"
      case .here(let what): "Here: \(what)\(condition)."
      }
    return [.paragraph(lead)]
      + (question.wire.pasted.map { [.code($0.text, language: $0.language)] } ?? [])
  }

  /// What holds for questions of a sort, where there are any.
  private var notes: [Block] {
    let questions = explanation.parts.flatMap { (try? $0.questions.get()) ?? [] }
    func any(_ isSo: (Question.Wire) -> Bool) -> Bool { questions.contains { isSo($0.wire) } }
    let notes = [
      any { if case .read = $0 { true } else { false } } ? ExplanationPage.readNote : nil,
      any { $0.namesVariables } ? ExplanationPage.variableNote : nil,
    ].compactMap(\.self)
    return notes.isEmpty ? [] : [.label("Notes")] + notes.map { .paragraph($0) }
  }

  private static let readNote = """
    Each statement is sent by itself, with its values beside it for $1, $2 and so on, and is a \
    transaction of its own that cannot write; the server stops it when the check's time is up.
    """
  private static let variableNote = """
    `${NAME}` stands for a secret, or for what is not set here; a shell puts its own in the place.
    """
  static let allNotes = [readNote, variableNote]
}

extension Question.Wire {
  fileprivate var namesVariables: Bool {
    if case .here(let what) = self { return what.contains("${") }
    return pasted?.text.contains("${") == true
  }
}

extension String {
  /// The words with a capital and a full stop.
  fileprivate var sentence: String { prefix(1).uppercased() + dropFirst() + "." }
}
