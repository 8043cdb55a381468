import { newestRow } from './rows.ts'

/** As in engine/settle.ts. */
export const settlements = (maxNano: bigint) => `
-- The outcome that a row records.
CREATE FUNCTION tollgate_ended(
  state tollgate_state, op text, amount bigint, shortfall bigint, seq bigint, replay boolean
) RETURNS tollgate_state LANGUAGE plpgsql AS $$
BEGIN
  state.outcome := CASE op WHEN 'settle' THEN 'settled' WHEN 'settle_late' THEN 'settled_late' ELSE 'released' END;
  state.amount := CASE WHEN op IN ('settle', 'settle_late') THEN amount ELSE 0 END;
  state.shortfall := shortfall;
  state.at_seq := seq;
  state.replay := replay;
  RETURN state;
END $$;

-- Gives back the whole of a hold that is no longer in its table.
CREATE FUNCTION tollgate_give_back(state tollgate_state, hold tollgate_holds, op text)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
BEGIN
  state.held := state.held - hold.amount;
  state.available := state.available + hold.amount;
  state := tollgate_move_in_windows(state, hold, -hold.amount, 0, -1);
  RETURN tollgate_append(state, 'call', op, hold.id, hold.amount, hold.asked,
    tollgate_key(hold.limits), tollgate_other_limits(hold.limits));
END $$;

CREATE FUNCTION tollgate_spend(state tollgate_state, wanted bigint) RETURNS tollgate_state LANGUAGE plpgsql AS $$
BEGIN
  state.amount := least(wanted, ${maxNano} - state.spent);
  state.available := state.available - state.amount;
  state.spent := state.spent + state.amount;
  RETURN tollgate_consume(state, state.amount);
END $$;

-- Gives expired holds back, the oldest first, and then takes back what is left of grants that have ended.
CREATE FUNCTION tollgate_expire(state tollgate_state, most bigint) RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  expired tollgate_holds;
  given bigint := 0;
BEGIN
  IF most > 0 AND state.hold_due <= state.now THEN
    FOR expired IN
      SELECT * FROM tollgate_holds WHERE account = state.account AND expires_at <= state.now
      ORDER BY expires_at, turn LIMIT most
    LOOP
      DELETE FROM tollgate_holds WHERE account = expired.account AND id = expired.id;
      state := tollgate_give_back(state, expired, 'expire');
      given := given + 1;
    END LOOP;
    state.hold_due := (SELECT min(expires_at) FROM tollgate_holds WHERE account = state.account);
    state.is_changed := true;
  END IF;
  state := tollgate_end_grants(state);
  state.outcome := 'expired';
  state.amount := given;
  RETURN state;
END $$;

-- Charges a hold once; a repeat gets the first outcome.
CREATE FUNCTION tollgate_settle(state tollgate_state, step tollgate_step)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  hold tollgate_holds;
  past record;
  other text;
  cost bigint := step.model_cost + step.fee;
BEGIN
  DELETE FROM tollgate_holds WHERE account = step.account AND id = step.id RETURNING * INTO hold;
  IF FOUND AND hold.expires_at > state.now THEN
    state.held := state.held - hold.amount;
    state.available := state.available + hold.amount;
    state := tollgate_spend(state, least(cost, CASE WHEN step.capped THEN hold.amount ELSE state.available END));
    state := tollgate_move_in_windows(state, hold, -hold.amount, state.amount, -1);
    state := tollgate_append(state, 'call', 'settle', step.id, state.amount, hold.asked,
      tollgate_key(hold.limits), tollgate_other_limits(hold.limits), step.model_cost, step.fee, cost - state.amount, NULL, step.meta);
    RETURN tollgate_ended(state, 'settle', state.amount, cost - state.amount, state.seq, false);
  END IF;
  IF FOUND THEN state := tollgate_give_back(state, hold, 'expire'); END IF;
  ${newestRow('step.id', 'step.account')};
  IF NOT FOUND THEN
    state.outcome := 'unknown';
    RETURN state;
  ELSIF past.op <> 'expire' THEN
    RETURN tollgate_ended(state, past.op, past.amount, past.shortfall, past.seq, true);
  END IF;
  -- The answer was delivered although its hold had expired: the cost is real, as far as there is money.
  state := tollgate_spend(state, least(cost, state.available));
  IF past.key IS NOT NULL THEN state := tollgate_spend_now(state, past.key); END IF;
  FOR other IN SELECT json_array_elements_text(past.other_limits::json) LOOP
    state := tollgate_spend_now(state, other);
  END LOOP;
  state := tollgate_append(state, 'call', 'settle_late', step.id, state.amount, past.asked,
    past.key, past.other_limits, step.model_cost, step.fee, cost - state.amount, NULL, step.meta);
  RETURN tollgate_ended(state, 'settle_late', state.amount, cost - state.amount, state.seq, false);
END $$;

-- Gives a hold back once; a repeat, or a release after a settlement, gets the first outcome.
CREATE FUNCTION tollgate_release(state tollgate_state, step tollgate_step)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  hold tollgate_holds;
  past record;
BEGIN
  DELETE FROM tollgate_holds WHERE account = step.account AND id = step.id RETURNING * INTO hold;
  IF FOUND THEN
    state := tollgate_give_back(state, hold, 'release');
    RETURN tollgate_ended(state, 'release', 0, 0, state.seq, false);
  END IF;
  ${newestRow('step.id', 'step.account')};
  IF NOT FOUND THEN
    state.outcome := 'unknown';
    RETURN state;
  END IF;
  RETURN tollgate_ended(state, past.op, past.amount, past.shortfall, past.seq, true);
END $$;`
