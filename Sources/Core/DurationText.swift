extension Duration {
  /// Reads a duration of the checklist language: `500ms`, `10s`, `1.5m`, `2h`, `7d`.
  package init?(text: String) {
    let units: [(suffix: String, milliseconds: Double)] = [
      ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
      let amount = Double(plain: text.dropLast(unit.suffix.count)), amount <= 1e9
    else { return nil }
    self = .milliseconds(Int64((amount * unit.milliseconds).rounded()))
  }

  /// The duration as a person says it: `250ms`, `1.5s`, `2m 5s`, `3h 10m`.
  package var text: String {
    let milliseconds = Int64((self / .milliseconds(1)).rounded())
    switch milliseconds {
    case ..<1_000: return "\(milliseconds)ms"
    case ..<60_000: return (Double(milliseconds) / 1_000).short + "s"
    default:
      let seconds = (milliseconds + 500) / 1_000
      let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
      return parts.filter { $0.0 > 0 }.prefix(2).map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }
  }

  /// The duration in seconds.
  package var seconds: Double { self / .seconds(1) }

  /// The duration in whole milliseconds, rounded.
  package var milliseconds: Int { Int((self / .milliseconds(1)).rounded()) }
}

extension Double {
  /// Reads a plain decimal number, without sign, exponent, hexadecimal or words.
  package init?(plain text: some StringProtocol) {
    guard let first = text.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == 46 })
    else { return nil }
    self.init(text)
  }

  /// The number with at most two decimals, and none where it is whole.
  package var short: String {
    guard magnitude < 1e15 else { return String(self) }
    let hundredths = Int64((self * 100).rounded())
    let (whole, rest) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
    let sign = hundredths < 0 ? "-" : ""
    switch rest {
    case 0: return "\(sign)\(whole)"
    case let rest where rest % 10 == 0: return "\(sign)\(whole).\(rest / 10)"
    default: return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
  }
}
