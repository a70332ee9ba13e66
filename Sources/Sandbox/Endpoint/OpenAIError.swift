/// The errors of OpenAI's embeddings API that the endpoint can give, with the words of the service.
///
/// The texts are the ones that users quote in public issue threads. `dimensions` above the model's
/// width is the one message that no thread shows in full; only its status is certain.
enum OpenAIError: Error, Equatable {
  case keyMissing
  case keyWrong(shown: String)
  case modelNotGiven
  case modelMissing(String)
  case dimensionsUnsupported
  case dimensionsTooSmall(Int)
  case dimensionsTooLarge(Int, limit: Int)
  case encodingUnknown(String)
  case unparsable
  case inputMissing
  case inputInvalid
  case inputTooLong(tokens: Int, limit: Int)
  case requestTooLong(tokens: Int, limit: Int)
  case regionRefused
  case tooManyInputs(Int, limit: Int)
  case bodyTooLarge(limit: Int)
  case overRateLimit(Int, limit: Int, model: String)
  case quotaExhausted
  case rateLimited(model: String)
  case serverError
  case unknownURL(method: String, path: String)
  case methodNotAllowed(method: String, path: String)

  var status: Int {
    switch self {
    case .keyMissing, .keyWrong: 401
    case .modelMissing, .unknownURL: 404
    case .methodNotAllowed: 405
    case .regionRefused: 403
    case .bodyTooLarge: 413
    case .quotaExhausted, .rateLimited, .overRateLimit: 429
    case .serverError: 500
    default: 400
    }
  }

  var body: [UInt8] {
    let fields = [
      ("message", message), ("type", type), ("param", nil as String?), ("code", code),
    ].map { name, value in "    \"\(name)\": \(value.map { jsonString($0) } ?? "null")" }
    return Array("{\n  \"error\": {\n\(fields.joined(separator: ",\n"))\n  }\n}\n".utf8)
  }

  private var message: String {
    switch self {
    case .keyMissing:
      """
      You didn't provide an API key. You need to provide your API key in an Authorization header \
      using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with \
      blank username) if you're accessing the API from your browser and are prompted for a \
      username and password. You can obtain an API key from \
      https://platform.openai.com/account/api-keys.
      """
    case .keyWrong(let shown):
      """
      Incorrect API key provided: \(shown). You can find your API key at \
      https://platform.openai.com/account/api-keys.
      """
    case .modelNotGiven: "you must provide a model parameter"
    case .modelMissing(let model):
      "The model `\(model)` does not exist or you do not have access to it."
    case .dimensionsUnsupported: "This model does not support specifying dimensions."
    case .dimensionsTooSmall(let asked):
      "\(asked) is less than the minimum of 1 - 'dimensions'"
    case .dimensionsTooLarge(let asked, let limit):
      "Invalid value for 'dimensions' = \(asked). Must be less than or equal to \(limit)."
    case .encodingUnknown(let name):
      "'\(name)' is not one of ['float', 'base64'] - 'encoding_format'"
    case .unparsable:
      """
      We could not parse the JSON body of your request. (HINT: This likely means you aren't using \
      your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was \
      not valid JSON. If you have trouble figuring out how to fix this, please contact us through \
      our help center at help.openai.com.)
      """
    case .inputMissing: "'input' is a required property"
    case .inputInvalid:
      """
      '$.input' is invalid. Please check the API reference: \
      https://platform.openai.com/docs/api-reference.
      """
    case .inputTooLong(let tokens, let limit):
      """
      This model's maximum context length is \(limit) tokens, however you requested \(tokens) \
      tokens (\(tokens) in your prompt; 0 for the completion). Please reduce your prompt; or \
      completion length.
      """
    case .requestTooLong(let tokens, let limit):
      "Requested \(tokens) tokens, max \(limit) tokens per request"
    case .regionRefused: "Country, region, or territory not supported"
    case .tooManyInputs(let count, let limit):
      """
      Invalid 'input': array too long. Expected an array with maximum length \(limit), but got an \
      array with length \(count) instead.
      """
    case .overRateLimit(let tokens, let limit, let model):
      """
      Request too large for \(model) in organization org-sandbox on tokens per min (TPM): \
      Limit \(limit), Requested \(tokens). The input or output tokens must be reduced in order to \
      run successfully. Visit https://platform.openai.com/account/rate-limits to learn more.
      """
    case .bodyTooLarge(let limit): "Maximum content size limit (\(limit)) exceeded"
    case .quotaExhausted:
      """
      You exceeded your current quota, please check your plan and billing details. For more \
      information on this error, read the docs: \
      https://platform.openai.com/docs/guides/error-codes/api-errors.
      """
    case .rateLimited(let model):
      """
      Rate limit reached for \(model) in organization org-sandbox on requests per min (RPM): \
      Limit 3000, Used 3000, Requested 1. Please try again in 1s. Visit \
      https://platform.openai.com/account/rate-limits to learn more.
      """
    case .serverError:
      "The server had an error while processing your request. Sorry about that!"
    case .unknownURL(let method, let path): "Invalid URL (\(method) \(path))"
    case .methodNotAllowed(let method, let path):
      """
      Not allowed to \(method) on \(path). (HINT: Perhaps you meant to use a different HTTP \
      method?)
      """
    }
  }

  private var type: String {
    switch self {
    case .requestTooLong: "max_tokens_per_request"
    case .regionRefused: "request_forbidden"
    case .quotaExhausted: "insufficient_quota"
    case .rateLimited: "requests"
    case .overRateLimit: "tokens"
    case .serverError: "server_error"
    default: "invalid_request_error"
    }
  }

  private var code: String? {
    switch self {
    case .keyWrong: "invalid_api_key"
    case .modelMissing: "model_not_found"
    case .requestTooLong: "max_tokens_per_request"
    case .regionRefused: "unsupported_country_region_territory"
    case .quotaExhausted: "insufficient_quota"
    case .rateLimited, .overRateLimit: "rate_limit_exceeded"
    case .methodNotAllowed: "method_not_supported"
    default: nil
    }
  }
}
