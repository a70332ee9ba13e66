import Discovery
import Testing

/// The parts of a draft that are made of a few facts.
@Suite("Single guesses about tables and functions")
struct TableGuessTests {
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
