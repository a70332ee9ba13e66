import Core
import FoundationEssentials
import Testing

@testable import Checks

@Suite struct KeyShapeTests {
  /// The middle of 2026.
  private static let now = Timestamp(milliseconds: 1_782_000_000_000)

  /// A token with these claims, whose signature nobody made.
  private static func token(_ claims: String) -> String {
    [#"{"alg":"HS256","typ":"JWT"}"#, claims, "signature"].map {
      Data($0.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        .replacing("=", with: "")
    }.joined(separator: ".")
  }

  private func faults(_ name: String, _ value: String) -> [String] {
    KeyShape.faults(of: Secret(value), named: name, at: Self.now)
  }

  @Test(
    "A key of another maker is told, and of none whose key may be meant",
    arguments: [
      ("OPENAI_API_KEY", "sk-ant-api03-abcdefgh", ["is a key of Anthropic, not of OpenAI"]),
      ("OPENAI_API_KEY", "sb_secret_abc_def", ["is a key of Supabase, not of OpenAI"]),
      ("VITE_OPENAI_KEY", "sbp_abc", ["is a key of Supabase, not of OpenAI"]),
      ("ANTHROPIC_API_KEY", "sk-proj-abcdefgh", ["is a key of OpenAI, not of Anthropic"]),
      ("SUPABASE_SERVICE_ROLE_KEY", "sk-abcdefgh", ["is a key of OpenAI, not of Supabase"]),
      ("STRIPE_SECRET_KEY", "xoxb-1-2", ["is a key of Slack, not of Stripe"]),
      ("OPENAI_API_KEY", "sk-abcdefgh", []), ("OPENAI_API_KEY", "sk-proj-abcdefgh", []),
      ("OPENAI_API_KEY", "gsk_abcdefgh", []), ("OPENAI_API_KEY", "hf_abcdefgh", []),
      ("LLM_API_KEY", "sk-ant-abcdefgh", []), ("STRIPE_SECRET_KEY", "sk_live_abc", []),
      ("DEEPSEEK_API_KEY", "sk-abcdefgh", []),
    ])
  func makers(_ name: String, _ value: String, _ faults: [String]) {
    #expect(self.faults(name, value) == faults)
  }

  @Test(
    "A key of a Supabase project is held against what its name says it is for",
    arguments: [
      (
        "SUPABASE_SERVICE_ROLE_KEY", "sb_publishable_abc_def",
        ["is a publishable key, where a secret one belongs"]
      ),
      (
        "SUPABASE_SERVICE_ROLE_KEY", "sbp_abc",
        ["is an access token of the Management API, not a key of the project"]
      ),
      (
        "NEXT_PUBLIC_SUPABASE_ANON_KEY", "sb_secret_abc_def",
        ["is a secret key, which must not stand where everybody may read it"]
      ),
      (
        "SUPABASE_PUBLISHABLE_KEY", "sbp_abc",
        ["is an access token of the Management API, not a key of the project"]
      ),
      (
        "SUPABASE_ACCESS_TOKEN", "sb_secret_abc_def",
        ["is a key of the project, not an access token"]
      ),
      (
        "SUPABASE_SERVICE_ROLE_KEY", token(#"{"role":"anon","exp":2000000000}"#),
        ["is a JWT of the role anon, where service_role belongs"]
      ),
      (
        "SUPABASE_ANON_KEY", token(#"{"role":"service_role"}"#),
        ["is a JWT of the role service_role, which must not stand where everybody may read it"]
      ),
      (
        "SUPABASE_ACCESS_TOKEN", token(#"{"role":"anon"}"#),
        ["is a key of the project, not an access token"]
      ),
      (
        "SUPABASE_SERVICE_ROLE_KEY", "eyJhbGciOiJIUzI1NiJ9",
        ["is a piece of a JWT, or a broken one"]
      ),
      (
        "SUPABASE_SERVICE_ROLE_KEY", "eyJhbGciOiJIUzI1NiJ9.e30!.x",
        ["is a piece of a JWT, or a broken one"]
      ),
      ("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_abc_def", []),
      ("SUPABASE_SECRET_KEY", "sb_secret_abc_def", []),
      ("SUPABASE_ANON_KEY", "sb_publishable_abc_def", []),
      ("SUPABASE_ACCESS_TOKEN", "sbp_abc", []),
      ("SUPABASE_SERVICE_ROLE_KEY", token(#"{"role":"service_role","exp":2000000000}"#), []),
      ("SUPABASE_ANON_KEY", token(#"{"role":"anon"}"#), []),
      ("SUPABASE_JWT_SECRET", "sb_publishable_abc_def", []),
      ("GOOGLE_CREDENTIALS", "eyJhbGciOiJIUzI1NiJ9", []),
    ] as [(String, String, [String])])
  func purposes(_ name: String, _ value: String, _ faults: [String]) {
    #expect(self.faults(name, value) == faults)
  }

  @Test("A JWT that has expired is told, under any name, and one that expires later is not")
  func expired() {
    #expect(
      faults("SESSION", Self.token(#"{"exp":1781999999}"#))
        == ["is a JWT that expired at 2026-06-20T23:59:59Z"])
    #expect(faults("SESSION", Self.token(#"{"exp":1782000000}"#)).count == 1)
    #expect(faults("SESSION", Self.token(#"{"exp":1782000001}"#)) == [])
    #expect(faults("SESSION", Self.token(#"{"exp":1e300}"#)) == [])
    #expect(
      faults("SUPABASE_SERVICE_ROLE_KEY", Self.token(#"{"role":"anon","exp":1}"#)) == [
        "is a JWT of the role anon, where service_role belongs",
        "is a JWT that expired at 1970-01-01T00:00:01Z",
      ])
  }
}
