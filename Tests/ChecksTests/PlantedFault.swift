import Sandbox
import Testing

/// A fault of the sandbox, and what the shipped checklist says of it.
struct PlantedFault: Sendable, CustomTestStringConvertible {
  /// A whole finding; what differs from sandbox to sandbox stands as `$NAME`.
  struct Told: Sendable {
    let id: String
    let message: String
    let expected: String
    let observed: String
    let fix: String
  }

  let fault: SandboxFault
  var failing: Told?
  var untold: Told?
  var skipped: [String] = []

  var testDescription: String { fault.rawValue }

  static let all: [PlantedFault] = [
    PlantedFault(
      fault: .keyMissing,
      failing: secret(
        "OPENAI_API_KEY is not set; the project $SUPABASE_PROJECT_REF has a secret of that name",
        fix: "export OPENAI_API_KEY='…'   # the secret"),
      untold: Told(
        id: "service.embedder",
        message: "the embeddings service cannot be asked: OPENAI_API_KEY is not set",
        expected: "values for OPENAI_BASE_URL and OPENAI_API_KEY",
        observed: "OPENAI_API_KEY is not set", fix: "export OPENAI_API_KEY='…'"),
      skipped: ["key.openai", "round_trip"]),
    PlantedFault(
      fault: .keyNotDeployed,
      failing: secret(
        "the project $SUPABASE_PROJECT_REF has no secret OPENAI_API_KEY",
        fix: """
          supabase secrets set OPENAI_API_KEY="$OPENAI_API_KEY" --project-ref $SUPABASE_PROJECT_REF
          """)),
    PlantedFault(
      fault: .keyTrailingNewline,
      failing: secret(
        """
        the project $SUPABASE_PROJECT_REF has another value for OPENAI_API_KEY: the stored value ends \
        with a line break, the other does not
        """,
        fix: """
          supabase secrets set OPENAI_API_KEY="$OPENAI_API_KEY" --project-ref $SUPABASE_PROJECT_REF
          """)),
    PlantedFault(
      fault: .keyInvalid,
      failing: key(
        """
        the endpoint does not accept the API key (status 401, invalid_api_key): Incorrect API key \
        provided: ‹secret› You can find your API key at https://platform.openai.com/account/api-keys.
        """, observed: "status 401, invalid_api_key",
        fix: """
          export OPENAI_API_KEY='…'   # set a valid API key; a key of another provider or project is \
          refused like this
          """), skipped: ["round_trip"]),
    PlantedFault(
      fault: .quotaExhausted,
      failing: key(
        """
        the account has no quota or credit left (status 429, insufficient_quota): You exceeded your \
        current quota, please check your plan and billing details. For more information on this \
        error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.
        """, observed: "status 429, insufficient_quota",
        fix: "# add credit or raise the budget of the account that owns the key\n\(request)"),
      skipped: ["round_trip"]),
    PlantedFault(
      fault: .dimensionsIgnored,
      failing: Told(
        id: "dimension",
        message: """
          1536 in the answer of text-embedding-3-small, but 384 in `dimensions` of embedder, \
          issues.embedding and similarity_cache.embedding
          """,
        expected: "384", observed: "1536 (the answer of text-embedding-3-small)",
        fix: """
          dimensions: 384   # under `embedder`, in each request, and the endpoint must heed it
          # or declare `dimensions: 1536`, and store that:
          # -- stored vectors of another length cannot be kept: they have to be made again
          # -- similarity_cache takes no null there: `truncate similarity_cache` first, if it has rows
          # alter table issues alter column embedding type vector(1536) using null;
          # alter table similarity_cache alter column embedding type vector(1536) using null;
          # -- items_needing_embeddings must be dropped before and made anew after
          """), skipped: ["round_trip"]),
    PlantedFault(
      fault: .columnDimension,
      failing: Told(
        id: "dimension",
        message: """
          1536 in similarity_cache.embedding, but 384 in `dimensions` of embedder, the answer of \
          text-embedding-3-small and issues.embedding
          """,
        expected: "384", observed: "1536 (similarity_cache.embedding)",
        fix: """
          -- stored vectors of another length cannot be kept: they have to be made again
          -- similarity_cache takes no null there: `truncate similarity_cache` first, if it has rows
          alter table similarity_cache alter column embedding type vector(384) using null;
          """), skipped: ["round_trip"]),
    PlantedFault(
      fault: .functionMissing,
      failing: function(
        "there is no function increment_embedding_job_progress", fix: progressFunction)),
    PlantedFault(
      fault: .functionRenamedArgument,
      failing: function(
        """
        its arguments are called otherwise: increment_embedding_job_progress(job uuid, \
        increment_count integer)
        """,
        fix: """
          drop function increment_embedding_job_progress(uuid,integer);
          \(progressFunction)
          """)),
    PlantedFault(
      fault: .overloadedFunction,
      failing: function(
        """
        a call by these names is ambiguous with increment_embedding_job_progress(job_id uuid, \
        increment_count integer, note text)
        """, fix: "drop function increment_embedding_job_progress(uuid,integer,text);")),
    PlantedFault(
      fault: .noExecute,
      failing: function(
        "service_role may not execute it",
        fix: """
          grant execute on function increment_embedding_job_progress(uuid, integer) to service_role;
          """)),
    PlantedFault(
      fault: .constraintMissing, failing: upsert(noIndex, fix: uniqueConstraint),
      skipped: ["round_trip"]),
    PlantedFault(
      fault: .partialUniqueIndex,
      failing: upsert(
        """
        no unique index is on (repository_id, item_type, item_id); the nearest is \
        similarity_cache_item, but it is partial
        """, fix: uniqueConstraint), skipped: ["round_trip"]),
    PlantedFault(
      fault: .wideTable,
      failing: upsert(
        "`columns` lacks model_name, which takes no null and has no default",
        fix: """
          columns: [repository_id, item_type, item_id, embedding, content_hash, model_name]
          """), skipped: ["round_trip"]),
    PlantedFault(
      fault: .jobsStuck,
      failing: jobs(
        "jobs.stuck", "21 jobs stuck in processing, the longest without progress for 14h 21m",
        expected: "no job without progress for 30m",
        fix: """
          update embedding_jobs set status = 'failed', error_message = 'stuck: no progress for 30m', \
          completed_at = coalesce(completed_at, now()), updated_at = now() where \
          status = 'processing' and coalesce(updated_at, started_at, created_at) < now() - \
          interval '1800 seconds';
          """)),
    PlantedFault(
      fault: .jobCompletedEmpty,
      failing: jobs(
        "jobs.empty", "1 job completed with 0 of 100 items",
        expected: "no job completed with 0 of its items; a message with each failed job",
        fix: """
          update embedding_jobs set status = 'failed', \
          error_message = 'completed with 0 of its items: errors were swallowed', \
          completed_at = coalesce(completed_at, now()), updated_at = now() where \
          status = 'completed' and items_processed = 0 and items_total > 0;
          """)),
    PlantedFault(
      fault: .upsertSyntax,
      failing: Told(
        id: "upsert.syntax",
        message: "what is forbidden stands at \(source):32:5",
        expected: #"no match of /\.upsert\([^;]*?\)\s*\.onConflict\(/"#,
        observed:
          "\(source):32:5: \".upsert(rows).onConflict('repository_id,item_type,item_id');\"",
        fix: """
          ${EDITOR:-vi} +32 \(source)
          # .upsert(rows, { onConflict: 'repository_id,item_type,item_id' })
          """)),
    PlantedFault(
      fault: .quarterWidth,
      failing: Told(
        id: "dimension",
        message: """
          96 in the answer of text-embedding-3-small, but 384 in `dimensions` of embedder, \
          issues.embedding and similarity_cache.embedding
          """,
        expected: "384", observed: "96 (the answer of text-embedding-3-small)",
        fix: """
          dimensions: 384   # under `embedder`, in each request, and the endpoint must heed it
          # or declare `dimensions: 96`, and store that:
          # -- stored vectors of another length cannot be kept: they have to be made again
          # -- similarity_cache takes no null there: `truncate similarity_cache` first, if it has rows
          # alter table issues alter column embedding type vector(96) using null;
          # alter table similarity_cache alter column embedding type vector(96) using null;
          # -- items_needing_embeddings must be dropped before and made anew after
          """), skipped: ["round_trip"]),
    PlantedFault(
      fault: .modelSwapped,
      failing: key(
        "the answer is of another model, text-embedding-ada-002 (status 200)",
        observed: "status 200",
        fix: """
          model: text-embedding-ada-002   # have the endpoint serve the model that is asked for, or \
          ask for text-embedding-ada-002
          """), skipped: ["round_trip"]),
    PlantedFault(
      fault: .wrongCount,
      untold: unanswered(
        "0 vectors came back for 1 text (status 200)", observed: "status 200"),
      skipped: ["key.openai", "round_trip"]),
    PlantedFault(
      fault: .nan,
      untold: unanswered(
        "the vector of text 1 holds something that is no number (status 200)",
        observed: "status 200"),
      skipped: ["key.openai", "round_trip"]),
    // What the client puts right, and what one text does not show.
    PlantedFault(fault: .base64Ignored), PlantedFault(fault: .shuffled),
    // Told after a deployment, when vectors are stored.
    PlantedFault(fault: .modelMasked),
    PlantedFault(
      fault: .constantVectors,
      failing: Told(
        id: "round_trip",
        message: "4 different texts have all got the same vector (status 200)",
        expected: "vectors of one length, one of its own for each text, all of numbers",
        observed: "4 different texts have all got the same vector (status 200)",
        fix: """
          \(request)   # have the endpoint's operator look at its model: it does not read the texts
          """)),
    PlantedFault(
      fault: .errors500,
      untold: unanswered(
        """
        the endpoint failed (status 500, server_error): The server had an error while processing \
        your request. Sorry about that!
        """, observed: "status 500, server_error"),
      skipped: ["key.openai", "round_trip"]),
    PlantedFault(
      fault: .rateLimited,
      untold: key(
        """
        the rate limit is reached, to be tried again in 1s (status 429, rate_limit_exceeded): Rate \
        limit reached for text-embedding-3-small in organization org-sandbox on requests per min \
        (RPM): Limit 3000, Used 3000, Requested 1. Please try again in 1s. Visit \
        https://platform.openai.com/account/rate-limits to learn more.
        """, observed: "status 429, rate_limit_exceeded", fix: "sleep 1\n\(request)"),
      skipped: ["round_trip"]),
    PlantedFault(
      fault: .hang,
      untold: unanswered(
        "no answer within 9s: the server was connected but sent no byte",
        observed: "no answer within 9s: the server was connected but sent no byte"),
      skipped: ["key.openai", "round_trip"]),
  ]
}
