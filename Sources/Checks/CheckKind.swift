package import Checklist
package import Core
package import Gate

/// One kind of check: declared, read and carried out in one file.
package protocol CheckKind: Sendable {
  static var declaration: KindDeclaration { get }

  /// Reads settings whose variables are filled.
  ///
  /// - Throws: What is wrong with a value that its shape alone does not show.
  init(_ settings: Settings) throws(Diagnostic)

  /// The names of the services that it uses; it is asked after their own checks have ended.
  var services: [String] { get }

  /// Services whose end it waits for besides, though it can do without them.
  func wishes(in services: Services) -> [String]

  /// Whether its settings are such that no answer could make it fail.
  var cannotFail: Bool { get }

  /// How long it may take where the checklist does not say.
  var usualTimeout: Duration { get }

  /// What `run` asks beyond what its services' own checks do, exactly as it is sent.
  func questions(in services: Services) -> [Question]

  /// Asks, and answers within the timeout; the gate cuts it off when that is up.
  func run(in services: Services, timeout: Duration) async -> Finding
}

extension CheckKind {
  package func wishes(in services: Services) -> [String] { [] }

  package var cannotFail: Bool { false }

  package var usualTimeout: Duration { .seconds(10) }
}
