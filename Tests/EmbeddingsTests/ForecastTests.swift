import Embeddings
import Testing

struct ForecastTests {
  private static let paid = RateLimits(
    requests: .init(limit: 3000), tokens: .init(limit: 1_000_000))

  @Test("The tighter of the two limits tells the time")
  func tighterLimit() {
    // 100,000 texts of 400 bytes: 10,000,000 tokens in 5,000 requests.
    let forecast = Forecast(
      rows: 100_000, bytesPerText: 400, model: "text-embedding-3-small", batch: 20,
      limits: Self.paid)
    #expect(forecast.tokens == 10_000_000)
    #expect(forecast.requests == 5_000)
    #expect(forecast.minutes == 10)
    #expect(forecast.dollars == 0.2)
    #expect(
      forecast.text
        == "100000 rows, about 10000000 tokens, about 10m at your limit, about $0.20")
    let slow = RateLimits(
      requests: .init(limit: 3, window: .seconds(60)), tokens: .init(limit: 1_000_000))
    #expect(
      Forecast(rows: 100, bytesPerText: 4, model: "m", batch: 1, limits: slow).text
        == "100 rows, about 100 tokens, about 33m 20s at your limit, price not known")
  }

  @Test("What nobody tells is not guessed")
  func unknown() {
    let forecast = Forecast(rows: 1, bytesPerText: 3, model: "all-minilm", batch: 20)
    #expect(forecast.minutes == nil)
    #expect(forecast.dollars == nil)
    #expect(
      forecast.text == "1 row, about 1 token, the endpoint tells no limit, price not known")
    let none = RateLimits(tokens: .init(limit: 0))
    #expect(
      Forecast(rows: 1, bytesPerText: 3, model: "m", batch: 20, limits: none).minutes == nil)
  }

  @Test("Few rows take less than a minute, none take nothing, and an end of counting is told")
  func bounds() {
    #expect(
      Forecast(
        rows: 21, bytesPerText: 80, model: "text-embedding-3-small", batch: 20, limits: Self.paid
      ).text == "21 rows, about 420 tokens, less than a minute at your limit, about $0.000008")
    #expect(
      Forecast(rows: 0, bytesPerText: 0, model: "m", batch: 20, limits: Self.paid).text
        == "no row waits")
    #expect(
      Forecast(
        rows: 1_000_000, hasMoreRows: true, bytesPerText: 4, model: "m", batch: 20,
        limits: Self.paid
      ).text == "more than 1000000 rows, about 1000000 tokens, about 16m 40s at your limit, "
        + "price not known")
  }
}
