import Sandbox
import Testing

@Suite("The endpoint, asked as it should not be", .timeLimit(.minutes(1)))
struct EndpointErrorTests {
  struct Case: CustomTestStringConvertible {
    let name: String
    var input = #""a text""#
    var model = "text-embedding-3-small"
    var extra = ""
    let status: Int
    var type = "invalid_request_error"
    var code: String?
    let message: String

    var testDescription: String { name }
  }

  private static let inputInvalid =
    "'$.input' is invalid. Please check the API reference: "
    + "https://platform.openai.com/docs/api-reference."

  static let cases = [
    Case(
      name: "an unknown model", model: "text-embedding-4", status: 404, code: "model_not_found",
      message: "The model `text-embedding-4` does not exist or you do not have access to it."),
    Case(
      name: "dimensions of the old model", model: "text-embedding-ada-002",
      extra: #", "dimensions": 384"#, status: 400,
      message: "This model does not support specifying dimensions."),
    Case(
      name: "too many dimensions", extra: #", "dimensions": 1537"#, status: 400,
      message: "Invalid value for 'dimensions' = 1537. Must be less than or equal to 1536."),
    Case(
      name: "no dimensions", extra: #", "dimensions": 0"#, status: 400,
      message: "0 is less than the minimum of 1 - 'dimensions'"),
    Case(
      name: "an unknown encoding", extra: #", "encoding_format": "hex""#, status: 400,
      message: "'hex' is not one of ['float', 'base64'] - 'encoding_format'"),
    Case(name: "no inputs", input: "[]", status: 400, message: inputInvalid),
    Case(name: "an empty text", input: #"["a", ""]"#, status: 400, message: inputInvalid),
    Case(name: "a null", input: #"["a", null]"#, status: 400, message: inputInvalid),
    Case(
      name: "2049 inputs",
      input: "[" + Array(repeating: "\"a\"", count: 2049).joined(separator: ",") + "]",
      status: 400, message: inputInvalid),
    Case(
      name: "a text of 8193 tokens", input: "\"" + String(repeating: "word", count: 8193) + "\"",
      status: 400,
      message: "This model's maximum context length is 8192 tokens, however you requested 8193 "
        + "tokens (8193 in your prompt; 0 for the completion). Please reduce your prompt; or "
        + "completion length."),
    Case(
      name: "300,032 tokens together",
      input: "["
        + Array(repeating: "\"" + String(repeating: "word", count: 4688) + "\"", count: 64)
        .joined(separator: ",") + "]",
      status: 400, type: "max_tokens_per_request", code: "max_tokens_per_request",
      message: "Requested 300032 tokens, max 300000 tokens per request"),
  ]

  @Test("It refuses with the service's own words", arguments: cases)
  func refused(_ example: Case) async throws {
    try await EndpointFixture.with { fixture in
      let reply = try await fixture.embed(
        example.input, model: example.model, extra: example.extra)
      #expect(reply.status == example.status)
      #expect(
        try reply.json(OpenAIErrorBody.self).error
          == OpenAIErrorBody.Details(
            message: example.message, type: example.type, code: example.code))
    }
  }

  @Test("A wrong key is named without its middle, a missing one is asked for")
  func keys() async throws {
    try await EndpointFixture.with { fixture in
      let wrong = try await fixture.embed(#""a text""#, key: "sk-wrongwrong1234")
      #expect(wrong.status == 401)
      let body = try wrong.json(OpenAIErrorBody.self)
      #expect(body.error.code == "invalid_api_key")
      #expect(
        body.error.message
          == "Incorrect API key provided: sk-wrong*****1234. You can find your API key at "
          + "https://platform.openai.com/account/api-keys.")
      let missing = try await fixture.embed(#""a text""#, key: nil)
      #expect(missing.status == 401)
      #expect(try missing.json(OpenAIErrorBody.self).error.code == nil)
      #expect(missing.text.contains("You didn't provide an API key."))
    }
  }

  @Test("What is not JSON, or names no model or no input, is refused as such")
  func malformed() async throws {
    try await EndpointFixture.with { fixture in
      for (body, words) in [
        ("{", "We could not parse the JSON body of your request."),
        (#"{"input": "a"}"#, "you must provide a model parameter"),
        (#"{"model": "text-embedding-3-small"}"#, "'input' is a required property"),
      ] {
        let reply = try await RawHTTP.send(
          "POST", "/v1/embeddings", port: fixture.endpoint.port, bearer: EndpointFixture.apiKey,
          body: body)
        #expect(reply.status == 400)
        #expect(try reply.json(OpenAIErrorBody.self).error.message.hasPrefix(words))
      }
    }
  }

  @Test("An unknown path and a wrong method have OpenAI's answers")
  func paths() async throws {
    try await EndpointFixture.with { fixture in
      let unknown = try await RawHTTP.send(
        "POST", "/v1/v1/embeddings", port: fixture.endpoint.port, body: "{}")
      #expect(unknown.status == 404)
      #expect(
        try unknown.json(OpenAIErrorBody.self).error.message
          == "Invalid URL (POST /v1/v1/embeddings)")
      let method = try await RawHTTP.send("GET", "/v1/embeddings", port: fixture.endpoint.port)
      #expect(method.status == 405)
      #expect(try method.json(OpenAIErrorBody.self).error.code == "method_not_supported")
    }
  }

  @Test(
    "The Management API tells a wrong token, another project and an unknown path apart",
    arguments: [
      (EndpointFixture.reference + "/secrets", "sbp_wrong", 401, #"{"message":"Unauthorized"}"#),
      (
        "tsrqponmlkjihgfedcba/secrets", EndpointFixture.accessToken, 403,
        #"{"message":"Your account does not have the necessary privileges to access this endpoint."}"#
      ),
      (
        EndpointFixture.reference + "/nothing", EndpointFixture.accessToken, 404,
        #"{"message":"Cannot GET /v1/projects/abcdefghijklmnopqrst/nothing"}"#
      ),
    ])
  func management(path: String, token: String, status: Int, body: String) async throws {
    try await EndpointFixture.with { fixture in
      let reply = try await RawHTTP.send(
        "GET", "/v1/projects/" + path, port: fixture.endpoint.port, bearer: token)
      #expect(reply.status == status)
      #expect(reply.text == body)
    }
  }
}
