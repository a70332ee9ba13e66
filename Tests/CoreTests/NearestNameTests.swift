import Core
import Testing

@Suite("The nearest known name")
struct NearestNameTests {
  private let names = ["dimension", "dimensions", "secret", "api_key", "jobs", "to", "pre-deploy"]

  @Test(
    "A slip of the fingers finds its name",
    arguments: [
      ("dimensoin", "dimension"), ("dimention", "dimension"), ("secrets", "secret"),
      ("apikey", "api_key"), ("api-key", "api_key"), ("API_KEY", "api_key"), ("jbos", "jobs"),
      ("predeploy", "pre-deploy"), ("pre_deploy", "pre-deploy"), ("dimensions", "dimensions"),
    ])
  func found(typed: String, name: String) {
    #expect(names.nearest(to: typed) == name)
  }

  @Test(
    "What resembles nothing finds nothing", arguments: ["", "x", "zz", "upsert", "http", "jo-ks!"])
  func notFound(typed: String) {
    #expect(names.nearest(to: typed) == nil)
  }

  @Test("A name with which nothing is shared is not near, however short")
  func shortNames() {
    #expect(["b", "c"].nearest(to: "a") == nil)
    #expect(["ab"].nearest(to: "a") == nil)
    #expect(["ab"].nearest(to: "ac") == "ab")
  }

  @Test("Of two equally near names the first in the alphabet is taken, in any order")
  func stable() {
    #expect(["beat", "bear"].nearest(to: "beaz") == "bear")
    #expect(["bear", "beat"].nearest(to: "beaz") == "bear")
  }
}
