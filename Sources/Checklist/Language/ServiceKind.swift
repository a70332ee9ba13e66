/// What a checklist can talk to.
package enum ServiceKind: String, Sendable, CaseIterable {
  case postgres
  case embeddings
  case supabase

  /// The value of the key that makes a service one of this kind.
  package var subject: Field {
    switch self {
    case .postgres:
      Field(
        rawValue, .connection, "The database's connection URL.", isRequired: true,
        example: "${DATABASE_URL}")
    case .embeddings:
      Field(
        rawValue, .text, "The base URL of an OpenAI-compatible endpoint.", isRequired: true,
        example: "${OPENAI_BASE_URL:-https://api.openai.com/v1}")
    case .supabase:
      Field(
        rawValue, .text, "The project's reference.", isRequired: true,
        example: "${SUPABASE_PROJECT_REF}")
    }
  }

  /// What may stand beside the subject.
  package var settings: [Field] {
    switch self {
    case .postgres: []
    case .embeddings:
      [
        Field(
          "api_key", .secret, "The key for the endpoint; local ones need none.",
          example: "${OPENAI_API_KEY}"),
        Field(
          "model", .text, "The model's name, as the endpoint knows it.", isRequired: true,
          example: "text-embedding-3-small"),
        Field(
          "dimensions", .whole(1...16_000), "The length to ask vectors of.", example: "384"),
      ]
    case .supabase:
      [
        Field(
          "access_token", .secret, "A token of the Management API.", isRequired: true,
          example: "${SUPABASE_ACCESS_TOKEN}"),
        Field(
          "api", .text, "The Management API's address.",
          example: "${SUPABASE_API_URL:-https://api.supabase.com}",
          defaultText: "https://api.supabase.com"),
        Field(
          "rest", .text,
          "The project's own address, for its REST API; https://REF.supabase.co unless given.",
          example: "${SUPABASE_URL}"),
        Field(
          "key", .secret, "A key of the project, which its REST API asks for.",
          example: "${SUPABASE_SERVICE_ROLE_KEY}"),
      ]
    }
  }

  /// The subject and the settings.
  package var fields: [Field] { [subject] + settings }
}
