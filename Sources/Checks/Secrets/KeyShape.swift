internal import Core
internal import Supabase

/// What the text of a key tells of whose it is and what it is for, held against its variable's name.
///
/// No message tells more of the value than what kind of key it is.
enum KeyShape {
  /// The faults of a value under a name, in words that complete "it …".
  static func faults(of value: Secret, named name: String, at now: Timestamp) -> [String] {
    value.reveal { text in
      let text = text.trimmed
      var faults: [String] = []
      let wanted = Purpose(of: name)
      if let maker = maker(of: text), let owner = owner(of: name), maker != owner {
        faults.append("is a key of \(maker), not of \(owner)")
      } else if WebToken.begins(text), let token = WebToken(text) {
        if let role = token.role, let fault = wanted?.fault(ofTokenWith: role) {
          faults.append(fault)
        }
        if let expires = token.expires, expires.milliseconds <= now.milliseconds {
          faults.append("is a JWT that expired at \(expires.rfc3339)")
        }
      } else if WebToken.begins(text), wanted != nil {
        faults.append("is a piece of a JWT, or a broken one")
      } else if let fault = wanted?.fault(ofKeyLike: text) {
        faults.append(fault)
      }
      return faults
    }
  }

  /// Makers of keys that neither OpenAI nor an endpoint that stands in for it takes.
  ///
  /// Keys of other providers of embeddings are left out: many set them as OPENAI_API_KEY on purpose,
  /// together with another base URL.
  private static let makers: [(prefix: String, name: String)] = [
    ("sk-ant-", "Anthropic"), ("sk-", "OpenAI"), ("sb_", "Supabase"), ("sbp_", "Supabase"),
    ("sk_live_", "Stripe"), ("sk_test_", "Stripe"), ("xoxb-", "Slack"), ("AKIA", "AWS"),
  ]

  private static func maker(of text: String) -> String? {
    makers.first { text.hasPrefix($0.prefix) }?.name
  }

  /// Whose key a variable of this name holds.
  private static func owner(of name: String) -> String? {
    ["OpenAI", "Anthropic", "Supabase", "Stripe", "Slack", "AWS"].first {
      name.uppercased().split(separator: "_").contains(Substring($0.uppercased()))
    }
  }
}

/// What a key of a Supabase project is for, by its variable's name.
private enum Purpose {
  /// Past row security: `service_role`, or a secret key.
  case secret
  /// For browsers: `anon`, or a publishable key.
  case published
  /// For the Management API.
  case management

  init?(of name: String) {
    let words = name.uppercased()
    guard words.contains("SUPABASE") else { return nil }
    if words.contains("ACCESS_TOKEN") {
      self = .management
    } else if ["ANON", "PUBLISHABLE", "PUBLIC_"].contains(where: words.contains) {
      self = .published
    } else if ["SERVICE_ROLE", "SECRET_KEY"].contains(where: words.contains) {
      self = .secret
    } else {
      return nil
    }
  }

  private static let ofProject = "is a key of the project, not an access token"

  func fault(ofTokenWith role: String) -> String? {
    switch (self, role) {
    case (.secret, "anon"), (.secret, "authenticated"):
      "is a JWT of the role \(role), where service_role belongs"
    case (.published, "service_role"):
      "is a JWT of the role service_role, which must not stand where everybody may read it"
    case (.management, "anon"), (.management, "service_role"): Purpose.ofProject
    default: nil
    }
  }

  func fault(ofKeyLike text: String) -> String? {
    func begins(_ prefix: String) -> Bool { text.hasPrefix(prefix) }
    return switch self {
    case .secret where begins("sb_publishable_"):
      "is a publishable key, where a secret one belongs"
    case .published where begins("sb_secret_"):
      "is a secret key, which must not stand where everybody may read it"
    case .secret where begins("sbp_"), .published where begins("sbp_"):
      "is an access token of the Management API, not a key of the project"
    case .management where begins("sb_"): Purpose.ofProject
    default: nil
    }
  }
}
