/// What an endpoint was found to do with what it is asked; nil for what nobody has found out.
package struct EndpointProfile: Sendable, Equatable {
  /// What becomes of a wish for a number of dimensions.
  package enum Dimensions: Sendable, Equatable {
    case honoured
    /// Honoured under another name than the protocol's.
    case named(String)
  }

  /// What becomes of a wish for base64.
  package enum Base64: String, Sendable, Equatable {
    case honoured
    /// Numbers come all the same.
    case ignored
    case refused
  }

  package var dimensions: Dimensions?
  package var base64: Base64?
  /// The most texts that one request was seen to hold.
  package var acceptedBatch: Int?
  /// The most texts that one request may hold, where the endpoint refused more.
  package var largestBatch: Int?
  /// Whether vectors come back as many as texts and in their order.
  package var isOrdered: Bool?
  /// Whether every vector has the length 1.
  package var isNormalised: Bool?
  /// Whether the same text had the same vector each time, to the last bit or nearly so.
  package var isDeterministic: Bool?
  /// What the endpoint answered to a known text, to tell later whether it is still the same model.
  package var sample: Sample?

  /// A text and its vector.
  package struct Sample: Sendable, Equatable {
    package let text: String
    package let vector: [Float]

    package init(text: String, vector: [Float]) {
      self.text = text
      self.vector = vector
    }
  }

  package init() {}

  /// Whether the probe of capabilities has been through with the endpoint.
  package var isProbed: Bool { isOrdered == true && sample != nil }

  /// One line for each thing found out.
  package var lines: [String] {
    func yes(_ flag: Bool?) -> String? { flag.map { $0 ? "yes" : "no" } }
    let dimensions: String? =
      switch self.dimensions {
      case nil: nil
      case .honoured: "honoured"
      case .named(let name): "honoured as \(name)"
      }
    let base64: String? =
      switch self.base64 {
      case nil: nil
      case .honoured: "honoured"
      case .ignored: "ignored"
      case .refused: "refused"
      }
    let facts = [
      ("dimensions", dimensions), ("base64", base64),
      (
        "texts in one request",
        largestBatch.map { "at most \($0)" } ?? acceptedBatch.map { "at least \($0)" }
      ),
      ("in order", yes(isOrdered)), ("normalised", yes(isNormalised)),
      ("deterministic", yes(isDeterministic)),
    ]
    return facts.compactMap { name, value in value.map { "\(name): \($0)" } }
  }
}
