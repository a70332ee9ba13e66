import Core
import Testing

@Suite struct `A number with what it counts` {
  @Test(arguments: [(0, "0 items"), (1, "1 item"), (2, "2 items")])
  func `has the thing's number`(count: Int, text: String) {
    #expect(count.counted("item") == text)
  }

  @Test(arguments: [(1, "1 retry"), (3, "3 retries")])
  func `knows a plural of another form`(count: Int, text: String) {
    #expect(count.counted("retry", plural: "retries") == text)
  }
}
