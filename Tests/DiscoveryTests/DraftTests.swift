import Discovery
import Testing

@Suite("A checklist guessed from facts")
struct DraftTests {
  @Test("nothing at all still gives a checklist, and says what is missing")
  func nothing() {
    let facts = Facts(
      database: .unread(because: "DATABASE_URL is not set"), databaseVariable: "DATABASE_URL",
      source: SourceFacts(), example: nil, environment: [], schemaPath: nil)
    #expect(
      Draft(facts).text == """
        # Written by `preflight init` from what it saw of the database, the environment and the source tree. Each
        # guess has a comment with its reason: keep what is right, correct the rest.
        #
        # For completion in an editor: `preflight schema checklist > checklist.schema.json`, and
        # `yaml-language-server: $schema=./checklist.schema.json` as a comment on the first line.
        #
        # Not looked at:
        # - The database could not be asked: DATABASE_URL is not set.
        version: 1

        services:
          # The database of DATABASE_URL could not be asked. Its columns of vectors, functions, unique keys and jobs
          # are missing below: set DATABASE_URL, move this file away and run `preflight init` again.

          # The variables and the address are OpenAI's usual ones; any endpoint that speaks its protocol will do.
          embedder:
            embeddings: ${OPENAI_BASE_URL:-https://api.openai.com/v1}
            api_key: ${OPENAI_API_KEY}
            # No source file names a model: this is the usual one.
            model: text-embedding-3-small

        checks:
          # The embedder's key, by its usual name; no file that was read names it. OpenAI's keys begin with sk-.
          - id: secret.openai_api_key
            secret: OPENAI_API_KEY
            starts_with: sk-

          # One small request shows whether the endpoint takes the key.
          - id: key.embedder
            api_key: embedder

        """)
  }

  @Test("a small project, with an editor's schema at hand")
  func smallProject() {
    var source = SourceFacts()
    source.root = "app"
    source.variables = ["OPENAI_API_KEY": [Sighting(path: "src/embed.ts", line: 3)]]
    source.models = [.init("all-minilm", at: Sighting(path: "src/embed.ts", line: 9))]
    source.upserts = [
      .init(table: "notes", key: [], place: Sighting(path: "src/embed.ts", line: 20))
    ]
    var catalog = DatabaseFacts()
    catalog.tables = [
      .init(
        .init("notes"), rows: 10,
        columns: [
          .init("id", "int8", isNotNull: true, isFilled: true), .init("body", "text"),
          .init("embedding", "halfvec", dimension: 384),
        ], primaryKey: ["id"])
    ]
    catalog.functions = [
      .init(
        .init(schema: "search", "near"), [.init("query", "halfvec"), .init("most", "integer")],
        returns: "setof notes", executors: ["anon"])
    ]
    catalog.roles = ["anon", "service_role"]
    let facts = Facts(
      database: .read(catalog), databaseVariable: "APP_DATABASE", source: source,
      example: ["APP_DATABASE": 1, "SESSION_SECRET": 2], environment: ["APP_DATABASE"],
      schemaPath: "./schemas/checklist.v1.schema.json")
    #expect(
      Draft(facts).text == """
        # yaml-language-server: $schema=./schemas/checklist.v1.schema.json
        #
        # Written by `preflight init` from what it saw of the database, the environment and the source tree. Each
        # guess has a comment with its reason: keep what is right, correct the rest.
        version: 1

        services:
          # The database of APP_DATABASE, of which the checks below were read.
          database:
            postgres: ${APP_DATABASE}

          # The variables and the address are OpenAI's usual ones; any endpoint that speaks its protocol will do.
          embedder:
            embeddings: ${OPENAI_BASE_URL:-https://api.openai.com/v1}
            api_key: ${OPENAI_API_KEY}
            # Named at app/src/embed.ts:9.
            model: all-minilm
            # No source file asks for `dimensions`, so that the model answers its own 384.

        checks:
          # Read at app/src/embed.ts:3. OpenAI's keys begin with sk-.
          - id: secret.openai_api_key
            secret: OPENAI_API_KEY
            starts_with: sk-

          # Named in app/.env.example:2.
          - id: secret.session_secret
            secret: SESSION_SECRET

          # One small request shows whether the endpoint takes the key.
          - id: key.embedder
            api_key: embedder

          # This column takes vectors of 384 numbers.
          - id: dimension
            dimension: notes.embedding
            model: embedder

          # Upserts at app/src/embed.ts:20. One that is chained to `onConflict` goes by the primary key.
          - id: source.upsert_syntax
            files: "app/src/**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}"
            forbid: '\\.upsert\\([^;]*?\\)\\s*\\.onConflict\\('
            help: ".upsert(rows, { onConflict: 'a,b' })"

          # It takes a vector.
          - id: function.near
            function: "search.near(query halfvec, most integer)"
            returns: setof notes

        pipelines:
          # notes has a primary key, texts, and a column of vectors that may be null.
          - name: notes
            database: database
            model: embedder
            from:
              table: notes
              key: id
              text: body
              where: embedding is null
              # Longer texts are cut here, well within what models take.
              max_characters: 512
            to:
              - update: notes
                set:
                  embedding: $embedding

        # The pipeline is the one of the table with the most rows; the other values are the usual ones.
        first_run:
          pipeline: notes
          items: 100
          ramp: [1, 20, all]
          deadline: 10m

        """)
  }

  @Test("what could not be looked at stands at the top, and cannot leave its comment")
  func gaps() {
    var source = SourceFacts()
    source.gaps = ["\"a\u{2028}- id: evil\" cannot be read:\n- id: evil\u{85}- id: evil."]
    let facts = Facts(
      database: .read(DatabaseFacts()), databaseVariable: "DATABASE_URL", source: source,
      example: nil, environment: [], schemaPath: nil, gaps: [".env.example cannot be read: no."])
    #expect(
      Draft(facts).text.contains(
        """
        # Not looked at:
        # - .env.example cannot be read: no.
        # - "a\\u2028- id: evil" cannot be read:\\n- id: evil\\u0085- id: evil.
        version: 1

        services:
          # The database of DATABASE_URL holds nothing that a checklist could be guessed from.

        """))
  }
}
