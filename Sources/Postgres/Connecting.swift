internal import CLibPQ
internal import Core

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension Session {
  /// Connects to the first of the URL's hosts, and of each host's addresses, that takes part.
  ///
  /// A server that answers and refuses ends the search: another address would not be asked
  /// differently.
  func connect(
    to url: ConnectionURL, applicationName: String, until deadline: Deadline
  ) throws(PostgresFault) -> ServerFacts {
    var fault: PostgresFault?
    // That one of its addresses is out of reach tells nothing where another was asked.
    func leave(_ next: PostgresFault) throws(PostgresFault) {
      guard next.leavesOtherAddresses else { throw next }
      if case .noRoute = next, fault != nil { return }
      fault = next
    }
    for (index, host) in url.endpoints.enumerated() {
      let hostDeadline = deadline.share(of: url.endpoints.count - index)
      do throws(PostgresFault) {
        let endpoints = try addresses(of: host, until: hostDeadline)
        for (index, endpoint) in endpoints.enumerated() {
          do throws(PostgresFault) {
            return try connect(
              to: endpoint, of: url, applicationName: applicationName,
              until: hostDeadline.share(of: endpoints.count - index))
          } catch {
            try leave(error)
          }
        }
      } catch {
        try leave(error)
      }
    }
    throw fault ?? .cancelled
  }

  private func addresses(
    of endpoint: ConnectionURL.Endpoint, until deadline: Deadline
  ) throws(PostgresFault) -> [ConnectionURL.Endpoint] {
    guard endpoint.address == nil, !endpoint.isLocalSocket else { return [endpoint] }
    let addresses: [String]
    do {
      addresses = try HostLookup.addresses(of: endpoint.host, wakeUp: wakeUp, until: deadline)
    } catch {
      throw PostgresFault(error, of: .resolving(host: endpoint.host), deadline)
    }
    guard !addresses.isEmpty else { throw .nameNotResolved(host: endpoint.host) }
    return addresses.map { address in
      ConnectionURL.Endpoint(host: endpoint.host, port: endpoint.port, address: address)
    }
  }

  private func connect(
    to endpoint: ConnectionURL.Endpoint, of url: ConnectionURL, applicationName: String,
    until deadline: Deadline
  ) throws(PostgresFault) -> ServerFacts {
    guard let connection = unsafe url.start(endpoint, applicationName: applicationName) else {
      throw .outOfDescriptors
    }
    do throws(PostgresFault) {
      let facts = unsafe try establish(connection, to: endpoint, of: url, until: deadline)
      unsafe adopt(connection)
      return facts
    } catch {
      unsafe PQfinish(connection)
      throw error
    }
  }

  /// Drives the handshake; `PQconnectPoll` says which direction it waits for.
  private func establish(
    _ connection: OpaquePointer, to endpoint: ConnectionURL.Endpoint, of url: ConnectionURL,
    until deadline: Deadline
  ) throws(PostgresFault) -> ServerFacts {
    // With it a failure's text carries the SQLSTATE, which libpq gives no other access to here.
    unsafe PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
    unsafe PQsetNoticeReceiver(connection, { _, _ in }, nil)
    var readiness = Readiness.writing
    CertificateVerdict.clear()
    func failure() -> PostgresFault {
      ConnectFailure(
        text: unsafe Session.errorText(of: connection), certificateFault: CertificateVerdict.refusal
      ).fault(at: endpoint, of: url)
    }
    while true {
      guard unsafe PQstatus(connection) != CONNECTION_BAD else { throw failure() }
      do throws(Interruption) {
        let ready = try wait(
          for: readiness, on: unsafe Session.socket(of: connection), or: wakeUp, until: deadline,
          isCancellable: true)
        guard !ready.isEmpty else { continue }
      } catch {
        throw PostgresFault(
          error, of: .connecting(host: endpoint.host, port: endpoint.port), deadline)
      }
      switch unsafe PQconnectPoll(connection) {
      case PGRES_POLLING_READING: readiness = .reading
      case PGRES_POLLING_WRITING: readiness = .writing
      case PGRES_POLLING_OK:
        unsafe PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
        guard unsafe PQsetnonblocking(connection, 1) == 0 else {
          throw failure()
        }
        return unsafe ServerFacts(of: connection, endpoint, url)
      default: throw failure()
      }
    }
  }
}

extension ConnectionURL {
  /// Begins a connection to one endpoint; nil only when there is no memory.
  fileprivate func start(_ endpoint: Endpoint, applicationName: String) -> OpaquePointer? {
    var settings = options.filter { $0.key != "hostaddr" }
    settings["host"] = Secret(endpoint.host)
    settings["port"] = Secret(String(endpoint.port))
    settings["hostaddr"] = endpoint.address.map { Secret($0) }
    settings["client_encoding"] = Secret("UTF8")
    settings["fallback_application_name"] = Secret(applicationName)
    // Asking for a Kerberos ticket would block the lane; a URL that wants it says so.
    settings["gssencmode"] = settings["gssencmode"] ?? Secret("disable")
    var words: [UnsafeMutablePointer<CChar>?] = unsafe []
    var values: [UnsafeMutablePointer<CChar>?] = unsafe []
    defer { unsafe (words + values).forEach { word in unsafe free(word) } }
    for (name, value) in settings {
      unsafe words.append(strdup(name))
      unsafe values.append(value.reveal { unsafe strdup($0) })
    }
    let keys = unsafe words.map { unsafe UnsafePointer($0) } + [nil]
    let texts = unsafe values.map { unsafe UnsafePointer($0) } + [nil]
    return unsafe PQconnectStartParams(keys, texts, 0)
  }
}

extension ServerFacts {
  fileprivate init(
    of connection: OpaquePointer, _ endpoint: ConnectionURL.Endpoint, _ url: ConnectionURL
  ) {
    func status(_ name: String) -> String {
      guard let value = unsafe PQparameterStatus(connection, name) else { return "" }
      return unsafe String(cString: value)
    }
    version = status("server_version")
    versionNumber = Int(unsafe PQserverVersion(connection))
    host = endpoint.host
    port = endpoint.port
    database = unsafe PQdb(connection).map { unsafe String(cString: $0) } ?? url.database
    user = unsafe PQuser(connection).map { unsafe String(cString: $0) } ?? url.user
    isEncrypted = unsafe PQsslInUse(connection) != 0
    isStandby = status("in_hot_standby") == "on"
    isReadOnlyByDefault = status("default_transaction_read_only") == "on"
    processID = Int(unsafe PQbackendPID(connection))
  }
}

extension PostgresFault {
  init(_ interruption: Interruption, of activity: Activity, _ deadline: Deadline) {
    switch interruption {
    case .deadline: self = .timedOut(doing: activity, deadline.limit)
    case .cancelled: self = .cancelled
    }
  }

  /// Whether the fault is of one address, so that the next may do better.
  fileprivate var leavesOtherAddresses: Bool {
    switch self {
    case .nameNotResolved, .refused, .unreachable, .noRoute, .timedOut, .connectionLost: true
    default: false
    }
  }
}
