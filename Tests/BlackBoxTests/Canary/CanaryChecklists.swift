/// Checklists with a canary in every field that can hold one.
enum CanaryChecklists {
  private static let services = """
    version: 1
    services:
      database:
        postgres: ${DATABASE_URL}
      embedder:
        embeddings: ${BASE}
        api_key: ${OPENAI_API_KEY}
        model: a-model
        dimensions: 384
      edge:
        supabase: abcdefghijklmnopqrst
        access_token: ${SUPABASE_ACCESS_TOKEN}
        api: ${API}
        rest: ${API}
        key: ${PROJECT_KEY}
    """

  /// Every field that can hold a secret, and everything that repeats what others say.
  static let everything =
    services + """

      checks:
        - { id: key, api_key: embedder }
        - { id: deployed, secret: OPENAI_API_KEY, stored_in: edge }
        - { id: mounted, secret: MOUNTED, matches: no }
        - { id: alone, secret: ALONE, from_file: alone, matches: no }
        - { id: own, secret: OWN, from_env_file: own.env, matches: no }
        - { id: filed, secret: FILED_TOKEN, matches: no }
        - { id: read, secret: READ_TOKEN, matches: no }
        - id: echo
          http: "${ECHO}/a?token=${QUERY_TOKEN}"
          secret_headers: { X-Told: "Bearer ${EDGE_AUTH}", X-Key: "${PROJECT_KEY}" }
        - { id: line, http: "${ECHO}/a", secret_headers: { X-Key: "${MOUNTED}" } }
        - id: echoed.body
          http: "${ECHO}/a?token=${QUERY_TOKEN}"
          headers: { X-Ask: "a" }
          secret_headers: { Authorization: "Bearer ${EDGE_AUTH}" }
          expect: { status: [400, 401, 500], json: { /error/message: "b", /error/cod: c } }
        - id: echoed.header
          http: "${ECHO}/a?token=${QUERY_TOKEN}"
          secret_headers: { Authorization: "${EDGE_AUTH}" }
          expect: { status: [400, 401, 500], header: { X-Told: none }, body_matches: nothing }
        - { id: source, files: src/**/*.ts, forbid: 'const|from' }
        - id: signature
          function: increment_embedding_job_progress(job_id uuid, increment_count integer)
          call: { job_id: 00000000-0000-0000-0000-000000000000, increment_count: 1 }
          expect: 2
      \(queries)
      \(commands)
      pipelines:
      \(pipeline)
      first_run: { pipeline: issues, items: 4, ramp: [1], abort_when: { no_progress_for: 2s } }

      """

  private static let queries = Writing.allCases.indices.map { number in
    """
      - id: told.\(number)
        query: select string_agg(value, ' ') from told where number = \(number)
        expect: nothing
      - id: told.rows.\(number)
        query: select canary, value from told where number = \(number)
        expect: 0
      - id: raised.\(number)
        query: select value::integer from told where number = \(number)
        expect: 0
    """
  }.joined(separator: "\n")

  private static let names = [
    "DATABASE_URL", "OPENAI_API_KEY", "SUPABASE_ACCESS_TOKEN", "PROJECT_KEY", "EDGE_AUTH",
    "QUERY_TOKEN", "MOUNTED", "FILED_TOKEN", "READ_TOKEN", "FOREIGN_PASSWORD", "SOME_PROXY", "BASE",
  ]

  /// Programs that tell each variable, as it is, on one line, and in base64 of many lines.
  private static let commands =
    names.map { name in
      """
        - { id: tells.\(name.lowercased()), command: [printenv, \(name)], exit: 9 }
        - id: tells.\(name.lowercased()).encoded
          command: [sh, -c, "printenv \(name) | base64 | tee /dev/stderr; exit 1"]
        - id: tells.\(name.lowercased()).joined
          command: [sh, -c, "printenv \(name) | tr '\\n' ' '"]
          stdout: { equals: nothing }
      """
    }.joined(separator: "\n") + "\n  - { id: tells.all, command: [sh, -c, 'env | sort'], exit: 9 }"

  private static let pipeline = """
      - name: issues
        database: database
        model: embedder
        from: { table: issues, key: id, text: title, where: embedding is null }
        to:
          - update: issues
            set: { embedding: $embedding }
        job: { table: embedding_jobs, progress: increment_embedding_job_progress }
        batch: 2
        concurrency: 2
    """

  /// What is a go, with a password in an ordinary field.
  static let go =
    services.split(separator: "\n").prefix { !$0.contains("edge:") }.joined(separator: "\n") + """

      checks:
        - { id: table, table: issues }
      pipelines:
      \(pipeline)
      first_run: { pipeline: issues, items: 4 }

      """

  /// Faults at lines that hold values of variables literally.
  static let faulty = """
    version: 1
    services:
      database: { postgres: "postgres://me:\(CanaryProject.password.percentEncoded)@h/d" }
      embedder:
        embeddings: https://me:\(CanaryProject.user.percentEncoded)@127.0.0.1/v1
        api_key: '\(single(CanaryProject.apiKey))'
        model: '\(single(CanaryProject.header))'
        dimension: '\(single(CanaryProject.projectKey))'
        dimensions: '\(single(CanaryProject.foreign))'
    checks:
      - { id: a, secret: '\(single(CanaryProject.apiKey))' }
      - { id: b, http: "https://me:\(CanaryProject.user.percentEncoded)@127.0.0.1/" }
      - { id: c, http: "https://127.0.0.1/", headers: { token: '\(single(CanaryProject.header))' } }
      - { id: d, sekret: '\(single(CanaryProject.accessToken))' }
      - { id: '\(single(CanaryProject.foreign))', secret: A }
      - { id: e, table: '\(single(CanaryProject.foreign))' }

    """

  /// No YAML.
  static let broken = """
    version: 1
    services: { a: { api_key: '\(single(CanaryProject.apiKey))',, model: [}
    checks: "\(CanaryProject.foreign.value)"

    """

  /// Nothing but warnings, at lines that hold what they should not.
  static let odd = """
    version: 1
    services:
      unused: { embeddings: "https://me:\(CanaryProject.user.percentEncoded)@127.0.0.1/v1", model: a }
    checks:
      - id: a
        files: 'src/*.ts'
        forbid: '.*'   # \(CanaryProject.foreign.value)
        severity: warn
      - { id: b, secret: OPENAI_API_KEY, matches: '.*', severity: warn } # \(CanaryProject.apiKey.value)

    """

  private static func single(_ canary: Canary) -> String { canary.value.replacing("'", with: "''") }
}
