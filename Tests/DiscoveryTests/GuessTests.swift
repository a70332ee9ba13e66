import Discovery
import Testing

/// The parts of a draft that are made of a few facts.
private struct Guess {
  var source = SourceFacts()
  var catalog: DatabaseFacts? = DatabaseFacts()
  var example: [String: Int]?
  var environment: Set<String> = []

  var text: String {
    Draft(
      Facts(
        database: catalog.map { .read($0) } ?? .unread(because: "it is away"),
        databaseVariable: "DATABASE_URL", source: source, example: example,
        environment: environment, schemaPath: nil)
    ).text
  }

  /// The passage of a check, with the comment above it.
  func check(_ id: String) -> String? {
    passages.first { $0.contains("- id: \(id)\n") || $0.hasSuffix("- id: \(id)") }
  }

  /// What stands between empty lines, without the common indentation.
  var passages: [String] {
    var passages = [""]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty { passages.append("") } else { passages[passages.count - 1] += "\(line)\n" }
    }
    return passages.map { $0.replacing("\n  ", with: "\n").trimmingPrefix("  ") }.map(String.init)
  }

  func has(_ words: String) -> Bool { text.contains(words) }
}

private func at(_ line: Int, _ path: String = "src/a.ts") -> Sighting {
  Sighting(path: path, line: line)
}

private func table(
  _ name: String, _ columns: [DatabaseFacts.Column], keys: [[String]] = []
) -> DatabaseFacts.Table {
  .init(
    .init(name), rows: 0,
    columns: [.init("id", "uuid", isNotNull: true, isFilled: true)] + columns,
    primaryKey: ["id"], uniqueKeys: keys)
}

