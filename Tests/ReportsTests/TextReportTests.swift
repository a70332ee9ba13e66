import Reports
import Testing

@Suite struct `A text report` {
  @Test func `a healthy gate is one line a check`() {
    #expect(
      Sample.healthy.rendered(as: .text, style: Style())
        == #"""
        preflight 0.1.0: checklists/embeddings.yaml
        pre-deploy, 2026-11-23T10:00:00Z, 412ms

        ✓ service.database  connected to PostgreSQL 18.1                            12ms
        ✓ secret.openai     OPENAI_API_KEY is set and is stored in edge            151ms
        ✓ dimension         One dimension everywhere                                96ms
        ✓ jobs.healthy      no job is stuck                                          3ms

        4 planned = 4 ran + 0 skipped: 4 passed, 0 failed, 0 could not tell; 0 warnings
        GO: 3 blocking checks passed. Next: preflight launch checklists/embeddings.yaml

        """#)
  }

  @Test func `six failures and two warnings come with all that helps`() {
    #expect(
      Sample.postmortem.rendered(as: .text, style: Style())
        == #"""
        preflight 0.1.0: checklists/embeddings.yaml
        pre-deploy, 2026-11-23T10:00:00Z, 1.31s

        ✓ service.database  connected to PostgreSQL 18.1                            12ms

        ✗ secret.openai                                                              1ms
            checklists/embeddings.yaml:17:5
            OPENAI_API_KEY holds the provider's placeholder
            expected  a key that starts with sk-
            observed  a placeholder
            fix
              supabase secrets set OPENAI_API_KEY="$OPENAI_API_KEY"

        ✗ key.openai        The key is good for the model                           1.2s
            checklists/embeddings.yaml:22:5
            the endpoint refused the key
            expected  an embedding
            observed  401 invalid_api_key
            fix
              export OPENAI_API_KEY=…

        ✗ dimension                                                                 96ms
            checklists/embeddings.yaml:29:5
            text-embedding-3-small gives 1536 numbers where similarity_cache.embedding
            takes 384
            expected  384
            observed  1536
            fix
              services:
                embedder:
                  dimensions: 384

        ✗ rpc.progress                                                               4ms
            checklists/embeddings.yaml:33:5
            there is no function increment_embedding_job_progress(job_id uuid,
            increment_count integer)
            expected  increment_embedding_job_progress(job_id uuid, increment_count
                      integer)
            observed  no function of that name
            fix
              CREATE FUNCTION increment_embedding_job_progress(job_id uuid, increment_count integer) RETURNS void
              LANGUAGE sql AS $$

                UPDATE embedding_jobs SET items_processed = items_processed + increment_count WHERE id = job_id;
              $$;

        ✗ upsert.cache                                                               5ms
            checklists/embeddings.yaml:38:5
            no unique index of similarity_cache fits on_conflict
            expected  a unique index on (repository_id, item_type, item_id)
            observed  none
            fix
              ALTER TABLE similarity_cache ADD UNIQUE (repository_id, item_type, item_id);

        ✗ key.rest                                                                  33ms
            checklists/embeddings.yaml:41:5
            the function is not in the schema cache
            expected  200
            observed  404 PGRST202
            fix
              NOTIFY pgrst, 'reload schema';

        - round.trip        not asked, because key.openai does not stand

        ! jobs.healthy                                                               3ms
            checklists/embeddings.yaml:51:5, severity warn
            2 jobs make no progress
            expected  no job without progress for 30m
            observed  2
            fix
              preflight jobs recover --dry-run

        ? jobs.backlog                                                               2ms
            checklists/embeddings.yaml:56:5, severity warn
            permission denied for view items_needing_embeddings

        10 planned = 9 ran + 1 skipped: 1 passed, 7 failed, 1 could not tell; 2 warnings
        NO-GO: 6 blocking checks failed. Next: preflight explain secret.openai

        """#)
  }

  @Test func `a gate that could not tell says what it waited for`() {
    #expect(
      Sample.undecided.rendered(as: .text, style: Style())
        == #"""
        preflight 0.1.0: checklists/embeddings.yaml
        pre-deploy, 2026-11-23T10:00:00Z, 5s

        ? service.database                                                3 attempts, 5s
            checklists/embeddings.yaml:6:5
            no answer within 5s, its timeout
            expected  an answer within 5s
            observed  none

        - dimension         not asked, because service.database does not stand

        2 planned = 1 ran + 1 skipped: 0 passed, 0 failed, 1 could not tell; 0 warnings
        partial: --only or --skip left out some of the checklist's checks
        UNDECIDED: 2 blocking checks without an answer. Next: preflight check --only 'service.*'

        """#)
  }

  @Test func `a verified run shows its numbers and its audit`() {
    #expect(
      Sample.verified.rendered(as: .text, style: Style())
        == #"""
        preflight 0.1.0: checklists/embeddings.yaml
        pre-deploy, 2026-11-23T10:00:00Z, 412ms

        ✓ dimension  all agree on 384                                                3ms

        ✓ run of issues: verified
            items     100: 100 stored, 0 failed, 0 skipped
            rate      41.2/s over 2.43s
            requests  7, 0 retries
            tokens    9120, $0.000182
            job       7d0c2c1e-6a35-4a54-9c5f-0d4f6f4f3a11
            audit     0 missing, 0 of a wrong dimension, 0 of norm 0, 0 duplicates
                      self-search: a stored row is found first by its own vector
                      0 stuck jobs

        1 planned = 1 ran + 0 skipped: 1 passed, 0 failed, 0 could not tell; 0 warnings
        VERIFIED: 100 of 100 items stored. Next: preflight jobs

        """#)
  }

  @Test func `an aborted run shows its reason`() {
    #expect(
      Sample.aborted.rendered(as: .text, style: Style())
        == #"""
        preflight 0.1.0: checklists/embeddings.yaml
        pre-deploy, 2026-11-23T10:00:00Z, 412ms

        ✓ dimension  all agree on 384                                                3ms

        ✗ run of issues: aborted, audit-failed
            3 stored items have no current vector; the job row says 100, stored are 97
            items     100: 97 stored, 2 failed, 1 skipped
            rate      1.49/s over 1m 5s
            requests  9, 2 retries
            tokens    9120, price not known
            audit     3 missing, 0 of a wrong dimension, 0 of norm 0, 1 duplicate
                      self-search: no stored row could be searched for
                      the job row says 100, stored are 97
                      1 stuck job

        1 planned = 1 ran + 0 skipped: 1 passed, 0 failed, 0 could not tell; 0 warnings
        RUN FAILED: audit-failed. Next: preflight jobs recover --dry-run

        """#)
  }
}
