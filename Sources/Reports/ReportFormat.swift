internal import Core

/// A format that a report can be written in.
package enum ReportFormat: String, Sendable, CaseIterable {
  case text
  case json
}

/// One report that the person asked for: `FORMAT` or `FORMAT=PATH`.
package struct ReportRequest: Sendable, Equatable {
  /// Where a report goes.
  package enum Destination: Sendable, Equatable {
    case standardOutput
    case file(String)
  }

  /// Why the words behind `--report` could not be followed.
  package enum Fault: Error, Sendable, Equatable {
    case unknownFormat(String)
    case emptyPath(ReportFormat)
    /// Two reports would stand in one another's place.
    case sameDestination(Destination)

    package var message: String {
      switch self {
      case .unknownFormat(let name):
        let names = ReportFormat.allCases.map(\.rawValue)
        let nearest = names.nearest(to: name).map { "; did you mean \($0)?" } ?? ""
        return "there is no report format \(name.quoted), only \(names.joined(last: "and"))"
          + nearest
      case .emptyPath(let format):
        return "\"\(format.rawValue)=\" names no file; write \(format.rawValue)=PATH, or "
          + "\(format.rawValue)=- for standard output"
      case .sameDestination(.standardOutput):
        return "only one report fits on standard output; give the others a file, as FORMAT=PATH"
      case .sameDestination(.file(let path)):
        return "two reports would be written to \(path.quoted)"
      }
    }
  }

  package let format: ReportFormat
  package let destination: Destination

  package init(_ format: ReportFormat, to destination: Destination = .standardOutput) {
    self.format = format
    self.destination = destination
  }

  /// Reads one `FORMAT[=PATH]`, where the path `-` is standard output.
  package init(text: String) throws(Fault) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let format = ReportFormat(rawValue: String(parts.first ?? "")) else {
      throw .unknownFormat(String(parts.first ?? ""))
    }
    switch parts.dropFirst().first {
    case nil, "-": self.init(format)
    case "": throw .emptyPath(format)
    case let path?: self.init(format, to: .file(String(path)))
    }
  }

  /// Reads all reports of one command line; none at all means text on standard output.
  package static func all(_ texts: [String]) throws(Fault) -> [ReportRequest] {
    var requests: [ReportRequest] = []
    for text in texts {
      let request = try ReportRequest(text: text)
      guard !requests.contains(where: { $0.destination == request.destination }) else {
        throw .sameDestination(request.destination)
      }
      requests.append(request)
    }
    return requests.isEmpty ? [ReportRequest(.text)] : requests
  }
}
