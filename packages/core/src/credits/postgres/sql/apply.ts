export interface ApplyRules {
  /** Milliseconds: ids older than this are not executed. */
  readonly retentionMs: number
  /** Expired holds of an account that a hold gives back on the way. */
  readonly expiredOnTheWay: number
}

/**
 * Runs steps, sorted by account and within one in their order, so that transactions lock accounts in one order
 * everywhere. An account is locked, read and written once; its steps share its variables. Refusals are outcomes:
 * an exception would undo the neighbours too.
 *
 * The time is the server's, taken when the account is locked, so that the rows of an account are in the order of
 * their times. Plans are made once and always use an index: the tables may have been empty when they were made.
 */
export const apply = ({ retentionMs, expiredOnTheWay }: ApplyRules) => `
CREATE FUNCTION tollgate_open(of_account text, make boolean) RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  state tollgate_state;
BEGIN
  SELECT id, true, false, available, held, spent, topups, seq, turns, hold_due, grant_due INTO state
  FROM tollgate_accounts WHERE id = of_account FOR UPDATE;
  IF NOT FOUND AND make THEN
    -- Another process may make it at the same time: then this waits for it.
    INSERT INTO tollgate_accounts VALUES (of_account, 0, 0, 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING;
    RETURN tollgate_open(of_account, false);
  ELSIF NOT FOUND THEN
    state := NULL;
    state.account := of_account;
    state.is_stored := false;
    state.available := 0;
    state.held := 0;
    state.spent := 0;
    state.topups := 0;
    state.seq := 0;
    state.turns := 0;
  END IF;
  state.now := floor(extract(epoch FROM clock_timestamp()) * 1000);
  RETURN state;
END $$;

CREATE FUNCTION tollgate_keep(state tollgate_state) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tollgate_keep_slots(state.slots);
  IF state.is_changed IS NOT TRUE THEN RETURN; END IF;
  UPDATE tollgate_accounts SET
    available = state.available, held = state.held, spent = state.spent, topups = state.topups,
    seq = state.seq, turns = state.turns, hold_due = state.hold_due, grant_due = state.grant_due
  WHERE id = state.account;
END $$;

CREATE FUNCTION tollgate_apply(steps json) RETURNS SETOF tollgate_outcome LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
DECLARE
  step tollgate_step;
  state tollgate_state;
  makes boolean;
BEGIN
  FOR step IN
    SELECT * FROM json_populate_recordset(NULL::tollgate_step, steps) ORDER BY account COLLATE "C", place
  LOOP
    makes := step.kind IN ('hold', 'credit');
    IF state.account IS DISTINCT FROM step.account OR makes AND NOT state.is_stored THEN
      PERFORM tollgate_keep(state);
      state := tollgate_open(step.account, makes);
    END IF;
    state.now := coalesce(step.now, state.now);
    state.refused_id := NULL;
    state.refused_window := NULL;
    CASE step.kind
      WHEN 'hold' THEN state := tollgate_hold(state, step, ${retentionMs}, ${expiredOnTheWay});
      WHEN 'settle' THEN state := tollgate_settle(state, step);
      WHEN 'release' THEN state := tollgate_release(state, step);
      WHEN 'extend' THEN state := tollgate_extend(state, step);
      WHEN 'credit' THEN state := tollgate_credit(state, step);
      WHEN 'expire' THEN state := tollgate_expire(state, step.most);
    END CASE;
    RETURN NEXT (
      step.place, state.outcome, state.replay, state.amount, state.moment, state.shortfall, state.at_seq,
      state.available, state.held, state.spent, state.topups, state.seq, state.refused_id, state.refused_window
    )::tollgate_outcome;
  END LOOP;
  PERFORM tollgate_keep(state);
END $$;`
