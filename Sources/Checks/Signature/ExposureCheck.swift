internal import Checklist
internal import Core
internal import Gate
internal import HTTP
internal import Supabase

/// Whether a project's REST API resolves a function that the database has.
struct ExposureCheck: Sendable {
  /// The supabase service.
  let service: String
  let signature: FunctionSignature

  /// What is asked of the API, as far as its settings are known.
  func questions(in services: Services) -> [Question] {
    guard case .success(let api) = api(in: services) else { return [] }
    let requests = probe(in: signature.name.schema ?? "public", at: api)
      .requests(timeout: ExposureCheck.patience)
    return [
      .sending(
        requests.question, in: services, of: service,
        condition: "where the database has the function"),
      .sending(
        requests.control, in: services, of: service,
        condition: "where the API has it too: a function that cannot exist must be refused"),
    ]
  }

  /// Adds the API's answer to a finding that passed.
  ///
  /// - Parameters:
  ///   - found: What the database says.
  ///   - function: The function there.
  ///   - services: In which the API's settings stand.
  /// - Returns: The finding on both.
  func judged(
    _ found: Finding, _ function: FunctionFacts, in services: Services
  ) async -> Finding {
    let api: RestAPI
    switch self.api(in: services) {
    case .success(let known): api = known
    case .failure(let reason): return cannotAsk(reason.message, fix: reason.fix)
    }
    do throws(HTTPFault) {
      let answer = try await probe(in: function.schema, at: api).ask(
        timeout: ExposureCheck.patience)
      return finding(
        of: answer, found, function, variable: services.variable(of: "key", in: service))
    } catch {
      return cannotAsk(error.message, fix: "curl -i \(shellQuoted(api.address + "/rest/v1/"))")
    }
  }

  /// For each of the two questions.
  private static let patience = Duration.seconds(4)

  private func probe(in schema: String, at api: RestAPI) -> ExposureProbe {
    ExposureProbe(
      signature.name.name, in: schema, taking: signature.arguments.map(\.name), at: api)
  }

  private func finding(
    of answer: FunctionExposure, _ found: Finding, _ function: FunctionFacts, variable: String?
  ) -> Finding {
    switch answer {
    case .exposed: return .pass("\(found.message), and is exposed by \(service)")
    case .missing(let message, let hint):
      return failure(
        """
        the database has it, but the REST API of \(service) does not: its schema cache is stale, or \
        it serves another database
        """, "\(message) (PGRST202)" + (hint.map { "; \($0)" } ?? ""),
        fix: "notify pgrst, 'reload schema';")
    case .ambiguous(let message):
      return failure(
        """
        the REST API of \(service) cannot tell it from another one, for it goes by the arguments' \
        names alone; the database has no such other one any more, so its schema cache is stale
        """, "\(message) (PGRST203)", fix: "notify pgrst, 'reload schema';")
    case .schemaHidden(let message):
      return failure(
        "the REST API of \(service) does not expose its schema, \(function.schema)",
        "\(message) (PGRST106)",
        fix: """
          -- add \(function.schema) to the project's exposed schemas, or move the function:
          alter function \(function.identity) set schema public;
          notify pgrst, 'reload schema';
          """)
    case .keyRefused(let status, let message):
      return failure(
        "the REST API of \(service) does not accept the key (status \(status)): \(message)",
        "status \(status)",
        fix: variable.map { "export \($0)='…'" } ?? "key: ${SUPABASE_SERVICE_ROLE_KEY}")
    case .unaskable(let argument):
      return cannotAsk(
        "a URL cannot name the argument \(argument), which means something else to PostgREST",
        fix: nil)
    case .unproven(let status):
      return cannotAsk(
        """
        what answers there (status \(status)) does not tell a function from one that cannot exist
        """, fix: "rest: ${SUPABASE_URL}   # under `\(service)`: the project's own address")
    }
  }

  private var expected: String {
    let names = signature.arguments.map(\.name).joined(last: "and")
    return "/rest/v1/rpc/\(signature.name.name) "
      + (names.isEmpty ? "without arguments" : "with \(names)")
  }

  private func failure(_ message: String, _ observed: String, fix: String) -> Finding {
    .fail(
      "\(signature.name.sql): \(message)", expected: expected, observed: observed, fix: fix)
  }

  private func cannotAsk(_ reason: String, fix: String?) -> Finding {
    .cannotTell(
      "\(signature.name.sql): the REST API of \(service) cannot be asked: \(reason)",
      expected: expected, observed: reason, fix: fix)
  }

  /// Why the API cannot be asked.
  private struct Unknown: Error {
    let message: String
    let fix: String
  }

  private func api(in services: Services) -> Result<RestAPI, Unknown> {
    func text(_ field: String) -> String? {
      services.setting(field, of: service)?.optionalText(field)
    }
    guard let key = services.setting("key", of: service)?.optionalSecret("key") else {
      return .failure(unknown("key", "SUPABASE_SERVICE_ROLE_KEY", services))
    }
    // Where an address is declared, the hosted one is not what was meant.
    guard services.declares("rest", in: service) else {
      guard let reference = text("supabase") else {
        return .failure(unknown("supabase", "SUPABASE_PROJECT_REF", services))
      }
      return .success(
        RestAPI(
          address: RestAPI.address(ofHosted: reference), key: key, http: services.http))
    }
    guard let address = text("rest") else {
      return .failure(unknown("rest", "SUPABASE_URL", services))
    }
    return .success(RestAPI(address: address, key: key, http: services.http))
  }

  private func unknown(_ field: String, _ usual: String, _ services: Services) -> Unknown {
    guard let variable = services.variable(of: field, in: service) else {
      return Unknown(
        message: "\(service) has no `\(field)`", fix: "\(field): ${\(usual)}   # under `\(service)`"
      )
    }
    return Unknown(message: "\(variable) is not set", fix: "export \(variable)='…'")
  }
}
