/** As in engine/key-limits.ts, with the same arithmetic. */
export const keys = `
CREATE FUNCTION tollgate_wait(most double precision, previous double precision, wanted double precision, moment bigint)
RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  past double precision := moment % 60000;
BEGIN
  IF wanted <= most AND previous > 0 THEN
    RETURN greatest(1, ceil((1 - (most - wanted) / previous) * 60000 - past));
  END IF;
  RETURN 60000 - past;
END $$;

-- Every limit of a key but the one on money: the outcome is null when the call may go.
CREATE FUNCTION tollgate_check_key(state tollgate_state, usage tollgate_keys, step tollgate_step)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  rest double precision := 1 - (state.now % 60000)::double precision / 60000;
  tokens double precision := usage.tokens + coalesce(step.tokens, 0);
BEGIN
  state.outcome := NULL;
  IF usage.concurrency >= step.concurrency THEN
    state.outcome := 'concurrency';
    state.moment := 1000;
  ELSIF usage.previous_requests * rest + usage.requests + 1 > step.rpm THEN
    state.outcome := 'rpm';
    state.moment := tollgate_wait(step.rpm, usage.previous_requests, usage.requests + 1, state.now);
  ELSIF usage.previous_tokens * rest + usage.tokens + coalesce(step.tokens, 0) > step.tpm THEN
    state.outcome := 'tpm';
    state.moment := tollgate_wait(step.tpm, usage.previous_tokens, tokens, state.now);
  END IF;
  RETURN state;
END $$;

-- What a key may still spend, never below 0; null when it has no such limit.
CREATE FUNCTION tollgate_room(usage tollgate_keys, spend_limit bigint, spend_window text)
RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  IF spend_limit IS NULL THEN RETURN NULL; END IF;
  RETURN greatest(0, spend_limit - CASE spend_window
    WHEN 'day' THEN usage.day_spent + usage.day_held
    WHEN 'week' THEN usage.week_spent + usage.week_held
    WHEN 'month' THEN usage.month_spent + usage.month_held
    ELSE usage.spent + usage.held
  END);
END $$;

-- Writes the key that the last steps have used.
CREATE FUNCTION tollgate_keep_key(state tollgate_state) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  usage tollgate_keys := state.usage;
BEGIN
  IF state.is_key_changed IS NOT TRUE THEN RETURN; END IF;
  UPDATE tollgate_keys SET
    day = usage.day, day_spent = usage.day_spent, day_held = usage.day_held,
    week = usage.week, week_spent = usage.week_spent, week_held = usage.week_held,
    month = usage.month, month_spent = usage.month_spent, month_held = usage.month_held,
    spent = usage.spent, held = usage.held, concurrency = usage.concurrency, minute = usage.minute,
    requests = usage.requests, tokens = usage.tokens,
    previous_requests = usage.previous_requests, previous_tokens = usage.previous_tokens
  WHERE account = usage.account AND id = usage.id;
  IF NOT FOUND THEN INSERT INTO tollgate_keys SELECT usage.*; END IF;
END $$;

-- Makes a key the one in use: steps that follow each other mostly have the same.
CREATE FUNCTION tollgate_use_key(state tollgate_state, of_key text) RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  usage tollgate_keys := state.usage;
BEGIN
  IF usage.id = of_key THEN RETURN state; END IF;
  PERFORM tollgate_keep_key(state);
  SELECT * INTO usage FROM tollgate_keys WHERE account = state.account AND id = of_key;
  IF NOT FOUND THEN
    usage := (state.account, of_key, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  END IF;
  state.usage := usage;
  state.is_key_changed := false;
  RETURN state;
END $$;

-- Counts a call that may go; the key is as it is at this moment.
CREATE FUNCTION tollgate_take_key(state tollgate_state, usage tollgate_keys, tokens double precision)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
BEGIN
  usage.day_held := usage.day_held + state.amount;
  usage.week_held := usage.week_held + state.amount;
  usage.month_held := usage.month_held + state.amount;
  usage.held := usage.held + state.amount;
  usage.concurrency := usage.concurrency + 1;
  usage.requests := usage.requests + 1;
  usage.tokens := usage.tokens + coalesce(tokens, 0);
  state.usage := usage;
  state.is_key_changed := true;
  RETURN state;
END $$;

-- Moves amounts in every window that is still the one they were counted in.
CREATE FUNCTION tollgate_move_in_windows(
  state tollgate_state, hold tollgate_holds, add_held bigint, add_spent bigint, add_calls bigint
) RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  usage tollgate_keys;
BEGIN
  IF hold.key IS NULL THEN RETURN state; END IF;
  state := tollgate_use_key(state, hold.key);
  usage := state.usage;
  IF usage.day = tollgate_day(hold.taken_at) THEN
    usage.day_held := usage.day_held + add_held;
    usage.day_spent := usage.day_spent + add_spent;
  END IF;
  IF usage.week = tollgate_week(hold.taken_at) THEN
    usage.week_held := usage.week_held + add_held;
    usage.week_spent := usage.week_spent + add_spent;
  END IF;
  IF usage.month = tollgate_month(hold.taken_at) THEN
    usage.month_held := usage.month_held + add_held;
    usage.month_spent := usage.month_spent + add_spent;
  END IF;
  usage.held := usage.held + add_held;
  usage.spent := usage.spent + add_spent;
  usage.concurrency := usage.concurrency + add_calls;
  state.usage := usage;
  state.is_key_changed := true;
  RETURN state;
END $$;

-- Counts what is spent without a hold in every present window.
CREATE FUNCTION tollgate_spend_now(state tollgate_state, of_key text) RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  usage tollgate_keys;
BEGIN
  IF of_key IS NULL THEN RETURN state; END IF;
  state := tollgate_use_key(state, of_key);
  usage := tollgate_present_key(state.usage, state.now);
  usage.day_spent := usage.day_spent + state.amount;
  usage.week_spent := usage.week_spent + state.amount;
  usage.month_spent := usage.month_spent + state.amount;
  usage.spent := usage.spent + state.amount;
  state.usage := usage;
  state.is_key_changed := true;
  RETURN state;
END $$;`
