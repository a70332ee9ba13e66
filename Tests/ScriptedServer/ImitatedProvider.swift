internal import FoundationEssentials
internal import Synchronization

/// A provider over real HTTP, in words of JSON numbers, whose ways a test chooses.
package final class ImitatedProvider: Sendable {
  package struct Request: Decodable, Sendable {
    package let input: [String]
    package let dimensions: Int?
    package let output_dimension: Int?
    package let encoding_format: String?
  }

  /// The steps from vectors in the order of their texts to an answer's body.
  package struct Ways: Sendable {
    /// Answers in place of vectors.
    package var refuse: @Sendable (Request) -> ScriptedServer.Step? = { _ in nil }
    package var width: @Sendable (Request) -> Int = { $0.dimensions ?? 16 }
    /// Of one text; the number counts the requests from 1.
    package var vector: @Sendable (String, Int, Int) -> [Float] = { text, width, _ in
      ImitatedProvider.vector(text, width)
    }
    package var order: @Sendable ([String]) -> [String] = { $0 }

    package init() {}
  }

  package let server: ScriptedServer

  package init(_ ways: Ways = Ways()) {
    let count = Mutex(0)
    server = ScriptedServer { request in
      guard let asked = try? JSONDecoder().decode(Request.self, from: Data(request.body)) else {
        return [.answer("{}", status: 400)]
      }
      if let refusal = ways.refuse(asked) { return [refusal] }
      let number = count.withLock { count in
        count += 1
        return count
      }
      let vectors = asked.input.map { ways.vector($0, ways.width(asked), number) }
      let items = ways.order(
        vectors.map { vector in
          #"{"embedding":[\#(vector.map { $0.isFinite ? "\($0)" : "null" }.joined(separator: ","))]}"#
        })
      return [.answer(#"{"data":[\#(items.joined(separator: ","))]}"#)]
    }
  }

  /// A vector of length 1 that only this text has.
  package static func vector(_ text: String, _ width: Int) -> [Float] {
    var state = text.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    let raw = (0..<width).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int64(bitPattern: state) >> 33) / Float(1 << 30)
    }
    let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return raw.map { $0 / length }
  }
}
