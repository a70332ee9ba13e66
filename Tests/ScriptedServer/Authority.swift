import Glibc

/// An authority of a test's own, which signs certificates through the program `openssl`; its folder goes
/// with it.
package final class Authority: Sendable {
  private let folder: String
  /// The file to give to whoever is to trust it.
  package var file: String { folder + "/authority.pem" }

  /// What a certificate of it says.
  package enum Claim: String, Sendable {
    case localhost
    case elsewhere = "elsewhere.example"
    case expired
  }

  package init() throws {
    var path = Array("/tmp/preflight-authority-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&path) != nil else { throw ShellFailure(words: "no folder") }
    folder = String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    // A server that runs as another user reads its key here.
    unsafe chmod(folder, 0o755)
    try shell(
      """
      cd \(folder) && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -keyout authority.key -out authority.pem -subj /CN=authority -days 2
      """)
  }

  deinit { _ = try? shell("rm -rf \(folder)") }

  /// A file with a key and its certificate, which anybody on this machine may read.
  package func certificate(_ claim: Claim = .localhost) throws -> String {
    let host = claim == .expired ? Claim.localhost : claim
    try shell(
      """
      cd \(folder) && openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -keyout \(claim).key -out \(claim).csr -subj /CN=\(host.rawValue) &&
      echo subjectAltName=DNS:\(host.rawValue) >\(claim).ext &&
      openssl x509 -req -in \(claim).csr -out \(claim).crt -CA authority.pem -CAkey authority.key \
        -CAcreateserial -extfile \(claim).ext -days \(claim == .expired ? -1 : 1) &&
      cat \(claim).key \(claim).crt >\(claim).pem && chmod 644 \(claim).pem
      """)
    return "\(folder)/\(claim).pem"
  }
}

/// What a command said that did not end well.
struct ShellFailure: Error {
  let words: String
}

/// Runs a command to its end.
private func shell(_ command: String) throws {
  guard let output = unsafe popen("{ \(command)\n} 2>&1", "r") else {
    throw ShellFailure(words: "no shell")
  }
  var words: [UInt8] = []
  while case let byte = unsafe fgetc(output), byte != EOF { words.append(UInt8(byte)) }
  guard unsafe pclose(output) == 0 else {
    throw ShellFailure(words: String(decoding: words, as: UTF8.self))
  }
}

/// An HTTPS server that answers each POST with the same body, as Python's standard library serves it.
@safe package final class SecureServer: @unchecked Sendable {
  package let port: Int
  // @unchecked: nobody touches it between `init` and `deinit`.
  private let lifeline: UnsafeMutablePointer<FILE>

  /// - Parameters:
  ///   - certificate: The file of its key and certificate.
  ///   - body: JSON without a single quote.
  /// - Throws: Where there is no shell.
  package init(_ certificate: String, answering body: String) throws {
    let (socket, port) = listeningSocket(backlog: 8)
    defer { close(socket) }
    self.port = port
    // The program takes over the socket, so that nobody waits for it, and ends with its input.
    let command = "exec python3 -c \"$PROGRAM\" \(socket) \(certificate) '\(body)'"
    guard
      let lifeline = unsafe popen("PROGRAM='\(SecureServer.program)'\n\(command)", "w")
    else { throw ShellFailure(words: "no shell") }
    unsafe self.lifeline = unsafe lifeline
  }

  deinit { unsafe pclose(lifeline) }

  private static let program = """
    import http.server, os, socket, ssl, sys, threading
    body = sys.argv[3].encode()
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def log_message(self, *words):
            pass
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(sys.argv[2])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer, bind_and_activate=False)
    server.socket.close()
    server.socket = secure.wrap_socket(socket.socket(fileno=int(sys.argv[1])), server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)
    """
}
