/// A trigger of the table `t` that stands in the way of what a check writes there.
enum Meddler {
  /// The statements that make it, and its function of this PL/pgSQL.
  static func script(_ event: String, _ body: String) -> String {
    """
    create function meddle() returns trigger language plpgsql as $meddle$ begin \(body); end $meddle$;
    create trigger meddles \(event) on t for each row execute function meddle();
    """
  }

  /// What a finding gives to paste, so that it is seen.
  static let fix = """
    select pg_get_triggerdef(oid) from pg_trigger where tgrelid = 't'::regclass and not \
    tgisinternal;
    """
}
