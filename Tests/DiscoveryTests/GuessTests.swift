import Discovery
import Testing

/// The parts of a draft that are made of a few facts.
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
}
