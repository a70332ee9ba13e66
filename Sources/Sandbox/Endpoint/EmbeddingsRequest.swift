internal import FoundationEssentials

/// A request to `POST /v1/embeddings`, read and checked as the service does.
struct EmbeddingsRequest: Equatable {
  /// The bounds of OpenAI's API reference for embeddings.
  enum Bound {
    static let inputs = 2048
    static let tokensPerInput = 8192
    static let tokensPerRequest = 300_000
  }

  enum Encoding: String {
    case float
    case base64
  }

  let model: HostedModel
  /// An input that came as tokens stands here as the token numbers with spaces between.
  let inputs: [String]
  let tokens: Int
  let dimensions: Int
  let encoding: Encoding

  init(json: Data) throws(OpenAIError) {
    let body: Body
    do {
      body = try JSONDecoder().decode(Body.self, from: json)
    } catch DecodingError.keyNotFound(let key, _) where key.stringValue == "input" {
      throw .inputMissing
    } catch DecodingError.keyNotFound(let key, _) where key.stringValue == "model" {
      throw .modelNotGiven
    } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
      throw .unparsable
    } catch {
      throw .inputInvalid
    }
    guard let model = HostedModel.named(body.model) else { throw .modelMissing(body.model) }
    self.model = model
    dimensions = try EmbeddingsRequest.dimensions(body.dimensions, of: model)
    guard let encoding = Encoding(rawValue: body.encoding_format ?? "float") else {
      throw .encodingUnknown(body.encoding_format ?? "")
    }
    self.encoding = encoding
    let inputs = body.input.texts
    guard (1...Bound.inputs).contains(inputs.count), !inputs.contains(where: \.text.isEmpty) else {
      throw .inputInvalid
    }
    if let longest = inputs.map(\.tokens).max(), longest > Bound.tokensPerInput {
      throw .inputTooLong(tokens: longest, limit: Bound.tokensPerInput)
    }
    tokens = inputs.reduce(0) { $0 + $1.tokens }
    guard tokens <= Bound.tokensPerRequest else {
      throw .requestTooLong(tokens: tokens, limit: Bound.tokensPerRequest)
    }
    self.inputs = inputs.map(\.text)
  }

  private static func dimensions(
    _ asked: Int?, of model: HostedModel
  ) throws(OpenAIError) -> Int {
    guard let asked else { return model.width }
    guard model.isAdjustable else { throw .dimensionsUnsupported }
    guard asked >= 1 else { throw .dimensionsTooSmall(asked) }
    guard asked <= model.width else { throw .dimensionsTooLarge(asked, limit: model.width) }
    return asked
  }
}

/// The fields as they stand in the JSON.
private struct Body: Decodable {
  let model: String
  let input: Input
  let dimensions: Int?
  let encoding_format: String?
}

/// One text, several, one row of tokens, or several.
private enum Input: Decodable {
  case texts([String])
  case tokens([[Int]])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let texts = try? value.decode([String].self) {
      self = .texts(texts)
    } else if let text = try? value.decode(String.self) {
      self = .texts([text])
    } else if let tokens = try? value.decode([Int].self) {
      self = .tokens([tokens])
    } else {
      self = .tokens(try value.decode([[Int]].self))
    }
  }

  /// The inputs with their tokens; without a tokenizer a text has one for each four bytes.
  var texts: [(text: String, tokens: Int)] {
    switch self {
    case .texts(let texts): texts.map { ($0, max(1, ($0.utf8.count + 3) / 4)) }
    case .tokens(let rows):
      rows.map { ($0.map { String($0) }.joined(separator: " "), $0.count) }
    }
  }
}