@Suite("Single guesses")
struct GuessTests {
  @Test("only names that look like secrets, and are neither public nor a service's, are checked")
  func secrets() {
    var guess = Guess()
    guess.source.variables = [
      "GITHUB_TOKEN": [at(1), at(2), at(3), at(4)], "NEXT_PUBLIC_MAP_KEY": [at(5)],
      "PORT": [at(6)], "MONKEY": [at(7)], "db_password": [at(8)],
    ]
    guess.example = ["STRIPE_API_KEY": 4, "LOG_LEVEL": 5]
    guess.environment = [
      "ANOTHER_TOKEN", "SSH_AUTH_TOKEN", "CI_JOB_TOKEN", "OPENAI_API_KEY", "HOME",
    ]
    #expect(
      guess.passages.filter { $0.contains("secret") } == [
        """
        checks:
        # Read at src/a.ts:1, src/a.ts:2 and 2 more places.
        - id: secret.github_token
          secret: GITHUB_TOKEN

        """,
        """
        # The embedder's key, by its usual name; no file that was read names it. OpenAI's keys begin with sk-.
        - id: secret.openai_api_key
          secret: OPENAI_API_KEY
          starts_with: sk-

        """,
        """
        # Named in .env.example:4.
        - id: secret.stripe_api_key
          secret: STRIPE_API_KEY

        """,
        """
        # Set where this was written, and named by no file: ANOTHER_TOKEN. Add a `secret` for each that the pipeline
        # needs.

        """,
      ])
  }

  @Test("what Edge Functions read must be deployed, except for what the platform gives them")
  func deployed() {
    var guess = Guess()
    guess.source.hasSupabaseFolder = true
    let place = at(1, "supabase/functions/a/index.ts")
    guess.source.variables = [
      "OPENAI_API_KEY": [place], "SUPABASE_SERVICE_ROLE_KEY": [place], "SMTP_PASSWORD": [at(2)],
      "SUPABASE_ANON_KEY": [place, at(3)],
    ]
    #expect(guess.check("secret.openai_api_key")?.hasSuffix("  stored_in: edge\n") == true)
    #expect(guess.check("secret.smtp_password")?.contains("stored_in") == false)
    #expect(guess.check("secret.supabase_anon_key")?.contains("stored_in") == false)
    #expect(guess.check("secret.supabase_service_role_key") == nil)
    #expect(guess.has("Supabase itself gives SUPABASE_SERVICE_ROLE_KEY to each Edge Function"))
    #expect(guess.has("\n  edge:\n    supabase: ${SUPABASE_PROJECT_REF}\n"))
    guess.source.hasSupabaseFolder = false
    #expect(!guess.has("edge:"))
    guess.environment = ["SUPABASE_PROJECT_REF", "SUPABASE_ACCESS_TOKEN"]
    #expect(guess.has("seems to be in use: SUPABASE_PROJECT_REF is set."))
    #expect(!guess.has("secret: SUPABASE_ACCESS_TOKEN"))
  }

  @Test("a service that no check would use is not written")
  func unused() {
    var guess = Guess()
    guess.source.hasSupabaseFolder = true
    guess.source.variables = ["OPENAI_API_KEY": [at(1)]]
    #expect(!guess.has("edge:"))
    #expect(!guess.has("postgres:"))
  }

  @Test("columns of another length than the only one that the code asks for are in doubt")
  func oneLength() {
    var guess = Guess()
    guess.source.models = [.init("text-embedding-3-small", at: at(1))]
    guess.source.dimensions = [.init(384, at: at(2))]
    guess.source.mentionsDimensions = true
    guess.catalog?.tables = [
      table("a", [.init("v", "vector", dimension: 1536)]),
      table("b", [.init("v", "vector", dimension: 384)]),
      table("c", [.init("v", "vector", dimension: 1536)]),
    ]
    #expect(guess.check("dimension")?.contains("dimension: b.v\n  model: embedder\n") == true)
    #expect(
      guess.check("dimension.1536") == """
        # These columns take vectors of 1536 numbers.
        # The code asks for 384 numbers and no others: either these columns are wrong, or another model fills them,
        # which then needs a service of its own.
        - id: dimension.1536
          dimension: [a.v, c.v]
          model: embedder

        """)
    #expect(guess.has("    # Asked for at src/a.ts:2.\n    dimensions: 384\n"))
  }

  @Test("where the code does not tell the length, each length gets a service of its own")
  func twoLengths() {
    var guess = Guess()
    guess.catalog?.tables = [
      table("a", [.init("v", "vector", dimension: 3072), .init("w", "vector", dimension: 384)]),
      table("b", [.init("v", "vector", dimension: 384), .init("x", "vector")]),
    ]
    #expect(
      guess.check("dimension")?.contains("dimension: [a.w, b.v]\n  model: embedder\n") == true)
    #expect(
      guess.check("dimension.3072")?.hasSuffix("dimension: a.v\n  model: embedder-3072\n") == true)
    #expect(
      guess.has(
        """
          # The database also has columns for 3072 numbers. text-embedding-3-small answers at most 1536 numbers: name
          # the model that fills these columns.
          embedder-3072:
        """))
    #expect(guess.has("# No check: b.x takes vectors of any length: give it one, and add it here."))
  }

  @Test("code that asks for no length gets the model's own, even where no column takes that")
  func noLength() {
    var guess = Guess()
    guess.source.models = [.init("text-embedding-3-small", at: at(1))]
    guess.catalog?.tables = [table("a", [.init("v", "vector", dimension: 384)])]
    #expect(!guess.has("dimensions: 384"))
    #expect(
      guess.has("No source file asks for `dimensions`, so that the model answers its own 1536."))
    guess.source.mentionsDimensions = true
    #expect(guess.has("    dimensions: 384\n"))
  }

  @Test("an upsert is checked as the code makes it, or by the keys of a table with vectors")
  func upserts() {
    var guess = Guess()
    let columns: [DatabaseFacts.Column] = [
      .init("a", "text", isNotNull: true), .init("b", "text"), .init("c", "text", isNotNull: true),
      .init("d", "text", isNotNull: true, isFilled: true), .init("v", "vector", dimension: 3),
    ]
    guess.catalog?.tables = [table("cache", columns, keys: [["a"], ["b", "a"]])]
    #expect(
      guess.check("upsert.cache")?.hasSuffix(
        "upsert: cache\n  on_conflict: [a]\n  columns: [a, c, v]\n") == true)
    #expect(
      guess.check("upsert.cache-2")?.hasSuffix(
        "  on_conflict: [b, a]\n  columns: [b, a, c, v]\n") == true)
    guess.source.upserts = [
      .init(table: "cache", key: ["b"], place: at(7)),
      .init(table: "cache", key: ["b"], place: at(8)),
      .init(table: "gone", key: ["b"], place: at(9)),
    ]
    #expect(
      guess.check("upsert.cache") == """
        # The key that rows are upserted on at src/a.ts:7 and src/a.ts:8.
        - id: upsert.cache
          upsert: cache
          on_conflict: [b]
          columns: [b, a, c, v]

        """)
    #expect(guess.check("upsert.cache-2") == nil)
    #expect(guess.check("upsert.gone")?.contains("src/a.ts:9. The database has no such") == true)
    guess.catalog = nil
    #expect(guess.check("upsert.cache")?.hasSuffix("upsert: cache\n  on_conflict: [b]\n") == true)
    #expect(guess.has("    postgres: ${DATABASE_URL}\n"))
  }

  @Test("a function takes part by a call, a vector, a table that it names, or its own name")
  func functions() {
    var guess = Guess()
    guess.catalog?.tables = [table("notes", [.init("v", "vector", dimension: 3)])]
    func function(_ name: String, _ type: String = "integer", body: String = "")
      -> DatabaseFacts.Function
    { .init(.init(name), [.init("a", type)], returns: "void", body: body) }
    guess.catalog?.functions = [
      function("called"), function("near", "ext.vector"), function("reads", body: "from NOTES;"),
      function("other", body: "from my_notes, notes_2"), function("embed_all"),
    ]
    guess.catalog?.calledFunctions = ["called"]
    guess.source.calls = [.init(function: "called", arguments: ["a"], place: at(3))]
    let reasons = ["called", "near", "reads", "other", "embed_all"].map { name in
      guess.check("function.\(name)")?.prefix { $0 != "\n" }
    }
    #expect(
      reasons == [
        "# Called at src/a.ts:3.", "# It takes a vector.", "# Its body names notes.", nil,
        "# By its name it takes part.",
      ])
  }

  @Test("where a call and a function differ, the call is taken, and absent functions are guessed")
  func contradictions() {
    var guess = Guess()
    guess.catalog?.functions = [
      .init(
        .init("count"), [.init("job", "uuid"), .init("n", "integer")], defaults: 1,
        returns: "void", executors: ["service_role"])
    ]
    guess.catalog?.roles = ["anon", "service_role"]
    guess.catalog?.calledFunctions = ["count"]
    func calling(_ arguments: [String]?) -> Guess {
      var calling = guess
      calling.source.calls = [.init(function: "count", arguments: arguments, place: at(1))]
      return calling
    }
    for arguments in [["job"], ["n", "job"], nil] {
      let check = calling(arguments).check("function.count")
      #expect(check?.contains("function: \"count(job uuid, n integer)\"\n") == true)
    }
    #expect(
      calling(["job_id", "n"]).check("function.count") == """
        # Called at src/a.ts:1. The call names its arguments otherwise than the database, and the call is taken. As
        # things stand service_role may execute it and anon may not.
        - id: function.count
          function: "count(job_id uuid, n integer)"
          returns: void
          executable_by: [service_role]
          not_executable_by: [anon]

        """)
    guess.catalog?.functions = []
    guess.catalog?.calledFunctions = []
    let absent = calling(["job_id", "increment_count", "query_embedding", "threshold", "name"])
    #expect(
      absent.check("function.count")?.contains(
        """
        function: "count(job_id uuid, increment_count integer, query_embedding vector, threshold double \
        precision, name text)"
        """) == true)
    #expect(
      calling(nil).has("# No check: count. Called at src/a.ts:1, but the database has none of this")
    )
    guess.catalog = nil
    #expect(!calling(["job_id"]).has("count"))
  }

  @Test("a table of jobs is checked where it can be read, and named where it cannot")
  func jobs() {
    var guess = Guess()
    let columns: [DatabaseFacts.Column] = [
      .init("status", "text"), .init("items_total", "int4"), .init("items_processed", "int8"),
    ]
    guess.catalog?.tables = [
      table("Jobs", columns), table("import_jobs", [columns[0], .init("total", "int4")]),
      table("orders", [columns[0]]), table("tasks", columns.map { .init($0.name, "text") }),
    ]
    #expect(guess.check("jobs.stuck.jobs")?.contains("  jobs: '\"Jobs\"'\n") == true)
    #expect(guess.check("jobs.empty.jobs")?.hasSuffix("  severity: warn\n") == true)
    #expect(guess.has("# import_jobs looks like a table of jobs, but"))
    #expect(guess.has("# tasks looks like a table of jobs, but"))
    #expect(!guess.has("orders"))
  }

  @Test("source files are searched where upserts were seen")
  func sources() {
    var guess = Guess()
    guess.source.upserts = [
      "supabase/functions/a/index.ts", "supabase/functions/b/index.ts", "lib/[id]/a.tsx", "a.js",
      "[odd]/a.ts", "worker.py", "b.mjs",
    ].map { .init(table: nil, key: [], place: at(1, $0)) }
    let patterns = guess.text.split(separator: "\n").filter { $0.contains("files: ") }
    let all = "{ts,tsx,mts,cts,js,jsx,mjs,cjs}"
    #expect(
      patterns == [
        "    files: \"**/*.\(all)\"", "    files: \"*.\(all)\"", "    files: \"lib/**/*.\(all)\"",
        "    files: supabase/functions/**/*.ts",
      ])
  }

  @Test("a pipeline has a job only where there is no doubt about the table and the function")
  func pipelineJob() {
    var guess = Guess()
    let jobs = table(
      "jobs",
      [.init("status", "text"), .init("items_total", "int4"), .init("items_processed", "int4")])
    let notes = table(
      "notes",
      [
        .init("title", "text"), .init("content", "varchar"), .init("v", "vector", dimension: 3),
        .init("v_generated_at", "timestamptz"), .init("updated_at", "timestamptz"),
      ])
    let function = DatabaseFacts.Function(
      .init("add_progress"), [.init("j", "uuid"), .init("n", "integer")], returns: "void",
      body: "update jobs set")
    guess.catalog?.tables = [jobs, notes]
    guess.catalog?.functions = [function]
    #expect(guess.has("    job:\n      table: jobs\n      progress: add_progress\n"))
    #expect(guess.has("      text: \"concat_ws(' ', title, content)\"\n"))
    #expect(guess.has("      where: \"v is null or v_generated_at < updated_at\"\n"))
    #expect(guess.has("          v: $embedding\n          v_generated_at: now()\n    #"))
    guess.catalog?.functions = [function, function]
    #expect(guess.has("    job:\n      table: jobs\n\n"))
    guess.catalog?.tables = [jobs, jobs, notes]
    #expect(!guess.has("    job:\n"))
    guess.catalog?.tables = [table("notes", [.init("v", "vector", dimension: 3)])]
    #expect(!guess.has("pipelines:"))
    #expect(guess.has("# No pipeline: no table has a primary key of one column, a text, and"))
  }
}
