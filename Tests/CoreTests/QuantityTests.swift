import Core
import Testing

@Suite("Durations, quantities and comparisons")
struct QuantityTests {
  @Test(
    "A duration has a number and a unit",
    arguments: [
      ("500ms", Duration.milliseconds(500)), ("10s", .seconds(10)), ("1.5m", .seconds(90)),
      ("2h", .seconds(7_200)), ("7d", .seconds(604_800)), ("0s", .zero),
    ])
  func duration(text: String, value: Duration) {
    #expect(Duration(text: text) == value)
  }

  @Test(
    "What is no duration is none",
    arguments: [
      "", "10", "s", "-1s", "+1s", "1e3s", "10 s", "10S", "1..5s", ".5s", "1s2", "infs",
      "0x10s", "9999999999d", "١s",
    ])
  func noDuration(text: String) {
    #expect(Duration(text: text) == nil)
  }

  @Test(
    "A duration is said in its two largest units",
    arguments: [
      (Duration.zero, "0ms"), (.milliseconds(250), "250ms"), (.milliseconds(999), "999ms"),
      (.milliseconds(1_500), "1.5s"), (.seconds(59), "59s"), (.seconds(60), "1m"),
      (.seconds(125), "2m 5s"), (.milliseconds(119_600), "2m"), (.seconds(11_400), "3h 10m"),
      (.milliseconds(59_999), "60s"),
      (.microseconds(400), "0ms"), (.seconds(3_600 * 49), "49h"),
    ])
  func said(duration: Duration, text: String) {
    #expect(duration.text == text)
  }

  @Test(
    "A comparison has a relation and a quantity of one unit",
    arguments: [
      (">= 1/s", Comparison(.atLeast, .perSecond(1)), ">= 1/s"),
      ("> 2%", Comparison(.above, .fraction(0.02)), "> 2%"),
      ("<=30/m", Comparison(.atMost, .perSecond(0.5)), "<= 0.5/s"),
      ("< 1.5s", Comparison(.below, .duration(.milliseconds(1_500))), "< 1.5s"),
      ("!= 0", Comparison(.notEqual, .number(0)), "!= 0"),
      ("= 3", Comparison(.equal, .number(3)), "3"),
      ("100%", Comparison(.equal, .fraction(1)), "100%"),
    ])
  func comparison(text: String, value: Comparison, said: String) {
    #expect(Comparison(text: text) == value)
    #expect(value.text == said)
  }

  @Test(
    "What is no comparison is none",
    arguments: [
      "", ">", ">= ", "=> 3", "== 3", "> -1", "about 3", "> 2 %", "1/d", "> nan", "> > 1",
    ])
  func noComparison(text: String) {
    #expect(Comparison(text: text) == nil)
  }

  @Test("Each relation holds where it should, and at its bound")
  func holds() {
    let values = [1.0, 2.0, 3.0]
    func holds(_ relation: Comparison.Relation) -> [Bool] {
      values.map { Comparison(relation, .number(2)).holds(for: $0) }
    }
    #expect(holds(.atLeast) == [false, true, true])
    #expect(holds(.atMost) == [true, true, false])
    #expect(holds(.above) == [false, false, true])
    #expect(holds(.below) == [true, false, false])
    #expect(holds(.equal) == [false, true, false])
    #expect(holds(.notEqual) == [true, false, true])
  }

  @Test("No order holds for what is no number")
  func notANumber() {
    for relation in Comparison.Relation.allCases where relation != .notEqual {
      #expect(!Comparison(relation, .number(2)).holds(for: .nan))
    }
  }

  @Test("Bounds of other units are compared in theirs")
  func units() {
    #expect(Comparison(text: "> 2%")?.holds(for: 0.03) == true)
    #expect(Comparison(text: ">= 60/m")?.holds(for: 1) == true)
    #expect(Comparison(text: "< 1m")?.holds(for: 61) == false)
  }

  @Test(
    "A number is said with at most two decimals",
    arguments: [
      (0.0, "0"), (1.0, "1"), (1.5, "1.5"), (1.05, "1.05"), (1.004, "1"), (-2.25, "-2.25"),
      (99.999, "100"), (1e16, "1e+16"), (.infinity, "inf"), (.nan, "nan"),
    ])
  func short(value: Double, text: String) {
    #expect(value.short == text)
  }
}
