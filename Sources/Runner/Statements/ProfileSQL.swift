/// Statements on what was found out of an endpoint.
enum ProfileSQL {
  /// The key under which an endpoint is known: its address may hold what nobody should read.
  private static let endpoint = "encode(sha256(convert_to($1, 'UTF8')), 'hex')"

  /// Keeps a profile.
  ///
  /// Parameters: the endpoint's identity, the model's name, the name under which dimensions are
  /// honoured, what becomes of base64, the most texts that were accepted, the most that may be sent,
  /// whether vectors are normalised, whether they are the same each time, the known text, its vector
  /// as an array's text.
  static let keep = """
    insert into preflight.profile (endpoint, model, dimensions, base64, accepted_batch,
      largest_batch, is_normalised, is_deterministic, known_text, known_vector)
    values (\(endpoint), $2, $3, $4, $5::integer, $6::integer, $7::boolean, $8::boolean, $9,
      $10::text::real[])
    on conflict (endpoint) do update set model = excluded.model, dimensions = excluded.dimensions,
      base64 = excluded.base64, accepted_batch = excluded.accepted_batch,
      largest_batch = excluded.largest_batch, is_normalised = excluded.is_normalised,
      is_deterministic = excluded.is_deterministic, known_text = excluded.known_text,
      known_vector = excluded.known_vector, learned_at = clock_timestamp()
    """

  /// The profile of an endpoint.
  ///
  /// Parameter: the endpoint's identity.
  static let known = """
    select dimensions, base64, accepted_batch, largest_batch, is_normalised, is_deterministic,
      known_text, known_vector::text[] as known_vector
    from preflight.profile where endpoint = \(endpoint)
    """
}
