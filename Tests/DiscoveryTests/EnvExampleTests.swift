import Discovery
import Testing

@Suite("Names in .env.example")
struct EnvExampleTests {
  @Test("names are read whatever stands behind them")
  func names() {
    let text = """
      # OLD_KEY=1
      OPENAI_API_KEY=sk-your-key-here   # from the console
      export  DATABASE_URL = "postgres://user:p@ss@host/db
        GITHUB_TOKEN=
      not a line
      1KEY=x
      OPENAI_API_KEY=again
      """
    #expect(
      EnvExample.names(in: text) == ["OPENAI_API_KEY": 2, "DATABASE_URL": 3, "GITHUB_TOKEN": 4])
  }
}
