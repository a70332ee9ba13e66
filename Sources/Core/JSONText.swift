/// The escapes of a JSON string, as RFC 8259 section 7 asks for them.
package enum JSONText {
  /// One scalar as it stands between a JSON string's quotes.
  package static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case "\u{8}": "\\b"
    case "\u{c}": "\\f"
    case "\u{0}"..<"\u{20}":
      "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
    default: String(scalar)
    }
  }

  /// An active scalar as JSON escapes it, which is a spelling that the redactor knows too.
  package static func visible(_ scalar: Unicode.Scalar) -> String {
    guard scalar.value >= 0x20 else { return escaped(scalar) }
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
