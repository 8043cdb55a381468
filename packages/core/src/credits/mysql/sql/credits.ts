import { appendRow } from './rows.ts'
import { step } from './step.ts'
import { identifier, json, word } from './types.ts'

/** As in engine/credit.ts. A reference used before answers what it was for. */
export const credits = (maxNano: bigint): readonly string[] =>
  step({
    name: 'credit',
    makes: true,
    parameters: [
      `the_ref ${identifier}`,
      `the_op ${word}`,
      'the_amount BIGINT',
      'the_end BIGINT',
      `the_meta ${json}`,
    ],
    variables: `
  DECLARE is_debit BOOLEAN DEFAULT the_op IN ('withdraw', 'adjust_down');
  DECLARE moved BIGINT DEFAULT the_amount;
  DECLARE is_full BOOLEAN;
  DECLARE past_op ${word};
  DECLARE past_amount, past_shortfall, past_seq, past_end, past_available BIGINT;`,
    decide: `
    SELECT op, amount, shortfall, seq, expires_at, available_after
    INTO past_op, past_amount, past_shortfall, past_seq, past_end, past_available
    FROM tollgate_ledger WHERE ref = the_ref AND account = the_account AND class = 'credit' LIMIT 1;
    IF past_op IS NOT NULL THEN
      SET outcome = IF(
          past_op = the_op AND past_amount + past_shortfall = the_amount AND past_end <=> the_end,
          'credited', CONCAT('conflict:', past_op)
        ),
        is_replay = TRUE, result_amount = past_amount + past_shortfall, result_moment = past_available,
        result_shortfall = past_shortfall, result_seq = past_seq;
      LEAVE deciding;
    END IF;
    IF is_debit THEN
      -- At most what is available: credits that calls hold are theirs.
      SELECT LEAST(the_amount, available) INTO moved FROM tollgate_accounts WHERE id = the_account;
      IF grants_due IS NOT NULL THEN CALL tollgate_consume(the_account, moved); END IF;
      ${appendRow('available = available - moved, topups = topups - moved', {
        class: "'credit'",
        op: 'the_op',
        ref: 'the_ref',
        amount: 'moved',
        shortfall: 'the_amount - moved',
        meta: 'the_meta',
      })};
    ELSE
      SELECT available + held + moved > ${maxNano} OR topups + moved > ${maxNano} INTO is_full
      FROM tollgate_accounts WHERE id = the_account;
      IF is_full THEN
        SET outcome = 'too_much';
        LEAVE deciding;
      END IF;
      ${appendRow(
        `available = available + moved, topups = topups + moved,
        grant_due = IF(the_end IS NULL, grant_due, LEAST(IFNULL(grant_due, the_end), the_end))`,
        {
          class: "'credit'",
          op: 'the_op',
          ref: 'the_ref',
          amount: 'moved',
          expiresAt: 'the_end',
          meta: 'the_meta',
        },
      )};
      IF the_end IS NOT NULL THEN
        INSERT INTO tollgate_grants (account, expires_at, seq, ref, remaining)
        SELECT id, the_end, seq, the_ref, moved FROM tollgate_accounts WHERE id = the_account;
      END IF;
    END IF;
    SET outcome = 'credited', result_shortfall = the_amount - moved;
    SELECT available, seq INTO result_moment, result_seq FROM tollgate_accounts WHERE id = the_account;`,
  })
