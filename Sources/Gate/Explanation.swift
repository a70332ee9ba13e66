package import Checklist
internal import Core

/// What a kind of check or service, or one check of a checklist, asks and means.
package struct Explanation: Sendable, Equatable {
  /// What is explained.
  package enum Subject: Sendable, Equatable {
    /// A kind, shown by a whole checklist in YAML that holds one of it.
    case kind(example: String)
    /// A check of a checklist, or a service, which is a check by itself.
    case check(ExplainedCheck)
  }

  /// What one check asks.
  package struct Part: Sendable, Equatable {
    /// The service whose own check asks, once for all checks that use it; nil for the subject itself.
    package let service: String?
    package let questions: Result<[Question], UntoldQuestions>

    package init(service: String? = nil, questions: Result<[Question], UntoldQuestions>) {
      self.service = service
      self.questions = questions
    }
  }

  package let subject: Subject
  package let declaration: KindDeclaration
  package let isService: Bool
  /// The services that are used, and then the subject itself.
  package let parts: [Part]

  package init(
    of subject: Subject, declaration: KindDeclaration, isService: Bool, parts: [Part]
  ) {
    self.subject = subject
    self.declaration = declaration
    self.isService = isService
    self.parts = parts
  }
}

/// One check as the checklist has it.
package struct ExplainedCheck: Sendable, Equatable {
  package let identity: CheckIdentity
  /// In their usual order.
  package let phases: [Phase]
  package let needs: [String]
  package let timeout: Duration

  package init(
    identity: CheckIdentity, phases: [Phase], needs: [String], timeout: Duration
  ) {
    self.identity = identity
    self.phases = phases
    self.needs = needs
    self.timeout = timeout
  }
}

/// Why it cannot be told what is asked.
package enum UntoldQuestions: Error, Sendable, Equatable {
  /// Variables that are not set, and in whose place not even their names could stand.
  case unset([String])
  /// What the checklist and its variables say cannot be used.
  case invalid(String)

  package var message: String {
    switch self {
    case .unset(let names):
      "what is asked shows once \(names.joined(last: "and")) "
        + (names.count == 1 ? "is" : "are") + " set"
    case .invalid(let reason): "nothing can be asked: \(reason)"
    }
  }
}
