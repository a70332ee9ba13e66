internal import Crypto

/// SHA-256 digests in the form in which receipts and Supabase's Management API write them.
package enum SHA256Text {
  /// The digest of some bytes as 64 lower-case hexadecimal digits.
  package static func hex(of bytes: [UInt8]) -> String {
    var text = [UInt8](repeating: 0, count: 2 * SHA256.byteCount)
    for (place, byte) in SHA256.hash(data: bytes).enumerated() {
      text[2 * place] = digit(byte >> 4)
      text[2 * place + 1] = digit(byte & 15)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func digit(_ number: UInt8) -> UInt8 {
    number < 10 ? UInt8(ascii: "0") + number : UInt8(ascii: "a") + number - 10
  }
}
