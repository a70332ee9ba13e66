/// What the language knows of one kind of check or service.
package struct KindDeclaration: Sendable, Equatable {
  /// The key that makes a mapping a check, or a service, of this kind.
  package var name: String { subject.name }
  /// One sentence on what the kind checks, or what kind of service it is.
  package let summary: String
  /// The kind key's own value.
  package let subject: Field
  /// What may stand beside the kind key; none bears the name of a kind or of a common setting.
  package let settings: [Field]
  package let passesWhen: String
  package let cannotTellWhen: String
  /// Rights and services that are needed.
  package let needs: String
  /// What makes a check of the kind fail, each with the way to mend it.
  package let failures: [Failure]

  /// One way to fail.
  package struct Failure: Sendable, Equatable {
    /// As the end of the sentence "it fails when …".
    package let when: String
    /// What to do then, as a sentence.
    package let mending: String

    package init(when: String, mending: String) {
      self.when = when
      self.mending = mending
    }
  }

  /// Declares a kind under the name of its subject.
  package init(
    subject: Field, summary: String, settings: [Field] = [], passesWhen: String,
    cannotTellWhen: String, needs: String, failures: [Failure]
  ) {
    self.subject = Field(
      subject.name, subject.shape, subject.summary, isRequired: true, example: subject.example)
    self.summary = summary
    self.settings = settings
    self.passesWhen = passesWhen
    self.cannotTellWhen = cannotTellWhen
    self.needs = needs
    self.failures = failures
  }

  /// The subject and the settings.
  package var fields: [Field] { [subject] + settings }
}
