internal import Checklist
internal import Core
internal import Gate
internal import Supabase

/// What a deployed project holds, as its listing tells.
struct ProjectSecrets: Sendable {
  let reference: String
  let stored: [StoredSecret]

  /// How a local value, where there is one, stands against what is stored.
  func comparison(
    of name: String, with value: Secret?, _ environment: [String: String]
  ) -> StoredState {
    guard let value else { return stored.contains { $0.name == name } ? .present : .missing }
    return StoredState(
      SupabaseClient.compare(name: name, value: value, stored: stored, variables: environment))
  }

  /// The command that stores the local value, given as its argument.
  func command(setting argument: String) -> String {
    "supabase secrets set \(argument) --project-ref \(shellQuoted(reference))"
  }
}

/// A stored secret, seen from here.
enum StoredState: Equatable {
  case same
  case missing
  case differs(SecretDifference)
  case cannotCompare
  /// Stored; there is no local value to compare it with.
  case present

  init(_ comparison: SecretComparison) {
    self =
      switch comparison {
      case .same: .same
      case .missing: .missing
      case .differs(let difference): .differs(difference)
      case .cannotCompare: .cannotCompare
      }
  }

  /// Whether the project does not hold what it should.
  var isFailure: Bool {
    switch self {
    case .missing, .differs: true
    case .same, .cannotCompare, .present: false
    }
  }

  /// Nil where there is nothing to add.
  func words(for name: String, in project: String) -> String? {
    switch self {
    case .same, .cannotCompare: nil
    case .present: "the project \(project) has a secret of that name"
    case .missing: "the project \(project) has no secret \(name)"
    case .differs(let difference):
      "the project \(project) has another value for \(name): \(difference.message)"
    }
  }
}

extension Services {
  /// Lists the project's secrets.
  func reachProject(_ service: ServiceDeclaration, _ settings: Settings) async -> Finding {
    let reference = settings.text(ServiceKind.supabase.rawValue)
    let client = SupabaseClient(SupabaseProject(settings), http: http)
    do throws(SupabaseFault) {
      let secrets = try await client.secrets(timeout: Services.patience - .seconds(1))
      keep(ProjectSecrets(reference: reference, stored: secrets), as: service.name)
      let count = secrets.count
      return .pass("the project \(reference) lists \(count) secret\(count == 1 ? "" : "s")")
    } catch {
      let expected = "the list of secrets of the project \(reference)"
      switch error {
      case .unauthorized, .forbidden, .projectNotFound, .malformedRef:
        let field =
          switch error {
          case .unauthorized, .forbidden: "access_token"
          default: ServiceKind.supabase.rawValue
          }
        let setting =
          variable(of: field, in: service.name).map { "export \($0)='…'" } ?? "\(field): …"
        return .fail(
          error.message, expected: expected, observed: error.message,
          fix: setting + (error.fix.map { "   # \($0)" } ?? ""))
      default:
        return .cannotTell(
          error.message, expected: expected, observed: error.message, fix: error.fix)
      }
    }
  }
}
