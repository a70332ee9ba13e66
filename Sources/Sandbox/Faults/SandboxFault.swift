/// One thing that can be made wrong in the sandbox, by the name that `--fault` takes.
package enum SandboxFault: String, Sendable, CaseIterable {
  case keyMissing = "key-missing"
  case keyNotDeployed = "key-not-deployed"
  case keyTrailingNewline = "key-trailing-newline"
  case keyInvalid = "key-invalid"
  case quotaExhausted = "quota-exhausted"
  case dimensionsIgnored = "dimensions-ignored"
  case quarterWidth = "quarter-width"
  case base64Ignored = "base64-ignored"
  case wrongCount = "wrong-count"
  case shuffled
  case nan
  case constantVectors = "constant-vectors"
  case modelSwapped = "model-swapped"
  case columnDimension = "column-dimension"
  case functionMissing = "function-missing"
  case functionRenamedArgument = "function-renamed-argument"
  case staleSchemaCache = "stale-schema-cache"
  case overloadedFunction = "overloaded-function"
  case noExecute = "no-execute"
  case constraintMissing = "constraint-missing"
  case partialUniqueIndex = "partial-unique-index"
  case wideTable = "wide-table"
  case rowSecurity = "row-security"
  case wrongMetric = "wrong-metric"
  case extensionInOtherSchema = "extension-in-other-schema"
  case jobsStuck = "jobs-stuck"
  case jobCompletedEmpty = "job-completed-empty"
  case upsertSyntax = "upsert-syntax"
  case errors500 = "errors-500"
  case rateLimited = "rate-limited"
  case hang
  case postmortem

  /// What is wrong, in one line for `--list-faults`.
  package var summary: String {
    switch self {
    case .keyMissing: "OPENAI_API_KEY is not set for COMMAND, though the project has it"
    case .keyNotDeployed: "OPENAI_API_KEY is set for COMMAND, but is no secret of the project"
    case .keyTrailingNewline: "the project's OPENAI_API_KEY ends with a line break"
    case .keyInvalid: "the endpoint refuses the key, here and deployed, with 401"
    case .quotaExhausted: "the endpoint answers 429 insufficient_quota"
    case .dimensionsIgnored: "the model answers 1536 numbers, whatever is asked"
    case .quarterWidth: "the model answers a quarter of the numbers, as a broken proxy does"
    case .base64Ignored: "the endpoint answers JSON numbers where base64 is asked for"
    case .wrongCount: "the endpoint answers one vector fewer than there are texts"
    case .shuffled: "the vectors come in another order than the texts, each with its index"
    case .nan: "the last vector of each answer holds a null, as NaN becomes in JSON"
    case .constantVectors: "all texts of a request get the vector of the first"
    case .modelSwapped: "another model answers, with vectors of the same length and its own name"
    case .columnDimension: "similarity_cache.embedding is vector(1536)"
    case .functionMissing: "increment_embedding_job_progress does not exist"
    case .functionRenamedArgument:
      "increment_embedding_job_progress calls its first argument job, not job_id"
    case .staleSchemaCache:
      "the REST API read its schema cache before increment_embedding_job_progress was made"
    case .overloadedFunction:
      "a second increment_embedding_job_progress takes the same arguments and an optional one"
    case .noExecute: "service_role may not execute increment_embedding_job_progress"
    case .constraintMissing: "similarity_cache has no unique constraint for its upsert"
    case .partialUniqueIndex:
      "similarity_cache's unique index leaves rows out, so that its upsert cannot use it"
    case .wideTable: "similarity_cache has one more column, not null and without a default"
    case .rowSecurity: "no policy lets embedding_worker's writes through row security"
    case .wrongMetric: "similarity_cache's index is for Euclidean distance, the search for cosine"
    case .extensionInOtherSchema:
      "pgvector is in the schema extensions, which the search path does not have"
    case .jobsStuck: "21 jobs are processing 0/100 and were last touched 14 hours ago"
    case .jobCompletedEmpty: "a job is completed with 0 of 100 items and no error"
    case .upsertSyntax: "the source tree chains .onConflict() to .upsert()"
    case .errors500: "the endpoint answers 500 to each embeddings request"
    case .rateLimited: "the endpoint answers 429 rate_limit_exceeded with Retry-After"
    case .hang: "the endpoint accepts embeddings requests and never answers"
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
    Set<EndpointBehaviour>(
      expanded.compactMap { fault -> EndpointBehaviour? in
        switch fault {
        case .keyInvalid: .refusesKey
        case .quotaExhausted: .quotaExhausted
        case .dimensionsIgnored: .ignoresDimensions
        case .errors500: .serverError
        case .rateLimited: .rateLimited
        case .hang: .hangs
        case .quarterWidth: .quarterWidth
        case .base64Ignored: .ignoresEncoding
        case .wrongCount: .wrongCount
        case .shuffled: .shuffledIndexes
        case .nan: .nullInVector
        case .constantVectors: .constantVectors
        case .modelSwapped: .swappedModel
        case .keyMissing, .keyNotDeployed, .keyTrailingNewline, .columnDimension, .functionMissing,
          .functionRenamedArgument, .staleSchemaCache, .overloadedFunction, .noExecute,
          .constraintMissing, .partialUniqueIndex, .wideTable, .rowSecurity, .wrongMetric,
          .extensionInOtherSchema, .jobsStuck, .jobCompletedEmpty, .upsertSyntax, .postmortem:
          nil
        }
      })
  }
}
