import Gate
import ScriptedServer
import Testing

/// What a person reads when a provider refuses, for each row of the error table.
@Suite(.timeLimit(.minutes(2))) struct ProviderRefusalTests {
  /// A provider's answer, and what becomes of it.
  struct Row: CustomTestStringConvertible {
    let status: Int
    let body: String
    var headers: [String] = []
    /// Of the service's own check, and of the check `api_key`.
    let judged: [Status]
    /// The endpoint's own words follow the cause.
    let message: String
    let fix: String
    var testDescription: String { "\(status) \(message)" }
  }

  /// One go with a base URL of the variable BASE; the address is replaced by `$BASE` in what is said.
  private func go(
    _ base: String, key: String = "sk-test-1234567890", environment: [String: String] = [:]
  ) async throws -> (Go, Finding) {
    let values = environment.merging(["BASE": base, "KEY": key]) { _, own in own }
    let go = try await Go(
      """
      version: 1
      services: {embedder: {embeddings: "${BASE}", api_key: "${KEY}", model: m}}
      checks:
        - {id: a, api_key: embedder}
      """, values
    ).naming(["BASE": base])
    let judged = ["a", "service.embedder"].compactMap { go[$0] }
    return (go, try #require(judged.first { $0.status == .fail || $0.status == .error }))
  }

  private static let curl = """
    curl '$BASE/embeddings' -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
    -d '{"model": "m", "input": "preflight"}'
    """

  static let refusals = [
    Row(
      status: 401,
      body:
        #"{"error":{"message":"Incorrect API key provided: 913a2b0d****0993.","code":"invalid_api_key"}}"#,
      judged: [.pass, .fail],
      message:
        "the endpoint does not accept the API key (status 401, invalid_api_key): Incorrect API key provided: ‹secret›",
      fix:
        "export KEY='…'   # set a valid API key; a key of another provider or project is refused like this"
    ),
    Row(
      status: 401,
      body:
        #"{"error":{"message":"You have insufficient permissions for this operation. Missing scopes: model.request."}}"#,
      judged: [.pass, .fail],
      message:
        "the API key may not do this (status 401): You have insufficient permissions for this operation. Missing scopes: model.request.",
      fix:
        "export KEY='…'   # give the key the permission to create embeddings, or use another key"),
    Row(
      status: 403,
      body:
        #"{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported","type":"request_forbidden"}}"#,
      judged: [.pass, .fail],
      message:
        "the endpoint does not serve this region (status 403, unsupported_country_region_territory): Country, region, or territory not supported",
      fix: curl + "   # run from a region that the endpoint serves, or use another endpoint"),
    Row(
      status: 403,
      body:
        #"{"error":{"message":"Project `proj_x` does not have access to model `m`","code":"model_not_found"}}"#,
      judged: [.pass, .fail],
      message:
        "the model does not exist, or the API key may not use it (status 403, model_not_found): Project `proj_x` does not have access to model `m`",
      fix:
        "model: text-embedding-3-small   # check the model's name and that the key's project may use it"
    ),
    Row(
      status: 404, body: "404 page not found", judged: [.pass, .fail],
      message: "no embeddings are served under this URL (status 404): 404 page not found",
      fix: "export BASE='$BASE/v1'"),
    Row(
      status: 200, body: #"{"error":"Unexpected endpoint or method. (POST /embeddings)"}"#,
      judged: [.pass, .fail],
      message:
        "no embeddings are served under this URL (status 200): Unexpected endpoint or method. (POST /embeddings)",
      fix: "export BASE='$BASE/v1'"),
    Row(
      status: 200, body: "<!doctype html><title>Open WebUI</title>", judged: [.error, .skip],
      message: "the answer is a web page, not JSON (status 200)",
      fix: "export BASE='$BASE/v1'   # check the base URL: a website or a login page answers there"),
    Row(
      status: 308, body: "", headers: ["Location: https://api.example.com/v1/embeddings"],
      judged: [.error, .skip],
      message:
        "the endpoint redirects to https://api.example.com/v1/embeddings, which is not followed so that the API key goes nowhere else (status 308)",
      fix: "export BASE='https://api.example.com/v1'"),
    Row(
      status: 407, body: "<html><title>407 Proxy Authentication Required</title></html>",
      judged: [.error, .skip],
      message:
        "a proxy between here and the endpoint asks for a login (status 407): 407 Proxy Authentication Required",
      fix: curl + "   # let this machine reach the endpoint without that proxy"),
    Row(
      status: 400,
      body:
        #"{"error":{"message":"This model does not support specifying dimensions.","code":null}}"#,
      judged: [.pass, .fail],
      message:
        "the model does not let its dimensions be chosen like this (status 400): This model does not support specifying dimensions.",
      fix:
        "# take `dimensions` out   # leave dimensions out, and give the column the width that the model has by itself"
    ),
    Row(
      status: 429,
      body:
        #"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}"#,
      judged: [.pass, .fail],
      message:
        "the account has no quota or credit left (status 429, insufficient_quota): You exceeded your current quota, please check your plan and billing details.",
      fix: "# add credit or raise the budget of the account that owns the key\n" + curl),
    Row(
      status: 429,
      body:
        #"{"error":{"message":"Rate limit reached for m on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s.","type":"requests","code":"rate_limit_exceeded"}}"#,
      judged: [.pass, .error],
      message:
        "the rate limit is reached, to be tried again in 20s (status 429, rate_limit_exceeded): Rate limit reached for m on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s.",
      fix: "sleep 20\n" + curl),
    Row(
      status: 503, body: "upstream connect error", judged: [.error, .skip],
      message: "the endpoint failed (status 503): upstream connect error", fix: curl),
  ]

  @Test(
    "A provider's refusal is a failure where it would be the same tomorrow, with what to paste",
    arguments: refusals)
  func refusal(row: Row) async throws {
    let server = ScriptedServer { _ in [.answer(row.body, status: row.status, headers: row.headers)]
    }
    let (go, finding) = try await go(server.url)
    #expect([go["service.embedder"]?.status, go["a"]?.status] == row.judged)
    #expect(finding.message == row.message)
    #expect(finding.fix == row.fix)
    #expect(finding.expected == "an embedding from m")
  }

  @Test("A key that cannot even be sent, and a base URL that is none, fail")
  func unsendable() async throws {
    let (broken, key) = try await go("https://127.0.0.1:9/v1", key: "sk-test\nX-Other: 1")
    #expect(broken["service.embedder"]?.status == .fail)
    #expect(broken["a"] == .skip(because: "service.embedder"))
    #expect(
      key.message
        == "the value of the header Authorization holds a line break or another control character")
    #expect(key.fix == "export KEY='…'   # set the API key again, without a line break")
    let (_, url) = try await go("api.openai.com/v1")
    #expect(url.status == .fail)
    #expect(url.message == "the URL cannot be used: it does not begin with http:// or https://")
    #expect(
      url.fix == "export BASE='https://HOST/v1'   # check the scheme, the host and the port of the "
        + "base URL")
  }

  @Test(
    "What fails on the way to a host is no failure of the key, and has the command that shows it")
  func wayThere() async throws {
    let host = String(repeating: "x", count: 64) + ".invalid"
    let (_, name) = try await go("https://\(host)/v1")
    #expect(name.status == .error)
    #expect(
      name.fix == "getent --no-addrconfig ahosts \(host)   # nothing: correct the host in BASE; "
        + "addresses with colons alone: run where there is IPv6")
    let (_, route) = try await go("https://127.255.255.255:9/v1")
    #expect(route.status == .error)
    #expect(
      route.fix == "getent --no-addrconfig ahosts 127.255.255.255   # addresses with colons alone: "
        + "run where there is IPv6, or take a host that has IPv4")
    let server = UnaskedServer(Certificate.ofUnknownAuthority.greeting)
    let (_, certificate) = try await go("https://127.0.0.1:\(server.port)/v1")
    #expect(certificate.status == .error)
    #expect(
      certificate.fix == "openssl s_client -connect '127.0.0.1:\(server.port)' </dev/null   # then "
        + "give the authority that signed it to update-ca-certificates, or its file to SSL_CERT_FILE"
    )
  }

  @Test("Where the way fails and a proxy is set, it is said that none is used")
  func proxy() async throws {
    let (_, unused) = try await go(
      "https://127.255.255.255:9/v1", environment: ["HTTPS_PROXY": "http://proxy:3128"])
    #expect(
      unused.fix?.hasSuffix(
        "\n# HTTPS_PROXY names a proxy; preflight uses none, so that the key goes to the endpoint "
          + "alone") == true)
    let (_, other) = try await go(
      "https://127.255.255.255:9/v1", environment: ["http_proxy": "http://proxy:3128"])
    #expect(other.fix?.contains("proxy") == false)
  }
}
