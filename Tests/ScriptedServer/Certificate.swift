/// The beginning of a TLS 1.2 server's side of a handshake, up to its certificate.
///
/// A client judges the certificate as soon as it has it, before any key of the server's is used (RFC 5246
/// section 7.4.2). So a few fixed bytes are enough to be refused, and no private key is needed.
package struct Certificate: Sendable, CustomStringConvertible {
  package let description: String
  private let der: [UInt8]

  /// For 127.0.0.1, signed by itself.
  package static let selfSigned = Certificate(
    "self-signed",
    """
    3082019130820136a00302010202143c4cc74942f661b8d9b12d6d59370d55d4c010fb300a06082a8648ce3d\
    04030230143112301006035504030c096c6f63616c686f73743020170d3236313132343130313832305a180f\
    32313236313033313130313832305a30143112301006035504030c096c6f63616c686f73743059301306072a\
    8648ce3d020106082a8648ce3d030107034200045b18d8fd08462000deb531c7cd1cc06603f7e779255bba06\
    16b98ff47154a1fe165c5818c32fc55e6b3297f73d2db15d9fe83f86dfb2f1725e4b4aabde3d59d1a3643062\
    301d0603551d0e041604143e059fd0c2c0fbe90ec03f10839c450a5a8c7264301f0603551d23041830168014\
    3e059fd0c2c0fbe90ec03f10839c450a5a8c7264300f0603551d130101ff040530030101ff300f0603551d11\
    0408300687047f000001300a06082a8648ce3d0403020349003046022100b702a4d067268d2b24119ba30c7c\
    781efd1253d17d43c9ce1d9767e1f0ba1267022100a7618246dc1e343595eea7e418042a2b899181978cc7bd\
    d1fd96ae73b63d087d
    """)

  /// Signed by an authority that nobody has.
  package static let ofUnknownAuthority = Certificate(
    "of an unknown authority",
    """
    308201273081ce02145777c2918250f9404b7e118fc0584ea6fce700aa300a06082a8648ce3d040302301731\
    15301306035504030c0c436f72706f726174652043413020170d3236313132343130313832305a180f323132\
    36313033313130313832305a30143112301006035504030c096c6f63616c686f73743059301306072a8648ce\
    3d020106082a8648ce3d03010703420004dda62a11b198fdc7706d418ad91d092ee9edae046aed7d4f7296b7\
    52676cd5e668cf3efdf9a23c0734fd92700ea1c9ff544acf4265157b2353321f31df06be71300a06082a8648\
    ce3d040302034800304502210085d41a80a30e65d1e749398e6a09b3241c9f4b827970d2a179940a29329d8f\
    d3022001fb6d45608dafe497d99e98539f3c995bb650ffa5c7fe0ab82d7d56e32e559e
    """)

  private init(_ name: String, _ hex: String) {
    description = name
    var digits = Array(hex)[...]
    var bytes: [UInt8] = []
    while let byte = UInt8(String(digits.prefix(2)), radix: 16) {
      bytes.append(byte)
      digits = digits.dropFirst(2)
    }
    der = bytes
  }

  /// What a server sends once it was greeted: its hello and this certificate, in one record.
  package var greeting: [UInt8] {
    func counted(_ bytes: [UInt8], by width: Int) -> [UInt8] {
      (0..<width).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) } + bytes
    }
    // TLS 1.2, a random, no session, ECDHE with AES-128-GCM, no compression, and the extension for
    // secure renegotiation, without which OpenSSL does not go on.
    let hello =
      [3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0xc0, 0x2b, 0]
      + counted([0xff, 1, 0, 1, 0], by: 2)
    let chain = counted(counted(der, by: 3), by: 3)
    let handshake = [2] + counted(hello, by: 3) + [11] + counted(chain, by: 3)
    return [22, 3, 3] + counted(handshake, by: 2)
  }
}
