import Sandbox
import Testing

@Suite("The sandbox's embedding model")
struct FeatureHashingTests {
  private let model = FeatureHashing(dimensions: 384)

  private func similarity(_ left: String, _ right: String) -> Float {
    zip(model.vector(of: left), model.vector(of: right)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  @Test("A text has the same vector in every process")
  func deterministic() {
    // Written down once: other numbers would mean a hash that changes from run to run.
    let vector = FeatureHashing(dimensions: 8).vector(of: "Crash in the CSV export")
    let thousandths = vector.map { Int(($0 * 1000).rounded()) }
    #expect(thousandths == [241, 0, 343, -165, -520, -698, -89, 178])
  }

  @Test(
    "Every vector has length 1, also of a text without words",
    arguments: [
      "a text", "", " ", "\n\n", "!?", "日本語の文", "🙂", "a", String(repeating: "x", count: 9000),
    ])
  func normalised(text: String) {
    for dimensions in [1, 2, 384, 3072] {
      let vector = FeatureHashing(dimensions: dimensions).vector(of: text)
      #expect(vector.count == dimensions)
      let norm = vector.reduce(0) { $0 + $1 * $1 }
      #expect(abs(norm - 1) < 1e-4)
    }
  }

  @Test(
    "A text is nearer to one that says the same than to one that does not",
    arguments: [
      (
        "Crash when exporting a CSV report", "The CSV export crashes with a large report",
        "Dark theme flickers on the login page"
      ),
      (
        "Add retry with backoff to webhooks", "Webhook retries should back off",
        "Rename the billing module"
      ),
      (
        "ошибка при входе в систему", "ошибки входа", "медленный поиск по каталогу"
      ),
    ])
  func meaningful(text: String, near: String, far: String) {
    #expect(similarity(text, near) > similarity(text, far) + 0.1)
  }

  @Test("The order of the words tells two texts apart, barely")
  func order() {
    let value = similarity("cache before database", "database before cache")
    #expect(value < 1)
    #expect(value > 0.99)
  }

  @Test("Upper and lower case are the same")
  func letterCase() {
    #expect(model.vector(of: "Crash In Export") == model.vector(of: "crash in export"))
  }
}
