import Core
import Embeddings
import FoundationEssentials
import HTTP
import ScriptedServer
import Testing

/// The client against a server that answers byte by byte what a test wrote.
@Suite(.timeLimit(.minutes(1)))
struct EmbeddingClientTests {
  let http = HTTPClient()

  private func client(
    _ server: ScriptedServer, dimensions: Int? = nil, encoding: EmbeddingEncoding = .base64
  ) -> EmbeddingClient {
    EmbeddingClient(
      EmbeddingModel(
        baseURL: server.url + "/v1/", apiKey: Secret("sk-test-1234"), model: "m",
        dimensions: dimensions, encoding: encoding), http: http)
  }

  private func fault(
    _ body: String, texts: [String] = ["a", "b"], expecting: Int? = nil
  ) async -> EmbeddingFault.Cause? {
    let server = ScriptedServer { _ in [.answer(body)] }
    let fault = await #expect(throws: EmbeddingFault.self) {
      try await client(server).embed(texts, expecting: expecting, timeout: .seconds(20))
    }
    return fault?.cause
  }

  @Test("A request names the model, the texts, the dimensions and base64, and carries the key")
  func request() async throws {
    let server = ScriptedServer { _ in
      [.answer(#"{"data":[{"index":0,"embedding":[1]}]}"#)]
    }
    let text = "\"quoted\" back\\slash \u{0}\n\t\r\u{1f} é 🎈 </script>"
    _ = try await client(server, dimensions: 384).embed([text], timeout: .seconds(20))
    let request = try #require(server.requests.first)
    #expect(request.head.hasPrefix("POST /v1/embeddings HTTP/1.1\r\n"))
    #expect(request.head.contains("\r\nAuthorization: Bearer sk-test-1234"))
    #expect(request.head.contains("\r\nContent-Type: application/json"))
    #expect(
      request.bodyText
        == #"{"model":"m","input":["\"quoted\" back\\slash \u0000\n\u0009\u000d\u001f é 🎈 </script>"],"dimensions":384,"encoding_format":"base64"}"#
    )
  }

  @Test("Numbers are asked for by silence")
  func floatRequest() async throws {
    let server = ScriptedServer { _ in [.answer(#"{"data":[{"index":0,"embedding":[1]}]}"#)] }
    _ = try await client(server, encoding: .float).embed(["a"], timeout: .seconds(20))
    let request = try #require(server.requests.first)
    #expect(request.bodyText == #"{"model":"m","input":["a"]}"#)
  }

  @Test("An embedding is read by its own type, whatever was asked for")
  func bothTypes() async throws {
    // 1, -2 and 0.5 as little-endian 32-bit floats; once with the escapes that .NET and PHP write.
    let server = ScriptedServer { _ in
      [
        .answer(
          #"""
          {"object":"list", "data":[
            {"object":"embedding","index":0,"embedding":"AACAPwAAAMAAAAA/"},
            {"object":"embedding","index":1,"embedding":[1, -2.0e0, 5E-1]},
            {"object":"embedding","index":2,"embedding":"AACAPwAAAMAAAAA\/"},
            {"object":"embedding","index":3,"embedding":"AACAPwAAAMAAAAA\u002f"}],
           "model":"m","usage":{"prompt_tokens":7,"total_tokens":9}}
          """#,
          headers: [
            "x-request-id: req_7", "x-ratelimit-limit-tokens: 1000",
            "x-ratelimit-remaining-tokens: 990", "x-ratelimit-reset-tokens: 12ms",
            "x-ratelimit-remaining-requests: -1",
          ])
      ]
    }
    let reply = try await client(server).embed(
      ["a", "a", "a", "a"], expecting: 3, timeout: .seconds(20))
    #expect(reply.vectors == [[Float]](repeating: [1, -2, 0.5], count: 4))
    #expect(reply.dimensions == 3)
    #expect(reply.tokens == 9)
    #expect(reply.requestID == "req_7")
    #expect(
      reply.rateLimits
        == RateLimits(tokens: .init(limit: 1000, remaining: 990, reset: .milliseconds(12))))
  }

  @Test("Vectors of any width are read from base64, with padding and without", arguments: 1...13)
  func widths(width: Int) async throws {
    let vector = (0..<width).map { Float($0) * 1.37 - 4 }
    let bytes = vector.flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> UInt32(8 * $0)) }
    }
    let padded = Data(bytes).base64EncodedString()
    let plain = padded.prefix { $0 != "=" }
    // The quotes and escapes around it stand at another place each time.
    let name = String(repeating: "m", count: width) + #"\""#
    let server = ScriptedServer { _ in
      [
        .answer(
          #"{"model":"\#(name)","data":[{"embedding":"\#(padded)"},{"embedding":"\#(plain)"}]}"#)
      ]
    }
    let reply = try await client(server).embed(["a", "b"], timeout: .seconds(20))
    #expect(reply.vectors == [vector, vector])
  }

  @Test("A string ends at its quote, wherever that and the escapes before it stand")
  func strings() async throws {
    let notes = (0..<200).map { place in
      let escape = place % 2 == 0 ? #"\""# : #"\\"#
      let before = String(repeating: "x", count: place)
      return #""\#(before)\#(escape)""#
    }
    let server = ScriptedServer { _ in
      [.answer(#"{"notes":[\#(notes.joined(separator: ","))],"data":[{"embedding":[1]}]}"#)]
    }
    let reply = try await client(server).embed(["a"], timeout: .seconds(20))
    #expect(reply.vectors == [[1]])
  }

  @Test("A character that is no digit is found wherever it stands", arguments: 0..<43)
  func notADigit(place: Int) async {
    // Eight floats are 43 digits.
    var digits = Array(repeating: Character("A"), count: 43)
    digits[place] = "-"
    let cause = await fault(
      #"{"data":[{"embedding":"\#(String(digits))"}]}"#, texts: ["a"])
    #expect(cause == .badNumbers(positions: [0]))
  }

  @Test("Shuffled vectors go to the texts that their indexes name")
  func shuffled() async throws {
    let server = ScriptedServer { _ in
      [
        .answer(
          #"{"data":[{"embedding":[3],"index":2},{"index":0,"embedding":[1]},{"index":1,"embedding":[2]}]}"#
        )
      ]
    }
    let reply = try await client(server).embed(["a", "b", "c"], timeout: .seconds(20))
    #expect(reply.vectors == [[1], [2], [3]])
    #expect(reply.tokens == nil)
  }

  @Test("Vectors without any index are taken in their order")
  func withoutIndexes() async throws {
    let server = ScriptedServer { _ in [.answer(#"{"data":[{"embedding":[1]},{"embedding":[2]}]}"#)]
    }
    let reply = try await client(server).embed(["a", "b"], timeout: .seconds(20))
    #expect(reply.vectors == [[1], [2]])
  }

  static let malformed: [(String, EmbeddingFault.Cause)] = [
    (#"{"data":[{"index":0,"embedding":[1]}]}"#, .wrongCount(expected: 2, got: 1)),
    (#"{"data":[]}"#, .wrongCount(expected: 2, got: 0)),
    (#"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}"#, .badIndexes),
    (#"{"data":[{"index":1,"embedding":[1]},{"index":2,"embedding":[1]}]}"#, .badIndexes),
    (#"{"data":[{"index":0,"embedding":[1]},{"embedding":[1]}]}"#, .badIndexes),
    (#"{"data":[{"index":-1,"embedding":[1]},{"index":0,"embedding":[1]}]}"#, .badIndexes),
    (
      #"{"data":[{"index":1,"embedding":[1,null]},{"index":0,"embedding":[1,1]}]}"#,
      .badNumbers(positions: [1])
    ),
    (
      #"{"data":[{"index":0,"embedding":[NaN]},{"index":1,"embedding":[-Infinity]}]}"#,
      .badNumbers(positions: [0, 1])
    ),
    (
      #"{"data":[{"index":0,"embedding":[1e39]},{"index":1,"embedding":[1]}]}"#,
      .badNumbers(positions: [0])
    ),
    (
      #"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":null}]}"#,
      .badNumbers(positions: [1])
    ),
    (#"{"data":[{"index":0,"embedding":[1]},{"index":1}]}"#, .badNumbers(positions: [1])),
    (
      #"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[]}]}"#,
      .badNumbers(positions: [1])
    ),
    (
      #"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":"AACA"}]}"#,
      .badNumbers(positions: [1])
    ),
    (
      #"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":"AA-APw=="}]}"#,
      .badNumbers(positions: [1])
    ),
    (
      #"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":"AACAPwAA"}]}"#,
      .badNumbers(positions: [1])
    ),
    (
      #"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":"AADAfw=="}]}"#,
      .badNumbers(positions: [1])
    ),
    (
      #"{"data":[{"index":0,"embedding":[[1]]},{"index":1,"embedding":[1]}]}"#,
      .badNumbers(positions: [0])
    ),
    (
      #"{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[0,-0.0]}]}"#,
      .zeroVector(positions: [1])
    ),
    (
      #"{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1]}]}"#,
      .mixedDimensions([1, 2])
    ),
    (#"{"data":{"embedding":[1]}}"#, .noData),
    (#"{}"#, .noData),
    ("", .notJSON),
    ("null", .notJSON),
    (#"{"data":[{"index":0,"embedding":[1]}"#, .notJSON),
    (#"{"data":[]} trailing"#, .notJSON),
    (#"{"data":"# + String(repeating: "[", count: 100_000), .notJSON),
    ("<!DOCTYPE html><title>Welcome</title>", .html),
    (#"{"error":{"message":"Rate limit exceeded","code":429}}"#, .rateLimited),
    (#"{"error":{"message":"Provider returned error"}}"#, .serverError),
  ]

  @Test(
    "An answer that cannot be trusted is refused by its own cause", arguments: malformed.indices)
  func refused(row: Int) async {
    let (body, cause) = Self.malformed[row]
    await #expect(fault(body) == cause)
  }

  @Test("Vectors of another width than expected are refused")
  func wrongDimension() async {
    let body = #"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1]}]}"#
    await #expect(fault(body, expecting: 4) == .wrongDimension(expected: 4, got: 1))
  }

  @Test("An endpoint that refuses base64 is asked once more without it, and remembered")
  func base64Refused() async throws {
    let server = ScriptedServer { request in
      request.bodyText.contains("base64")
        ? [
          .answer(#"{"error":{"message":"encoding_format: base64 is not supported"}}"#, status: 400)
        ]
        : [.answer(#"{"data":[{"index":0,"embedding":[1]}]}"#)]
    }
    let client = client(server)
    for _ in 0..<2 {
      let reply = try await client.embed(["a"], timeout: .seconds(20))
      #expect(reply.vectors == [[1]])
    }
    #expect(server.requests.map { $0.bodyText.contains("base64") } == [true, false, false])
    #expect(server.connectionCount == 1)
  }

  @Test("Faults of the wire keep their cause")
  func wire() async throws {
    let closed = RefusingPort()
    let client = EmbeddingClient(
      EmbeddingModel(baseURL: "http://127.0.0.1:\(closed.port)/v1", apiKey: nil, model: "m"),
      http: http)
    let refused = await #expect(throws: EmbeddingFault.self) {
      try await client.embed(["a"], timeout: .seconds(20))
    }
    #expect(
      refused?.cause == .unreachable(.connectionRefused(host: "127.0.0.1", port: closed.port)))
    #expect(refused?.fix == "start the endpoint, or check the port in the base URL")

    let silent = ScriptedServer { _ in [.hang] }
    let timedOut = await #expect(throws: EmbeddingFault.self) {
      try await self.client(silent).embed(["a"], timeout: .milliseconds(100))
    }
    #expect(timedOut?.cause == .timedOut(.milliseconds(100), phase: .beforeFirstByte))
    #expect(timedOut?.disposition == .retry)

    let half = ScriptedServer { _ in
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"data\":["), .close]
    }
    let truncated = await #expect(throws: EmbeddingFault.self) {
      try await self.client(half).embed(["a"], timeout: .seconds(20))
    }
    #expect(truncated?.cause == .truncated)
  }

  @Test("A large answer of numbers in full precision is read exactly")
  func precision() async throws {
    var generator = SystemRandomNumberGenerator()
    let vectors = (0..<20).map { _ in
      (0..<384).map { _ in Float.random(in: -1...1, using: &generator) }
    }
    let server = ScriptedServer { request in
      let items = vectors.enumerated().map { index, vector in
        let numbers = vector.map { request.bodyText.contains("double") ? "\(Double($0))" : "\($0)" }
        return
          #"{"object":"embedding","index":\#(index),"embedding":[\#(numbers.joined(separator: ", "))]}"#
      }
      return [.answer(#"{"object":"list","data":[\#(items.joined(separator: ","))]}"#)]
    }
    for text in ["single", "double"] {
      let reply = try await client(server).embed(
        Array(repeating: text, count: 20), expecting: 384, timeout: .seconds(20))
      #expect(reply.vectors == vectors)
    }
  }
}
