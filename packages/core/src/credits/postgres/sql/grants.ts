/** As in engine/expiring-grants.ts: what is spent comes out of the credits that end first. */
export const grants = `
CREATE FUNCTION tollgate_first_grant(of_account text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT min(expires_at) FROM tollgate_grants WHERE account = of_account);
END $$;

CREATE FUNCTION tollgate_take_from_grant(of_account text, of_ref text, taken bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM tollgate_grants WHERE account = of_account AND ref = of_ref AND remaining = taken;
  IF NOT FOUND THEN
    UPDATE tollgate_grants SET remaining = remaining - taken WHERE account = of_account AND ref = of_ref;
  END IF;
END $$;

CREATE FUNCTION tollgate_consume(state tollgate_state, amount bigint)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  rest bigint := amount;
  found_grant record;
BEGIN
  IF state.grant_due IS NULL OR rest = 0 THEN RETURN state; END IF;
  FOR found_grant IN
    SELECT ref, remaining FROM tollgate_grants WHERE account = state.account ORDER BY expires_at, seq
  LOOP
    PERFORM tollgate_take_from_grant(state.account, found_grant.ref, least(rest, found_grant.remaining));
    rest := rest - least(rest, found_grant.remaining);
    EXIT WHEN rest = 0;
  END LOOP;
  state.grant_due := tollgate_first_grant(state.account);
  RETURN state;
END $$;

-- Takes back what is left of grants that have ended. Credits that calls hold stay theirs.
CREATE FUNCTION tollgate_end_grants(state tollgate_state) RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  ended record;
  taken bigint;
BEGIN
  IF state.grant_due IS NULL OR state.grant_due > state.now OR state.available = 0 THEN RETURN state; END IF;
  FOR ended IN
    SELECT ref, remaining FROM tollgate_grants
    WHERE account = state.account AND expires_at <= state.now ORDER BY expires_at, seq
  LOOP
    EXIT WHEN state.available = 0;
    taken := least(ended.remaining, state.available);
    PERFORM tollgate_take_from_grant(state.account, ended.ref, taken);
    state.available := state.available - taken;
    state.topups := state.topups - taken;
    state := tollgate_append(state, 'grant', 'expire_grant', ended.ref, taken);
  END LOOP;
  state.grant_due := tollgate_first_grant(state.account);
  RETURN state;
END $$;`
