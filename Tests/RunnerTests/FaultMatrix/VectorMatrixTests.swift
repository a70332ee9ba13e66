import Core
import Monitor
import Sandbox
import TestWorld
import Testing

@testable import Runner

/// Rows 10 to 12 of the matrix: vectors of a wrong width, in a wrong place, or of no numbers.
@Suite("Fault matrix: vectors that are not what they should be", .timeLimit(.minutes(3)))
struct VectorMatrixTests {
  private static func ignored(_ width: Int) -> String {
    """
    the vectors have \(width) dimensions, not 384 (status 200); set `dimensions: 384` and take an \
    endpoint that heeds it, or change the column to vector(\(width))
    """
  }

  @Test(
    "by their width end the run before one of them is stored",
    arguments: [
      FaultCase(
        name: "all", behaviours: [.ignoresDimensions],
        end: .aborted(.dimensionMismatch, ignored(1536))),
      FaultCase(
        name: "from the second request on", behaviours: [.ignoresDimensions], after: 1,
        ramp: [10],
        end: .aborted(.dimensionMismatch, ignored(1536), stored: 10)),
      FaultCase(
        name: "a quarter", behaviours: [.quarterWidth],
        end: .aborted(
          .dimensionMismatch,
          """
          the vectors have 96 dimensions, not 384 but a quarter of it: numbers were taken for base64 \
          on the way (status 200); ask the endpoint's operator about encoding_format, or use another \
          endpoint
          """)),
      FaultCase(
        name: "one in each batch", behaviours: [.mixedWidths], ramp: [1],
        end: .aborted(.dimensionMismatch, ignored(383))),
    ])
  func width(fault: FaultCase) async throws {
    try await fault.check()
  }

  @Test(
    "are stored at their own rows, or not at all",
    arguments: [
      FaultCase(
        name: "numbers where base64 was asked for", behaviours: [.ignoresEncoding],
        end: .verified(stored: FaultCase.items)),
      FaultCase(
        name: "in another order", behaviours: [.shuffledIndexes],
        end: .verified(stored: FaultCase.items)),
      FaultCase(
        name: "without indexes", behaviours: [.withoutIndexes],
        end: .verified(stored: FaultCase.items)),
      // A batch of one has no two places to mistake for each other.
      FaultCase(
        name: "an index twice", behaviours: [.repeatedIndex],
        end: .verified(stored: FaultCase.items)),
      FaultCase(
        name: "an index of nobody, once", behaviours: [.foreignIndex], forNext: 1,
        end: .verified(stored: FaultCase.items)),
      FaultCase(
        name: "one too few, once", behaviours: [.wrongCount], forNext: 1,
        end: .verified(stored: FaultCase.items)),
      FaultCase(
        name: "one too many, once", behaviours: [.extraVector], forNext: 1,
        end: .verified(stored: FaultCase.items)),
      FaultCase(
        name: "one of another width, once", behaviours: [.mixedWidths], forNext: 1,
        end: .verified(stored: FaultCase.items)),
      FaultCase(
        name: "a null, once", behaviours: [.nullInVector], forNext: 1,
        end: .verified(stored: FaultCase.items)),
      FaultCase(
        name: "1e39, once", behaviours: [.hugeNumber], forNext: 1,
        end: .verified(stored: FaultCase.items)),
      FaultCase(
        name: "a zero vector, once", behaviours: [.zeroVector], forNext: 1,
        end: .verified(stored: FaultCase.items)),
    ])
  func place(fault: FaultCase) async throws {
    try await fault.check()
  }

  private static func canary(
    _ name: String, _ behaviour: EndpointBehaviour, _ className: String, _ words: String
  ) -> FaultCase {
    FaultCase(
      name: name, behaviours: [behaviour], ramp: [1], conditions: RunConditions(canaryItems: 1),
      end: .aborted(
        .canaryFailed, "1 of the first 1 items failed; the latest fault: \(words)",
        dead: [className]))
  }

  @Test(
    "every time end the run at its first row",
    arguments: [
      canary(
        "one too few", .wrongCount, "wrong-count", "0 vectors came back for 1 text (status 200)"),
      canary(
        "one too many", .extraVector, "wrong-count", "2 vectors came back for 1 text (status 200)"),
      canary(
        "an index of nobody", .foreignIndex, "wrong-count",
        "the indexes of the vectors are not those of the texts, each once (status 200)"),
      canary(
        "a null", .nullInVector, "bad-numbers",
        "the vector of text 1 holds something that is no number (status 200)"),
      canary(
        "1e39", .hugeNumber, "bad-numbers",
        "the vector of text 1 holds something that is no number (status 200)"),
      canary(
        "a zero vector", .zeroVector, "zero-vector",
        "the vector of text 1 is zero in every dimension (status 200)"),
    ])
  func always(fault: FaultCase) async throws {
    try await fault.check()
  }

  @Test(
    "of another text or another model end the run",
    arguments: [
      FaultCase(
        name: "the same for all", behaviours: [.constantVectors],
        end: .aborted(
          .badReplies,
          """
          10 different texts have all got the same vector (status 200); have the endpoint's operator \
          look at its model: it does not read the texts
          """)),
      FaultCase(
        name: "of another model", behaviours: [.swappedModel],
        end: .aborted(
          .wrongModel,
          """
          the answer is of another model, text-embedding-ada-002 (status 200); have the endpoint \
          serve the model that is asked for, or ask for text-embedding-ada-002
          """)),
    ])
  func meaning(fault: FaultCase) async throws {
    try await fault.check()
  }
}
