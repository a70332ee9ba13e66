import Core
import FoundationEssentials
import Sandbox

/// An endpoint of a test's own, with what a test must know of it.
struct EndpointFixture {
  static let apiKey = "sk-testtesttesttesttesttesttesttesttesttest1234"
  static let reference = "abcdefghijklmnopqrst"
  static let accessToken = "sbp_0123456789abcdef0123456789abcdef01234567"

  let endpoint: Endpoint

  /// Starts an endpoint, lets a test use it, and stops it.
  static func with(
    _ behaviours: Set<EndpointBehaviour> = [],
    _ test: (EndpointFixture) async throws -> Void
  ) async throws {
    let project = HostedProject(
      reference: reference, accessToken: Secret(accessToken),
      secrets: ["OPENAI_API_KEY": Secret("abc"), "OTHER": Secret("")])
    let endpoint = try await Endpoint.start(
      EndpointOptions(apiKey: Secret(apiKey), project: project, behaviours: behaviours))
    do {
      try await test(EndpointFixture(endpoint: endpoint))
    } catch {
      await endpoint.stop()
      throw error
    }
    await endpoint.stop()
  }

  func embed(
    _ input: String, model: String = "text-embedding-3-small", extra: String = "",
    key: String? = apiKey, patience: Duration = .seconds(20)
  ) async throws -> RawHTTP.Reply {
    try await RawHTTP.send(
      "POST", "/v1/embeddings", port: endpoint.port, bearer: key,
      body: #"{"model": "\#(model)", "input": \#(input)\#(extra)}"#, patience: patience)
  }
}

/// The answer of an embeddings request as far as the tests look at it.
struct EmbeddingsAnswer: Decodable {
  struct Item: Decodable {
    let object: String
    let index: Int
    let embedding: Numbers
  }

  struct Usage: Decodable, Equatable {
    let prompt_tokens: Int
    let total_tokens: Int
  }

  enum Numbers: Decodable {
    case array([Float?])
    case base64(String)

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let text = try? value.decode(String.self) {
        self = .base64(text)
      } else {
        self = .array(try value.decode([Float?].self))
      }
    }

    /// The numbers, whichever way they came.
    var floats: [Float?] {
      switch self {
      case .array(let numbers): return numbers
      case .base64(let text):
        let bytes = Array(Data(base64Encoded: text) ?? Data())
        return stride(from: 0, to: bytes.count, by: 4).map { start in
          Float(
            bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
        }
      }
    }
  }

  let object: String
  let data: [Item]
  let model: String
  let usage: Usage
}

/// An error of OpenAI's API as it stands in a body.
struct OpenAIErrorBody: Decodable, Equatable {
  struct Details: Decodable, Equatable {
    let message: String
    let type: String
    let code: String?
  }

  let error: Details
}
