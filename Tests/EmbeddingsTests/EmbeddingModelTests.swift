import Embeddings
import Testing

struct EmbeddingModelTests {
  @Test(
    "The base URL that was meant is found for the usual slips",
    arguments: [
      ("https://api.openai.com", "https://api.openai.com/v1"),
      ("https://api.openai.com/", "https://api.openai.com/v1"),
      ("http://localhost:11434", "http://localhost:11434/v1"),
      ("https://host/v1/v1", "https://host/v1"),
      ("https://host/v1/embeddings", "https://host/v1"),
      ("https://host/v1/embeddings/", "https://host/v1"),
      ("https://host/v1/chat/completions", "https://host/v1"),
      ("https://host/embeddings", "https://host/v1"),
      ("https://host/v1", nil),
      ("https://host/openai/deployments/x", nil),
      ("https://user:pass@host", nil),
      ("https://host?key=1", nil),
    ])
  func correction(typed: String, meant: String?) {
    #expect(
      EmbeddingModel(baseURL: typed, apiKey: nil, model: "m").correctedBaseURL == meant)
  }

  @Test("A known model is found under its vendor's prefix and with a tag")
  func knownModels() throws {
    #expect(KnownModel.named("text-embedding-3-small")?.nativeDimensions == 1536)
    #expect(KnownModel.named("openai/text-embedding-3-large")?.nativeDimensions == 3072)
    #expect(KnownModel.named("nomic-embed-text:latest")?.nativeDimensions == 768)
    #expect(KnownModel.named("text-embedding-ada-002")?.isAdjustable == false)
    #expect(KnownModel.named("text-embedding-9") == nil)
    #expect(KnownModel.named("") == nil)
  }
}
