import FoundationEssentials
import ScriptedServer

/// A server that gives back all secrets that it was sent, in its body, its headers and the text of
/// its status, in the way and with the status that the path names: `/WRITING/STATUS/…`.
///
/// With the status 200 it embeds what it was asked to embed, or lists no secret.
struct EchoServer {
  let server = ScriptedServer { request in
    let words = request.head.split(separator: " ", maxSplits: 2).dropFirst().first ?? ""
    let path = words.split(separator: "/", omittingEmptySubsequences: true)
    let writing = path.first.flatMap { Writing(rawValue: String($0)) } ?? .plain
    let status = path.dropFirst().first.flatMap { Int($0) } ?? 404
    if status == 200 { return [.answer(embeddings(request.body))] }
    let told = secrets(of: request).map { writing($0) }
    let text = told.joined(separator: " ")
    // In JSON once more, so that it can be read again, but for what is JSON's already.
    let quoted = [.json, .jsonMixed].contains(writing) ? text : jsonText(text)
    let body = #"{"error":{"message":"refused: \#(quoted)","code":"\#(quoted)","\#(quoted)":"x"}}"#
    return [
      .send(
        """
        HTTP/1.1 \(status) \(text)\r\nContent-Type: application/json\r\nX-Told: \(text)\r
        Location: http://elsewhere/\(text)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
        """)
    ]
  }

  /// A base URL below which everything is answered like that.
  func url(_ writing: Writing, _ status: Int, user: String = "") -> String {
    "http://\(user)127.0.0.1:\(server.port)/\(writing.rawValue)/\(status)"
  }

  /// The values of the headers, and what stands behind the `?`.
  private static func secrets(of request: ScriptedServer.Request) -> [String] {
    let lines = request.head.split(separator: "\r\n").map(String.init)
    let headers = lines.dropFirst().compactMap { line -> String? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let name = line[..<colon].lowercased()
      guard ["authorization", "apikey"].contains(name) || name.hasPrefix("x-") else { return nil }
      return String(line[line.index(after: colon)...].drop { $0 == " " })
    }
    let query = lines[0].split(separator: "?").dropFirst().map {
      String($0.prefix { $0 != " " })
    }
    return headers + query
  }

  private static func jsonText(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }

  private static func embeddings(_ body: [UInt8]) -> String {
    guard let asked = try? JSONDecoder().decode(ImitatedProvider.Request.self, from: Data(body))
    else { return "[]" }
    let items = asked.input.enumerated().map { place, text in
      let numbers = ImitatedProvider.vector(text, asked.dimensions ?? 384)
      return #"{"index":\#(place),"embedding":\#(numbers)}"#
    }
    return #"{"data":[\#(items.joined(separator: ","))]}"#
  }
}
