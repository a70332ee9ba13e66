import Core
import Supabase
import Testing

struct WebTokenTests {
  @Test("The role and the end are read from the middle part")
  func claims() {
    // {"alg":"HS256"}, {"role":"anon","exp":1700000000} and a signature.
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiIsImV4cCI6MTcwMDAwMDAwMH0.c2ln"
    #expect(
      WebToken(token)
        == WebToken(role: "anon", expires: Timestamp(milliseconds: 1_700_000_000_000)))
    #expect(WebToken("eyJhbGciOiJIUzI1NiJ9.e30.c2ln") == WebToken(role: nil, expires: nil))
  }

  @Test(
    "What is no token is none",
    arguments: [
      "", "sb_secret_x", "a.b", "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJIUzI1NiJ9.e30",
      "eyJhbGciOiJIUzI1NiJ9.e30.", "eyJhbGciOiJIUzI1NiJ9.!!.c2ln", "eyJhbGciOiJIUzI1NiJ9.W10.c2ln",
      "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOiJ4In0.c2ln", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln.c2ln",
    ])
  func none(_ text: String) {
    #expect(WebToken(text) == nil)
  }
}
