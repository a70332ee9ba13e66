extension ServiceKind {
  /// What the language knows of the kind, as it does of kinds of checks: a service is a check by
  /// itself.
  package var declaration: KindDeclaration {
    switch self {
    case .postgres:
      KindDeclaration(
        subject: subject, summary: "A Postgres database.", settings: settings,
        passesWhen: "The server lets the role into the database, and is no standby.",
        cannotTellWhen: """
          The server cannot be found or reached, does not answer in time, or is no Postgres.
          """,
        needs: """
          A role that may connect to the database. All checks that use it share one connection, \
          which asks one after the other.
          """,
        failures: [
          .init(
            when: "the URL is none, its password is wrong, or its role or database does not exist",
            mending: "Correct the variable of the URL, or make what is missing."),
          .init(
            when: "the server is a standby",
            mending: "Give the URL of the primary: nothing can be written to a standby."),
        ])
    case .embeddings:
      KindDeclaration(
        subject: subject, summary: "An endpoint that embeds as OpenAI's does.",
        settings: settings,
        passesWhen: """
          The endpoint answers as an embeddings API does. Where no `api_key` check judges it, the \
          key, the quota and the model must be good as well.
          """,
        cannotTellWhen: """
          The endpoint cannot be reached, does not answer in time, answers with a fault of its own, \
          or with something that is no embedding.
          """,
        needs: """
          One embeddings request of one short text, whose answer all checks that use it share.
          """,
        failures: [
          .init(
            when: "no `api_key` check judges it, and the key, the quota or the model is refused",
            mending: "Do as the kind `api_key` says.")
        ])
    case .supabase:
      KindDeclaration(
        subject: subject, summary: "A hosted project at Supabase.", settings: settings,
        passesWhen: "The Management API lists the project's secrets.",
        cannotTellWhen: """
          The API cannot be reached, does not answer in time, answers with a fault of its own, or \
          refuses for its rate limit.
          """,
        needs: "An access token that may list the project's secrets.",
        failures: [
          .init(
            when: "the token is refused, or may not list secrets",
            mending: """
              Make a personal access token (`sbp_…`); one of OAuth needs the scope `secrets:read`.
              """),
          .init(
            when: "there is no such project",
            mending: """
              Copy the reference from the project's URL: 20 lower-case letters before \
              `.supabase.co`.
              """),
        ])
    }
  }
}
