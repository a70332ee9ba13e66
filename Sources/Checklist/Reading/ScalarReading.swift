internal import Core

extension Shape {
  /// Reads a scalar's text, or returns nil where it does not fit.
  ///
  /// - Parameters:
  ///   - text: The scalar's text.
  ///   - isPlain: Whether it was written without quotes, so that it may be more than a text.
  /// - Returns: The value.
  func value(of text: String, isPlain: Bool) -> Value? {
    switch self {
    case .text, .service: text.isEmpty ? nil : .text(text)
    case .secret, .connection: text.isEmpty ? nil : .secret(Secret(text))
    case .identifier: Shape.isIdentifier(text) ? .text(text) : nil
    case .word(let words): words.contains(text) ? .text(text) : nil
    case .whole(let range):
      isPlain ? Shape.whole(text).flatMap { range.contains($0) ? .whole($0) : nil } : nil
    case .flag: isPlain ? Shape.flag(text).map(Value.flag) : nil
    case .duration: Duration(text: text).map(Value.duration)
    case .day: Day(text: text).map(Value.day)
    case .comparison: Comparison(text: text).map(Value.comparison)
    case .comparisonOf(let measures):
      Comparison(text: text).flatMap {
        measures.contains(Measure(of: $0.bound)) ? .comparison($0) : nil
      }
    case .scalar: isPlain ? Shape.coreSchemaValue(text) : .text(text)
    case .choiceOfShapes(let shapes):
      shapes.lazy.compactMap { $0.value(of: text, isPlain: isPlain) }.first
    case .oneOrMany, .list, .map, .record: nil
    }
  }

  /// A plain scalar by YAML 1.2.2's core schema (section 10.3.2), decimal numbers only.
  private static func coreSchemaValue(_ text: String) -> Value {
    if ["", "~", "null", "Null", "NULL"].contains(text) { return .null }
    if let flag = flag(text) { return .flag(flag) }
    if let whole = whole(text) { return .whole(whole) }
    if isNumber(text), let number = Double(text), number.isFinite { return .number(number) }
    return .text(text)
  }

  private static func flag(_ text: String) -> Bool? {
    switch text {
    case "true", "True", "TRUE": true
    case "false", "False", "FALSE": false
    default: nil
    }
  }

  private static func whole(_ text: String) -> Int? {
    text.utf8.count <= 20 ? Int(text) : nil
  }

  // `Double` also reads words and hexadecimal digits, which are texts here.
  private static func isNumber(_ text: String) -> Bool {
    let allowed = Array("+-.eE0123456789".utf8)
    return text.utf8.count <= 40 && text.utf8.allSatisfy(allowed.contains)
      && text.utf8.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private static func isIdentifier(_ text: String) -> Bool {
    text.utf8.enumerated().allSatisfy { place, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): place > 0
      default: false
      }
    } && !text.isEmpty
  }
}

extension Measure {
  init(of quantity: Quantity) {
    self =
      switch quantity {
      case .number: .number
      case .fraction: .percentage
      case .perSecond: .rate
      case .duration: .duration
      }
  }
}
