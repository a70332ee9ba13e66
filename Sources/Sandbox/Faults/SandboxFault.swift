/// One thing that can be made wrong in the sandbox, by the name that `--fault` takes.
///
/// Those of the database are planted in this order: what takes a thing away comes after what only
/// changes it.
package enum SandboxFault: String, Sendable, CaseIterable {
  case keyMissing = "key-missing"
  case keyNotDeployed = "key-not-deployed"
  case keyTrailingNewline = "key-trailing-newline"
  case keyQuoted = "key-quoted"
  case keyRotated = "key-rotated"
  case tokenRevoked = "token-revoked"
  case anonKeyAsServiceKey = "anon-key-as-service-key"
  case serviceKeyPublished = "service-key-published"
  case variableUnset = "variable-unset"
  case keyInvalid = "key-invalid"
  case quotaExhausted = "quota-exhausted"
  case modelMissing = "model-missing"
  case regionRefused = "region-refused"
  case wrongBaseURL = "wrong-base-url"
  case signInPage = "sign-in-page"
  case dimensionsIgnored = "dimensions-ignored"
  case quarterWidth = "quarter-width"
  case base64Ignored = "base64-ignored"
  case wrongCount = "wrong-count"
  case shuffled
  case unordered
  case nan
  case constantVectors = "constant-vectors"
  case modelSwapped = "model-swapped"
  case modelMasked = "model-masked"
  case errors500 = "errors-500"
  case rateLimited = "rate-limited"
  case hang
  case columnDimension = "column-dimension"
  case undeclaredDimension = "undeclared-dimension"
  case functionRenamedArgument = "function-renamed-argument"
  case overloadedFunction = "overloaded-function"
  case noExecute = "no-execute"
  case executeForAll = "execute-for-all"
  case unsafeSearchPath = "unsafe-search-path"
  case functionInOtherSchema = "function-in-other-schema"
  case staleSchemaCache = "stale-schema-cache"
  case functionMissing = "function-missing"
  case volatileSearch = "volatile-search"
  case partialUniqueIndex = "partial-unique-index"
  case deferrableUnique = "deferrable-unique"
  case constraintMissing = "constraint-missing"
  case wideTable = "wide-table"
  case nullableKey = "nullable-key"
  case columnMissing = "column-missing"
  case rowSecurity = "row-security"
  case rowSecurityOff = "row-security-off"
  case noUpdateRight = "no-update-right"
  case wrongMetric = "wrong-metric"
  case indexInvalid = "index-invalid"
  case indexMissing = "index-missing"
  case oldPgvector = "old-pgvector"
  case extensionInOtherSchema = "extension-in-other-schema"
  case duplicateRows = "duplicate-rows"
  case jobsStuck = "jobs-stuck"
  case jobCompletedEmpty = "job-completed-empty"
  case jobFailedSilently = "job-failed-silently"
  case backlog
  case upsertSyntax = "upsert-syntax"
  case keyInCode = "key-in-code"
  case dimensionsNotAsked = "dimensions-not-asked"
  case postmortem

  /// What is wrong, in one line for `--list-faults`.
  package var summary: String {
    switch self {
    case .keyMissing: "OPENAI_API_KEY is not set for COMMAND, though the project has it"
    case .keyNotDeployed: "OPENAI_API_KEY is set for COMMAND, but is no secret of the project"
    case .keyTrailingNewline: "the project's OPENAI_API_KEY ends with a line break"
    case .keyQuoted: "the project's OPENAI_API_KEY stands between quotes"
    case .keyRotated: "the project's OPENAI_API_KEY is an older key"
    case .tokenRevoked: "the Management API does not know SUPABASE_ACCESS_TOKEN"
    case .anonKeyAsServiceKey: "SUPABASE_SERVICE_ROLE_KEY holds the publishable key"
    case .serviceKeyPublished: "SUPABASE_ANON_KEY, which browsers get, holds the secret key"
    case .variableUnset: ".env.example names WEBHOOK_SECRET, which nobody has set"
    case .keyInvalid: "the endpoint refuses the key, here and deployed, with 401"
    case .quotaExhausted: "the endpoint answers 429 insufficient_quota"
    case .modelMissing: "the endpoint answers 404 model_not_found"
    case .regionRefused: "the endpoint answers 403 unsupported_country_region_territory"
    case .wrongBaseURL: "OPENAI_BASE_URL lacks its /v1"
    case .signInPage: "a gateway answers embeddings requests with a page to sign in, and status 200"
    case .dimensionsIgnored: "the model answers 1536 numbers, whatever is asked"
    case .quarterWidth: "the model answers a quarter of the numbers, as a broken proxy does"
    case .base64Ignored: "the endpoint answers JSON numbers where base64 is asked for"
    case .wrongCount: "the endpoint answers one vector fewer than there are texts"
    case .shuffled: "the vectors come in another order than the texts, each with its index"
    case .unordered: "the vectors come in another order than the texts, and their indexes hide it"
    case .nan: "the last vector of each answer holds a null, as NaN becomes in JSON"
    case .constantVectors: "all texts of a request get the vector of the first"
    case .modelSwapped: "another model answers, with vectors of the same length and its own name"
    case .modelMasked:
      "40 issues are embedded already, and since then another model answers under the same name"
    case .errors500: "the endpoint answers 500 to each embeddings request"
    case .rateLimited: "the endpoint answers 429 rate_limit_exceeded with Retry-After"
    case .hang: "the endpoint accepts embeddings requests and never answers"
    case .columnDimension: "similarity_cache.embedding is vector(1536)"
    case .undeclaredDimension: "issues.embedding is vector, without a number of dimensions"
    case .functionRenamedArgument:
      "increment_embedding_job_progress calls its first argument job, not job_id"
    case .overloadedFunction:
      "a second increment_embedding_job_progress takes the same arguments and an optional one"
    case .noExecute: "service_role may not execute increment_embedding_job_progress"
    case .executeForAll: "everybody may execute increment_embedding_job_progress"
    case .unsafeSearchPath:
      "increment_embedding_job_progress runs with its owner's rights, and sets no search_path"
    case .functionInOtherSchema: "increment_embedding_job_progress is in the schema private"
    case .staleSchemaCache:
      "the REST API read its schema cache before increment_embedding_job_progress was made"
    case .functionMissing: "increment_embedding_job_progress does not exist"
    case .volatileSearch: "match_similar_items is volatile, though it only reads"
    case .partialUniqueIndex:
      "similarity_cache's unique index leaves rows out, so that its upsert cannot use it"
    case .deferrableUnique:
      "similarity_cache's unique constraint is deferrable, so that its upsert cannot use it"
    case .constraintMissing: "similarity_cache has no unique constraint for its upsert"
    case .wideTable: "similarity_cache has one more column, not null and without a default"
    case .nullableKey: "similarity_cache.item_id takes nulls, of which no two are equal"
    case .columnMissing: "issues has no column content_hash"
    case .rowSecurity: "no policy lets embedding_worker's writes through row security"
    case .rowSecurityOff:
      "row security of issues is off, so that the public key reads and writes all of it"
    case .noUpdateRight: "embedding_worker may not update issues"
    case .wrongMetric: "similarity_cache's index is for Euclidean distance, the search for cosine"
    case .indexInvalid: "similarity_cache's index is invalid, as a broken-off build leaves it"
    case .indexMissing: "similarity_cache.embedding has no index"
    case .oldPgvector: "the database has pgvector 0.8.2, whose hnsw indexes vacuum can corrupt"
    case .extensionInOtherSchema:
      "pgvector is in the schema extensions, which the search path does not have"
    case .duplicateRows: "an issue is there twice"
    case .jobsStuck: "21 jobs are processing 0/100 and were last touched 14 hours ago"
    case .jobCompletedEmpty: "a job is completed with 0 of 100 items and no error"
    case .jobFailedSilently: "a job failed and says nothing of why"
    case .backlog: "12000 items wait in a job that nobody has begun"
    case .upsertSyntax: "the source tree chains .onConflict() to .upsert()"
    case .keyInCode: "the source tree holds a key of OpenAI"
    case .dimensionsNotAsked: "the source tree asks for no number of dimensions"
    case .postmortem:
      "the six causes of the postmortem at once: "
        + SandboxFault.postmortemCauses.map(\.rawValue).joined(separator: ", ")
    }
  }

  /// The faults that stand for the postmortem's six causes, in the order of its page.
  ///
  /// Swallowed errors show as a job that completed empty, and state lost between steps as jobs that
  /// never got past 0.
  package static let postmortemCauses: [SandboxFault] = [
    .keyNotDeployed, .dimensionsIgnored, .upsertSyntax, .functionMissing, .jobCompletedEmpty,
    .jobsStuck,
  ]
}

