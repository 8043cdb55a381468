/** Finds the newest row that ended the call `id`. */
export const newestRow = (id: string, account: string) => `
  SELECT op, amount, shortfall, seq, asked, key, other_limits, at INTO past FROM tollgate_ledger
  WHERE ref = ${id} AND account = ${account} AND class = 'call'
  ORDER BY seq DESC LIMIT 1`

/** Writes the row of a change that has just been made, under the next number of its account. */
export const rows = `
CREATE FUNCTION tollgate_append(
  state tollgate_state, class text, op text, ref text, amount bigint, asked bigint DEFAULT 0,
  key text DEFAULT NULL, other_limits text DEFAULT NULL,
  model_cost bigint DEFAULT 0, fee bigint DEFAULT 0, shortfall bigint DEFAULT 0,
  expires_at bigint DEFAULT NULL, meta text DEFAULT NULL
) RETURNS tollgate_state LANGUAGE plpgsql AS $$
BEGIN
  state.seq := state.seq + 1;
  state.is_changed := true;
  INSERT INTO tollgate_ledger VALUES (
    state.account, state.seq, class, op, ref, amount, model_cost, fee, shortfall, asked,
    state.available, state.held, state.now, expires_at, key, other_limits, meta
  );
  RETURN state;
END $$;`
