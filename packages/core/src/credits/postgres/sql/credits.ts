/** As in engine/credit.ts. */
export const credits = (maxNano: bigint) => `
-- Adds to an account or takes from it, once for each reference. A reference used before answers what it was for.
CREATE FUNCTION tollgate_credit(state tollgate_state, step tollgate_step)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  past record;
  is_debit boolean := step.op IN ('withdraw', 'adjust_down');
  moved bigint := step.amount;
BEGIN
  SELECT op, amount, shortfall, seq, expires_at, available_after INTO past FROM tollgate_ledger
  WHERE account = step.account AND ref = step.id AND class = 'credit';
  IF FOUND THEN
    state.outcome := CASE
      WHEN past.op = step.op AND past.amount + past.shortfall = step.amount
        AND past.expires_at IS NOT DISTINCT FROM step.expires_at THEN 'credited'
      ELSE 'conflict:' || past.op
    END;
    state.replay := true;
    state.amount := past.amount + past.shortfall;
    state.moment := past.available_after;
    state.shortfall := past.shortfall;
    state.at_seq := past.seq;
    RETURN state;
  END IF;
  IF is_debit THEN
    -- At most what is available: credits that calls hold are theirs.
    moved := least(step.amount, state.available);
    state.available := state.available - moved;
    state.topups := state.topups - moved;
    state := tollgate_consume(state, moved);
  ELSE
    IF state.available + state.held + moved > ${maxNano} OR state.topups + moved > ${maxNano} THEN
      state.outcome := 'too_much';
      RETURN state;
    END IF;
    state.available := state.available + moved;
    state.topups := state.topups + moved;
    IF step.expires_at IS NOT NULL THEN
      INSERT INTO tollgate_grants VALUES (step.account, step.id, state.seq + 1, step.expires_at, moved);
      state.grant_due := least(state.grant_due, step.expires_at);
    END IF;
  END IF;
  state := tollgate_append(state, 'credit', step.op, step.id, moved, shortfall => step.amount - moved,
    expires_at => CASE WHEN NOT is_debit THEN step.expires_at END, meta => step.meta);
  state.outcome := 'credited';
  state.replay := false;
  state.moment := state.available;
  state.shortfall := step.amount - moved;
  state.at_seq := state.seq;
  RETURN state;
END $$;`
