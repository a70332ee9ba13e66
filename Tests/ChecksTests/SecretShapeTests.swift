import Core
import Testing

@testable import Checks

@Suite struct SecretShapeTests {
  @Test(
    "What is visibly wrong with a secret is told without a word of it",
    arguments: [
      ("changeme", ["is a placeholder"]),
      ("your-api-key-here", ["is a placeholder"]),
      ("sk-xxxxxxxxxxxx", ["is a placeholder"]),
      ("sk-proj-********", ["is a placeholder"]),
      ("sk-...", ["is a placeholder"]),
      ("<OPENAI_API_KEY>", ["is a placeholder"]),
      ("${OPENAI_API_KEY}", ["is a placeholder"]),
      ("$OPENAI_API_KEY", ["is a placeholder"]),
      ("$(cat /run/secrets/key)", ["is a placeholder"]),
      ("%OPENAI_API_KEY%", ["is a placeholder"]),
      ("[your openai key]", ["is a placeholder"]),
      ("__OPENAI_API_KEY__", ["is a placeholder"]),
      ("process.env.OPENAI_API_KEY", ["is a placeholder"]),
      ("{{ secrets.OPENAI_API_KEY }}", ["is a placeholder"]),
      ("op://vault/openai/key", ["is a placeholder"]),
      ("sk-aaaaaaaaaaaa", ["is a placeholder"]),
      ("aaaaaaaaaaaa", ["is a placeholder"]),
      ("sk-fake-key", ["is a placeholder"]),
      ("your-service-role-key", ["is a placeholder"]),
      ("my_secret", ["is a placeholder"]),
      ("REDACTED", ["is a placeholder"]),
      ("\"sk-A1b2C3d4E5f6\"", ["stands between quotes"]),
      ("sk-A1b2C3d4E5f6'", ["stands between quotes"]),
      ("sk-A1b2C3d4E5f6\n", ["holds a line break"]),
      ("sk-A1b2C3d4E5f6\r\n", ["holds a line break"]),
      (" sk-A1b2C3d4E5f6", ["begins or ends with a space"]),
      ("Bearer sk-A1b2C3d4E5f6", ["begins with `Bearer `"]),
      ("bearer sk-A1b2C3d4E5f6 ", ["begins or ends with a space", "begins with `Bearer `"]),
      ("sk-A1b2\u{200B}C3d4E5f6", ["holds an invisible character"]),
      ("\u{FEFF}sk-A1b2C3d4E5f6", ["holds an invisible character"]),
    ])
  func faults(_ value: String, _ faults: [String]) {
    #expect(SecretShape.faults(of: Secret(value)) == faults)
  }

  @Test(
    "Real keys have nothing wrong with them",
    arguments: [
      "sk-A1b2C3d4E5f6G7h8", "sk-proj-Zx0_9-abcDEF-ghij",
      "sbp_0123456789abcdef0123456789abcdef01234567",
      "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2ln", "pässwört mit leerzeichen", "xoxb-12-abc",
      "$2b$12$abcdefghijklmnopqrstuv", "sb_secret_0123456789abcdefghijkl_01234567",
    ])
  func good(_ value: String) {
    #expect(SecretShape.faults(of: Secret(value)) == [])
  }
}
