package import Checklist
internal import Core
internal import Gate
package import HTTP
internal import Postgres
internal import Synchronization

/// The services of a checklist, each reached once in one go at the gate and shared by its checks.
///
/// A service is reached by its own check; the checks that use it come after and find what it left.
/// What a service's own check did not leave is not reached a second time.
package final class Services: Sendable {
  /// How long a service may take to show that it is there.
  static let patience = Duration.seconds(10)

  package let variables: Variables
  /// Where relative file patterns begin.
  let directory: String
  /// Whether the person who asks trusts the checklist to run programs.
  let allowsCommands: Bool
  let http: HTTPClient
  let pipelines: [PipelineDeclaration]
  private let declarations: [String: ServiceDeclaration]
  /// Whether secrets of settings are the names of their variables and no secrets at all.
  private let secretsAreNames: Bool
  /// Takes secrets out of what others say, before a cut could leave half of one.
  let redactor: Redactor
  private let reached = Mutex(Reached())

  private struct Reached {
    var databases: [String: ConnectionPool] = [:]
    var models: [String: ModelProbe] = [:]
    var projects: [String: ProjectSecrets] = [:]
  }

  /// Services that nobody has talked to yet.
  ///
  /// - Parameters:
  ///   - checklist: Which declares them.
  ///   - variables: Those of the environment, of env files and of files of single secrets.
  ///   - directory: Where relative file patterns begin.
  ///   - http: Through which the hosted services are asked.
  ///   - allowsCommands: Whether the person who asks trusts the checklist to run programs.
  package init(
    of checklist: Checklist, variables: Variables, directory: String, http: HTTPClient,
    allowsCommands: Bool = false
  ) {
    self.allowsCommands = allowsCommands
    self.variables = variables
    self.directory = directory
    self.http = http
    secretsAreNames = false
    pipelines = checklist.pipelines
    redactor = KnownSecrets(of: checklist, variables, in: directory).redactor
    declarations = Dictionary(
      checklist.services.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private init(namingOf services: Services) {
    allowsCommands = services.allowsCommands
    directory = services.directory
    http = services.http
    variables = services.variables.naming(.secretsAndUnset)
    secretsAreNames = true
    pipelines = services.pipelines
    redactor = services.redactor
    declarations = services.declarations
  }

  /// The same services for telling what would be asked: a secret, or anything else whose variable is
  /// not set, stands as `${NAME}`.
  var naming: Services { Services(namingOf: self) }

  /// A secret of the settings as it stands where it is told what would be asked.
  func shown(_ secret: Secret) -> String {
    secretsAreNames ? secret.reveal { $0 } : Redactor.mark
  }

  /// Asks a service whether it is there, and keeps what its checks will need.
  ///
  /// - Parameters:
  ///   - service: One of the checklist's.
  ///   - judgesKey: Whether a refused key, quota or model is for this check to fail on, since no
  ///     other check judges it.
  /// - Returns: The finding of the service's own check.
  func reach(_ service: ServiceDeclaration, judgesKey: Bool) async -> Finding {
    let settings: Settings
    do throws(SettingFault) {
      settings = try service.settings.filled(from: variables)
    } catch {
      return .cannotTell(
        "the \(service.kind.rawValue) service cannot be asked: \(error.message)",
        expected: "values for " + service.settings.variables.joined(last: "and"),
        observed: error.message, fix: error.fix(with: variables))
    }
    switch service.kind {
    case .postgres: return await reachDatabase(service, settings)
    case .embeddings: return await reachModel(service, settings, judgesKey: judgesKey)
    case .supabase: return await reachProject(service, settings)
    }
  }

  /// Reaches services anew, for a check that is asked again.
  ///
  /// Connections that stand are kept: what they are asked is not remembered.
  func reachAgain(_ names: [String]) async {
    for name in names {
      guard connections(to: name) == nil, let service = declarations[name] else { continue }
      _ = await reach(service, judgesKey: false)
    }
  }

  /// The connections to a database, or nil where its service does not stand.
  func connections(to name: String) -> ConnectionPool? { reached.withLock { $0.databases[name] } }

  /// What the model answered, or nil where it was never asked.
  func probe(of name: String) -> ModelProbe? { reached.withLock { $0.models[name] } }

  /// The project's secrets, or nil where its service does not stand.
  func project(_ name: String) -> ProjectSecrets? { reached.withLock { $0.projects[name] } }

  func keep(_ connections: ConnectionPool, as name: String) {
    reached.withLock { $0.databases[name] = connections }
  }

  func keep(_ probe: ModelProbe, as name: String) {
    reached.withLock { $0.models[name] = probe }
  }

  func keep(_ project: ProjectSecrets, as name: String) {
    reached.withLock { $0.projects[name] = project }
  }

  /// The value of one setting of a service, also where other settings lack their variables.
  func setting(_ field: String, of service: String) -> Settings? {
    declarations[service]?.settings.alone(field, from: variables)
  }

  /// The first variable that a setting of a service takes its value from.
  func variable(of field: String, in service: String) -> String? {
    declarations[service]?.settings[field]?.variables.first
  }

  /// Whether a setting of a service stands in the checklist, with or without its variables.
  func declares(_ field: String, in service: String) -> Bool {
    declarations[service]?.settings[field] != nil
  }

  /// What kind of service bears the name; nil where none does.
  func kind(of service: String) -> ServiceKind? { declarations[service]?.kind }

  /// All settings of a service, which the checklist's reader has seen to be declared.
  func filledSettings(of service: String) throws(SettingFault) -> Settings {
    try settings(of: service).filled(from: variables)
  }

  /// The same with their variables.
  func settings(of service: String) -> Settings {
    guard let declaration = declarations[service] else {
      preconditionFailure("no service \(service) is declared")
    }
    return declaration.settings
  }

  /// Ends the connections.
  package func close() async {
    let pools = reached.withLock { reached in
      defer { reached.databases = [:] }
      return reached.databases.values
    }
    for pool in pools { await pool.close() }
  }
}

extension Settings {
  /// One setting with its variables filled, or nil where it is absent or they are not set.
  fileprivate func alone(_ name: String, from variables: Variables) -> Settings? {
    guard let field = fields.first(where: { $0.name == name }), let setting = self[name] else {
      return nil
    }
    return try? Settings(fields: [field], values: [name: setting], location: location)
      .filled(from: variables)
  }
}

extension SettingFault {
  /// Shell lines that set what is not set.
  func fix(with values: Variables) -> String? {
    guard case .unset(let variables, _) = self else { return nil }
    return variables.map { values.command(setting: $0.name) }.joined(separator: "\n")
  }
}