extension Set<SandboxFault> {
  /// The faults with `postmortem` replaced by what it stands for.
  var expanded: Set<SandboxFault> {
    contains(.postmortem)
      ? subtracting([.postmortem]).union(SandboxFault.postmortemCauses) : self
  }

  /// What of these faults the endpoint has to act out.
  package var behaviours: Set<EndpointBehaviour> {
    Set<EndpointBehaviour>(expanded.compactMap { SandboxFault.behaviours[$0] })
  }
}

extension SandboxFault {
  fileprivate static let behaviours: [SandboxFault: EndpointBehaviour] = [
    .keyInvalid: .refusesKey,
    .quotaExhausted: .quotaExhausted,
    .modelMissing: .modelMissing,
    .regionRefused: .regionRefused,
    .signInPage: .html,
    .dimensionsIgnored: .ignoresDimensions,
    .quarterWidth: .quarterWidth,
    .base64Ignored: .ignoresEncoding,
    .wrongCount: .wrongCount,
    .shuffled: .shuffledIndexes,
    .unordered: .misplacedVectors,
    .nan: .nullInVector,
    .constantVectors: .constantVectors,
    .modelSwapped: .swappedModel,
    .modelMasked: .maskedModel,
    .errors500: .serverError,
    .rateLimited: .rateLimited,
    .hang: .hangs,
  ]
}
