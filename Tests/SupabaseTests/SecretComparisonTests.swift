import Core
import Digest
import Supabase
import Testing

struct SecretComparisonTests {
  private func compare(
    _ value: String, stored: String, variables: [String: String] = [:]
  ) -> SecretComparison {
    let digest = SHA256Text.hex(of: Array(stored.utf8))
    return SupabaseClient.compare(
      name: "KEY", value: Secret(value),
      stored: [
        StoredSecret(name: "OTHER", digest: nil), StoredSecret(name: "KEY", digest: digest),
      ],
      variables: variables)
  }

  @Test("Equal values are the same")
  func same() {
    #expect(compare("sk-é", stored: "sk-é") == .same)
  }

  @Test("A name that the project does not hold is missing, and one without a digest is open")
  func missing() {
    #expect(
      SupabaseClient.compare(name: "KEY", value: Secret("v"), stored: [], variables: [:])
        == .missing)
    #expect(
      SupabaseClient.compare(
        name: "KEY", value: Secret("v"), stored: [StoredSecret(name: "KEY", digest: nil)],
        variables: [:]) == .cannotCompare)
  }

  @Test(
    "The usual slips are found on the side that has them",
    arguments: [
      ("sk-1", "sk-1\n", SecretDifference.trailingNewline(in: .stored)),
      ("sk-1", "sk-1\r\n", .trailingWindowsNewline(in: .stored)),
      ("sk-1", "sk-1\r", .trailingWindowsNewline(in: .stored)),
      ("sk-1\n", "sk-1", .trailingNewline(in: .local)),
      ("sk-1\r\n", "sk-1", .trailingWindowsNewline(in: .local)),
      ("sk-1", "\"sk-1\"", .quoted(in: .stored)),
      ("'sk-1'", "sk-1", .quoted(in: .local)),
      ("sk-1", "Bearer sk-1", .bearerPrefix(in: .stored)),
      ("Bearer sk-1", "sk-1", .bearerPrefix(in: .local)),
      ("sk-1", " sk-1", .surroundingSpace(in: .stored)),
      ("sk-1", "sk-1 ", .surroundingSpace(in: .stored)),
      ("  sk-1\t", "sk-1", .surroundingSpace(in: .local)),
      ("sk-1", "", .storedIsEmpty),
      ("sk-1", "sk-2", .unknown),
    ])
  func slips(local: String, stored: String, difference: SecretDifference) {
    #expect(compare(local, stored: stored) == .differs(difference))
  }

  @Test("The value of another variable is named, and the secret's own variable is not")
  func otherVariable() {
    let variables = ["KEY": "sk-2", "STAGING_KEY": "sk-2", "Z": "sk-2", "A": "x"]
    #expect(
      compare("sk-1", stored: "sk-2", variables: variables)
        == .differs(.equalsVariable("STAGING_KEY")))
    #expect(
      SecretDifference.equalsVariable("STAGING_KEY").message
        == "the stored value is that of STAGING_KEY")
  }

  @Test("The words say which side has the slip")
  func words() {
    #expect(
      SecretDifference.trailingNewline(in: .stored).message
        == "the stored value ends with a line break, the other does not")
    #expect(
      SecretDifference.trailingWindowsNewline(in: .local).message
        == "the local value ends with a Windows line break (CR LF), the other does not")
    #expect(
      SecretDifference.quoted(in: .local).message
        == "the local value stands in quotes, the other does not")
  }
}
