import Embeddings
import Testing

/// An answer that a provider was seen to send, and the cause that it stands for.
struct Refusal: CustomTestStringConvertible {
  let status: Int
  let body: String
  let cause: EmbeddingFault.Cause
  var inputs = 20
  var baseURL = "https://api.openai.com/v1"
  var hasKey = true

  var testDescription: String { "\(status) \(body.prefix(60))" }
}

/// The answers of issue reports and of the providers' own sources, by what they speak of.
extension Refusal {
  static let keys: [Refusal] = [
    Refusal(
      status: 401,
      body:
        #"{"error":{"message":"Incorrect API key provided: 913a2b0d****0993. You can find your API key at https://platform.openai.com/account/api-keys.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#,
      cause: .wrongKey),
    Refusal(
      status: 401,
      body:
        #"{"error":{"message":"You didn't provide an API key. You need to provide your API key in an Authorization header","type":"invalid_request_error","param":null,"code":null}}"#,
      cause: .keyMissing),
    Refusal(status: 401, body: "", cause: .keyMissing, hasKey: false),
    Refusal(
      status: 401,
      body:
        #"{"error":{"message":"You have insufficient permissions for this operation. Missing scopes: model.request.","type":"invalid_request_error","param":null,"code":null}}"#,
      cause: .forbidden),
    Refusal(
      status: 400,
      body:
        #"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]"#,
      cause: .wrongKey),
    Refusal(status: 401, body: #"{"detail":"Provided API key is invalid."}"#, cause: .wrongKey),
    Refusal(
      status: 403,
      body:
        #"{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported","param":null,"type":"request_forbidden"}}"#,
      cause: .regionBlocked),
    Refusal(status: 403, body: "<html><title>403 Forbidden</title></html>", cause: .forbidden),
    Refusal(
      status: 400,
      body:
        #"[{"error":{"code":400,"message":"API key expired. Please renew the API key.","status":"INVALID_ARGUMENT"}}]"#,
      cause: .wrongKey),
    Refusal(
      status: 403,
      body:
        #"{"error":{"code":403,"message":"Your API key was reported as leaked. Please use another API key.","status":"PERMISSION_DENIED"}}"#,
      cause: .wrongKey),
    Refusal(
      status: 403,
      body:
        #"{"error":{"code":403,"message":"Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.","status":"PERMISSION_DENIED"}}"#,
      cause: .keyMissing),
    Refusal(
      status: 401,
      body:
        #"{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."}}"#,
      cause: .wrongKey),
    Refusal(status: 401, body: #"{"message":"invalid api token"}"#, cause: .wrongKey),
    Refusal(
      status: 400,
      body:
        #"[{"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}]"#,
      cause: .regionBlocked),
    Refusal(
      status: 400,
      body:
        #"{"error":{"code":"billing_hard_limit_reached","message":"Billing hard limit has been reached","param":null,"type":"invalid_request_error"}}"#,
      cause: .noQuota),
    Refusal(
      status: 407, body: "<html><title>407 Proxy Authentication Required</title></html>",
      cause: .proxyRefused),
    Refusal(
      status: 402, body: #"{"error":{"message":"Insufficient credits","code":402}}"#,
      cause: .noQuota),
  ]

  static let models: [Refusal] = [
    Refusal(
      status: 403,
      body:
        #"{"error":{"message":"Project `proj_x` does not have access to model `text-embedding-3-small`","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#,
      cause: .modelMissing),
    Refusal(
      status: 404,
      body:
        #"{"error":{"message":"The model `text-embedding-9` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#,
      cause: .modelMissing),
    Refusal(
      status: 404,
      body:
        #"{"error":{"message":"model \"nomic-embed\" not found, try pulling it first","type":"api_error","param":null,"code":null}}"#,
      cause: .modelMissing),
    Refusal(
      status: 404,
      body:
        #"{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}"#,
      cause: .modelMissing),
    Refusal(
      status: 400,
      body:
        #"{"object":"error","message":"Invalid model: mistral-embd","type":"invalid_model","param":null,"code":"1500"}"#,
      cause: .modelMissing),
    Refusal(
      status: 404, body: "<html><body>nginx</body></html>",
      cause: .wrongURL(suggestion: "https://host/v1"), baseURL: "https://host/v1/v1"),
    Refusal(
      status: 404, body: "404 page not found",
      cause: .wrongURL(suggestion: "http://localhost:11434/v1"), baseURL: "http://localhost:11434/"),
    Refusal(
      status: 404,
      body:
        #"{"error":{"message":"Invalid URL (POST /v1/embeddings/embeddings)","type":"invalid_request_error"}}"#,
      cause: .wrongURL(suggestion: "https://api.openai.com/v1"),
      baseURL: "https://api.openai.com/v1/embeddings"),
    Refusal(
      status: 404,
      body:
        #"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."}}"#,
      cause: .modelMissing),
    Refusal(
      status: 404,
      body:
        #"{"error":{"message":"No models loaded. Please load a model in the developer page or use the `lms load` command.","type":"invalid_request_error","param":"model","code":"model_not_found"}}"#,
      cause: .modelMissing),
    Refusal(
      status: 404,
      body:
        #"[{"error":{"code":404,"message":"models/text-embedding-9 is not found for API version v1main, or is not supported for embedContent.","status":"NOT_FOUND"}}]"#,
      cause: .modelMissing),
    Refusal(
      status: 404, body: #"{"error":{"code":"404","message":"Resource not found"}}"#,
      cause: .wrongURL(suggestion: nil)),
    Refusal(
      status: 200, body: #"{"error":"Unexpected endpoint or method. (POST /embeddings)"}"#,
      cause: .wrongURL(suggestion: "http://localhost:1234/v1"), baseURL: "http://localhost:1234"),
    Refusal(
      status: 405, body: #"{"detail":"Method Not Allowed"}"#, cause: .wrongURL(suggestion: nil)),
  ]

  static let contents: [Refusal] = [
    Refusal(
      status: 400,
      body:
        #"{"error":{"message":"This model does not support specifying dimensions.","type":"invalid_request_error","param":null,"code":null}}"#,
      cause: .dimensionsRefused),
    Refusal(
      status: 400,
      body:
        #"{"object":"error","message":"Model \"BAAI/bge-m3\" does not support matryoshka representation, changing output dimensions will lead to poor results.","type":"BadRequestError","param":null,"code":400}"#,
      cause: .dimensionsRefused),
    Refusal(
      status: 500,
      body:
        #"{"error":{"message":"litellm.UnsupportedParamsError: Setting dimensions is not supported for OpenAI `text-embedding-3` and later models.","type":"None","param":"None","code":"500"}}"#,
      cause: .dimensionsRefused),
    Refusal(
      status: 400,
      body:
        #"{"error":{"code":400,"message":"Invalid value at 'encoding_format': base64 is not supported","status":"INVALID_ARGUMENT"}}"#,
      cause: .encodingRefused),
    Refusal(
      status: 400,
      body:
        #"{"error":{"message":"This model's maximum context length is 8192 tokens, however you requested 9001 tokens (9001 in your prompt; 0 for the completion).","type":"invalid_request_error","param":null,"code":null}}"#,
      cause: .inputTooLong),
    Refusal(
      status: 400,
      body:
        #"{"object":"error","message":"You passed 8193 input tokens and requested 0 output tokens.","type":"BadRequestError","param":"input","code":400}"#,
      cause: .inputTooLong),
    Refusal(
      status: 400,
      body:
        #"{"error":{"code":400,"message":"request (612 tokens) exceeds the available size","type":"exceed_context_size_error"}}"#,
      cause: .inputTooLong),
    Refusal(
      status: 400, body: #"{"error":{"message":"the input length exceeds the context length"}}"#,
      cause: .inputTooLong),
    Refusal(
      status: 500,
      body:
        #"{"error":{"code":500,"message":"input is too large to process. increase the physical batch size","type":"server_error"}}"#,
      cause: .inputTooLong),
    Refusal(
      status: 422,
      body:
        #"{"error":"Input validation error: `inputs` must have less than 512 tokens. Given: 600","error_type":"Validation"}"#,
      cause: .inputTooLong),
    Refusal(
      status: 400,
      body:
        #"{"error":{"message":"Requested 629204 tokens, max 300000 tokens per request","type":"max_tokens_per_request","param":null,"code":"max_tokens_per_request"}}"#,
      cause: .tooManyTokens(limit: 300_000)),
    Refusal(
      status: 400,
      body:
        #"{"error":{"message":"Requested 367212 tokens, max 300000","type":"invalid_request_error","param":null,"code":"max_tokens_per_request"}}"#,
      cause: .tooManyTokens(limit: 300_000)),
    Refusal(
      status: 400,
      body:
        #"{"detail":"Request to model 'voyage-large-2-instruct' failed. The max allowed tokens per submitted batch is 120000. Your batch has 121138 tokens after truncation. Please lower the number of tokens in the batch."}"#,
      cause: .tooManyTokens(limit: 120_000)),
    Refusal(
      status: 400,
      body:
        #"{"object":"error","message":"Too many tokens in batch. Max is 16384 got 17555","type":"invalid_request_error","param":null,"code":null}"#,
      cause: .tooManyTokens(limit: 16_384)),
    Refusal(
      status: 400,
      body:
        #"[{"error":{"code":400,"message":"* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch\n","status":"INVALID_ARGUMENT"}}]"#,
      cause: .tooManyInputs(limit: 100)),
    Refusal(
      status: 400,
      body: #"{"message":"invalid request: total number of texts must be at most 96"}"#,
      cause: .tooManyInputs(limit: 96)),
    Refusal(
      status: 422,
      body: #"{"error":"batch size 33 > maximum allowed batch size 32","error_type":"Validation"}"#,
      cause: .tooManyInputs(limit: 32)),
    Refusal(
      status: 400,
      body:
        #"{"error":{"message":"<400> InternalError.Algo.InvalidParameter: Value error, batch size is invalid, it should not be larger than 10.: input.contents","type":"InvalidParameter","param":null,"code":"InvalidParameter"}}"#,
      cause: .tooManyInputs(limit: 10)),
    Refusal(
      status: 400,
      body:
        #"{"object":"error","message":{"detail":"Too many inputs in request"},"type":"invalid_request"}"#,
      cause: .tooManyInputs(limit: nil)),
    Refusal(
      status: 400,
      body:
        #"{"error":{"message":"Invalid 'input': array too long. Expected an array with maximum length 2048, but got an array with length 2049 instead.","type":"invalid_request_error","param":"input","code":"array_above_max_length"}}"#,
      cause: .tooManyInputs(limit: 2048)),
    Refusal(
      status: 400,
      body:
        #"{"error":{"message":"'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.","type":"invalid_request_error","param":null,"code":null}}"#,
      cause: .invalidInput),
    Refusal(
      status: 413, body: "<html><title>413 Request Entity Too Large</title>", cause: .bodyTooLarge),
    Refusal(status: 418, body: #"{"message":"short and stout"}"#, cause: .refused),
    Refusal(
      status: 500,
      body: #"{"error":{"message":"failed to encode response: json: unsupported value: NaN"}}"#,
      cause: .badNumbers(positions: [])),
  ]

  static let rates: [Refusal] = [
    Refusal(
      status: 429,
      body:
        #"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
      cause: .noQuota),
    Refusal(
      status: 429,
      body:
        #"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED"}}"#,
      cause: .rateLimited),
    Refusal(
      status: 429,
      body:
        #"{"error":{"message":"Rate limit reached for text-embedding-3-small in organization org-x on tokens per min (TPM): Limit 1000000, Used 976163, Requested 70716. Please try again in 2.812s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#,
      cause: .rateLimited),
    Refusal(
      status: 429,
      body:
        #"{"error":{"message":"Request too large for text-embedding-3-small on tokens per min (TPM): Limit 40,000, Requested 52,113.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#,
      cause: .overRateLimit(requested: 52_113, limit: 40_000)),
    Refusal(
      status: 429, body: #"{"error":"Model is overloaded","error_type":"Overloaded"}"#,
      cause: .rateLimited),
    Refusal(
      status: 429,
      body:
        #"{"error":{"code":"429","message":"Requests to the Embeddings_Create Operation under Azure OpenAI API version 2023-05-15 have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 23 seconds."}}"#,
      cause: .rateLimited),
    Refusal(
      status: 429,
      body:
        #"{"detail":"You have not yet added your payment method in the billing page and will have reduced rate limits of 3 RPM and 10K TPM."}"#,
      cause: .rateLimited),
    Refusal(status: 408, body: "", cause: .serverError),
    Refusal(status: 425, body: "", cause: .serverError),
    Refusal(status: 500, body: "", cause: .serverError),
    Refusal(
      status: 502, body: "<html><title>502 Bad Gateway</title></html>", cause: .serverError),
    Refusal(status: 504, body: "upstream request timeout", cause: .serverError),
    Refusal(status: 520, body: "error code: 520", cause: .serverError),
    Refusal(
      status: 424, body: #"{"error":"Backend error","error_type":"Backend"}"#, cause: .serverError),
    Refusal(status: 503, body: "upstream connect error", cause: .serverError),
    Refusal(status: 529, body: "", cause: .serverError),
    Refusal(status: 409, body: "", cause: .serverError),
    Refusal(status: 302, body: "", cause: .redirected(to: nil)),
  ]
}
