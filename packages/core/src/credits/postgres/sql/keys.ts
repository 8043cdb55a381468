/** As in engine/spend-windows.ts and engine/key-limits.ts, with the same arithmetic. */
export const keys = `
CREATE FUNCTION tollgate_day(moment bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN moment / 86400000;
END $$;

-- The epoch began on a Thursday, three days after a Monday.
CREATE FUNCTION tollgate_week(moment bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN (moment / 86400000 + 3) / 7;
END $$;

CREATE FUNCTION tollgate_month(moment bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  today date := '1970-01-01'::date + (moment / 86400000)::integer;
BEGIN
  RETURN extract(year FROM today) * 12 + extract(month FROM today) - 1;
END $$;

-- The key as it is at this moment: windows and minutes that are over count nothing.
CREATE FUNCTION tollgate_present_key(usage tollgate_keys, moment bigint)
RETURNS tollgate_keys LANGUAGE plpgsql AS $$
DECLARE
  present_minute bigint := moment / 60000;
  follows boolean := usage.minute = present_minute - 1;
BEGIN
  IF usage.day <> tollgate_day(moment) THEN
    usage.day := tollgate_day(moment);
    usage.day_spent := 0;
    usage.day_held := 0;
    IF usage.week <> tollgate_week(moment) THEN
      usage.week := tollgate_week(moment);
      usage.week_spent := 0;
      usage.week_held := 0;
    END IF;
    IF usage.month <> tollgate_month(moment) THEN
      usage.month := tollgate_month(moment);
      usage.month_spent := 0;
      usage.month_held := 0;
    END IF;
  END IF;
  IF usage.minute <> present_minute THEN
    usage.previous_requests := CASE WHEN follows THEN usage.requests ELSE 0 END;
    usage.previous_tokens := CASE WHEN follows THEN usage.tokens ELSE 0 END;
    usage.requests := 0;
    usage.tokens := 0;
    usage.minute := present_minute;
  END IF;
  RETURN usage;
END $$;

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

-- Moves amounts in every window that is still the one they were counted in.
CREATE FUNCTION tollgate_move_in_windows(hold tollgate_holds, add_held bigint, add_spent bigint, add_calls bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  of_day bigint := tollgate_day(hold.taken_at);
  of_week bigint := tollgate_week(hold.taken_at);
  of_month bigint := tollgate_month(hold.taken_at);
BEGIN
  UPDATE tollgate_keys SET
    day_held = CASE WHEN day = of_day THEN day_held + add_held ELSE day_held END,
    day_spent = CASE WHEN day = of_day THEN day_spent + add_spent ELSE day_spent END,
    week_held = CASE WHEN week = of_week THEN week_held + add_held ELSE week_held END,
    week_spent = CASE WHEN week = of_week THEN week_spent + add_spent ELSE week_spent END,
    month_held = CASE WHEN month = of_month THEN month_held + add_held ELSE month_held END,
    month_spent = CASE WHEN month = of_month THEN month_spent + add_spent ELSE month_spent END,
    held = held + add_held,
    spent = spent + add_spent,
    concurrency = concurrency + add_calls
  WHERE account = hold.account AND id = hold.key;
END $$;

-- Counts what is spent without a hold in every present window.
CREATE FUNCTION tollgate_spend_now(of_account text, of_key text, amount bigint, moment bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  of_day bigint := tollgate_day(moment);
  of_week bigint := tollgate_week(moment);
  of_month bigint := tollgate_month(moment);
BEGIN
  UPDATE tollgate_keys SET
    day = of_day,
    day_held = CASE WHEN day = of_day THEN day_held ELSE 0 END,
    day_spent = CASE WHEN day = of_day THEN day_spent ELSE 0 END + amount,
    week = of_week,
    week_held = CASE WHEN week = of_week THEN week_held ELSE 0 END,
    week_spent = CASE WHEN week = of_week THEN week_spent ELSE 0 END + amount,
    month = of_month,
    month_held = CASE WHEN month = of_month THEN month_held ELSE 0 END,
    month_spent = CASE WHEN month = of_month THEN month_spent ELSE 0 END + amount,
    spent = spent + amount
  WHERE account = of_account AND id = of_key;
END $$;`
