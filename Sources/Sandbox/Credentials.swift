internal import Core

/// Throw-away names and keys of one sandbox, in the shapes that the services give them.
struct Credentials {
  /// OpenAI's older user key: `sk-` and 48 letters and digits.
  let apiKey = "sk-" + random(48, of: letters + letters.uppercased() + digits)
  /// Supabase's project reference: twenty lower-case letters.
  let projectReference = random(20, of: letters)
  /// Supabase's personal access token: `sbp_` and 40 hexadecimal digits.
  let accessToken = "sbp_" + random(40, of: hexadecimals)
  /// Supabase's publishable key, which is no JWT: `sb_publishable_`, a random part and a checksum.
  let anonKey =
    "sb_publishable_" + random(22, of: letters + digits) + "_" + random(8, of: letters + digits)
  /// Supabase's secret key, of the same make.
  let serviceRoleKey =
    "sb_secret_" + random(22, of: letters + digits) + "_" + random(8, of: letters + digits)

  private static let letters = "abcdefghijklmnopqrstuvwxyz"
  private static let digits = "0123456789"
  private static let hexadecimals = digits + "abcdef"

  /// A text of random characters of an alphabet, from the system's secure source.
  static func random(_ count: Int, of alphabet: String) -> String {
    let alphabet = Array(alphabet)
    return String((0..<count).map { _ in alphabet[Int.random(in: alphabet.indices)] })
  }
}
