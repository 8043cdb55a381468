/** As in engine/check-money.ts and engine/check-rates.ts, with the same arithmetic. */
export const limits = `
-- What of the available may be held: what the tightest limit on spending leaves of it.
CREATE FUNCTION tollgate_affordable(state tollgate_state, limits tollgate_limits[], usages tollgate_usages[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  most bigint := state.available;
  one tollgate_limits;
  usage tollgate_usages;
BEGIN
  FOR place IN 1 .. coalesce(cardinality(limits), 0) LOOP
    one := limits[place];
    usage := usages[place];
    most := least(
      most, one.day - usage.day_spent - usage.day_held, one.week - usage.week_spent - usage.week_held,
      one.month - usage.month_spent - usage.month_held, one.lifetime - usage.spent - usage.held
    );
  END LOOP;
  RETURN greatest(most, 0);
END $$;

-- Of several that refuse, the one that must be waited for longest, and the first of those that last alike.
CREATE FUNCTION tollgate_refuse(
  state tollgate_state, reason text, lasts bigint, of_id text DEFAULT NULL, of_window text DEFAULT NULL
) RETURNS tollgate_state LANGUAGE plpgsql AS $$
BEGIN
  IF state.outcome IS NULL OR lasts > state.moment THEN
    state.outcome := reason;
    state.moment := lasts;
    state.refused_id := of_id;
    state.refused_window := of_window;
  END IF;
  RETURN state;
END $$;

-- What a hold that wants more has itself does not come back to it.
CREATE FUNCTION tollgate_refuse_spending(
  state tollgate_state, minimum bigint, own bigint, most bigint, spent bigint, held bigint,
  lasts bigint, of_id text, of_window text
) RETURNS tollgate_state LANGUAGE plpgsql AS $$
BEGIN
  IF most - spent - own < minimum THEN
    RETURN tollgate_refuse(state, 'spend_limit', lasts, of_id, of_window);
  ELSIF most - spent - held < minimum THEN
    RETURN tollgate_refuse(state, 'spend_held', 1000, of_id, of_window);
  END IF;
  RETURN state;
END $$;

-- Why so much is not affordable.
CREATE FUNCTION tollgate_refuse_money(
  state tollgate_state, limits tollgate_limits[], usages tollgate_usages[], minimum bigint,
  own bigint DEFAULT 0, own_since bigint DEFAULT 0
) RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  never bigint := ${2n ** 62n};
  one tollgate_limits;
  usage tollgate_usages;
  own_month bigint := CASE WHEN tollgate_month(own_since) = tollgate_month(state.now) THEN own ELSE 0 END;
  own_week bigint := CASE WHEN tollgate_week(own_since) = tollgate_week(state.now) THEN own ELSE 0 END;
  own_day bigint := CASE WHEN tollgate_day(own_since) = tollgate_day(state.now) THEN own ELSE 0 END;
BEGIN
  state.outcome := NULL;
  IF state.available < minimum THEN
    state := tollgate_refuse(state, 'insufficient',
      CASE WHEN state.available + state.held - own < minimum THEN never ELSE 1000 END);
  END IF;
  FOR place IN 1 .. coalesce(cardinality(limits), 0) LOOP
    one := limits[place];
    usage := usages[place];
    state := tollgate_refuse_spending(state, minimum, own, one.lifetime, usage.spent, usage.held,
      never, one.id, 'lifetime');
    state := tollgate_refuse_spending(state, minimum, own_month, one.month, usage.month_spent, usage.month_held,
      tollgate_month_end(state.now) - state.now, one.id, 'month');
    state := tollgate_refuse_spending(state, minimum, own_week, one.week, usage.week_spent, usage.week_held,
      tollgate_week_end(state.now) - state.now, one.id, 'week');
    state := tollgate_refuse_spending(state, minimum, own_day, one.day, usage.day_spent, usage.day_held,
      (tollgate_day(state.now) + 1) * 86400000 - state.now, one.id, 'day');
  END LOOP;
  RETURN state;
END $$;

-- For how long so many in this minute are too many; null when they are not.
CREATE FUNCTION tollgate_too_many_for(
  most double precision, previous double precision, wanted double precision, moment bigint
) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  past double precision := moment % 60000;
BEGIN
  IF most IS NULL OR previous * (1 - past / 60000) + wanted <= most THEN RETURN NULL; END IF;
  -- When enough of the previous window has left, or else the end of this one and what is left of it then.
  IF wanted > most OR previous <= 0 THEN RETURN 60000 - past; END IF;
  RETURN greatest(1, ceil((1 - (most - wanted) / previous) * 60000 - past));
END $$;

-- Every limit but those on money: what refuses, if anything lasts longer than what does already.
CREATE FUNCTION tollgate_check_rates(
  state tollgate_state, limits tollgate_limits[], usages tollgate_usages[], tokens double precision
) RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  one tollgate_limits;
  usage tollgate_usages;
  lasts bigint;
BEGIN
  FOR place IN 1 .. cardinality(limits) LOOP
    one := limits[place];
    usage := usages[place];
    lasts := tollgate_too_many_for(one.rpm, usage.previous_requests, usage.requests + 1, state.now);
    IF lasts IS NOT NULL THEN state := tollgate_refuse(state, 'rpm', lasts, one.id); END IF;
    lasts := tollgate_too_many_for(one.tpm, usage.previous_tokens, usage.tokens + tokens, state.now);
    IF lasts IS NOT NULL THEN state := tollgate_refuse(state, 'tpm', lasts, one.id); END IF;
    IF usage.concurrency >= one.concurrency THEN
      state := tollgate_refuse(state, 'concurrency', 1000, one.id);
    END IF;
  END LOOP;
  RETURN state;
END $$;

-- Counts a call that may go, in every set; each is as it is at this moment.
CREATE FUNCTION tollgate_count(state tollgate_state, usages tollgate_usages[], tokens double precision)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  usage tollgate_usages;
BEGIN
  FOREACH usage IN ARRAY usages LOOP
    usage.day_held := usage.day_held + state.amount;
    usage.week_held := usage.week_held + state.amount;
    usage.month_held := usage.month_held + state.amount;
    usage.held := usage.held + state.amount;
    usage.concurrency := usage.concurrency + 1;
    usage.requests := usage.requests + 1;
    usage.tokens := usage.tokens + tokens;
    state := tollgate_put(tollgate_use(state, usage.id), usage);
  END LOOP;
  RETURN state;
END $$;

-- Moves amounts in every window that is still the one they were counted in.
CREATE FUNCTION tollgate_move_in_windows(
  state tollgate_state, hold tollgate_holds, add_held bigint, add_spent bigint, add_calls bigint
) RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  one tollgate_limits;
  usage tollgate_usages;
BEGIN
  IF hold.limits IS NULL THEN RETURN state; END IF;
  FOREACH one IN ARRAY hold.limits LOOP
    state := tollgate_use(state, one.id);
    usage := tollgate_usage(state);
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
    state := tollgate_put(state, usage);
  END LOOP;
  RETURN state;
END $$;

-- Counts what is spent without a hold in every present window.
CREATE FUNCTION tollgate_spend_now(state tollgate_state, of_id text) RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  usage tollgate_usages;
BEGIN
  state := tollgate_use(state, of_id);
  usage := tollgate_present_usage(tollgate_usage(state), state.now);
  usage.day_spent := usage.day_spent + state.amount;
  usage.week_spent := usage.week_spent + state.amount;
  usage.month_spent := usage.month_spent + state.amount;
  usage.spent := usage.spent + state.amount;
  RETURN tollgate_put(state, usage);
END $$;

-- As rows name the sets of a hold: the first by itself, all others as a list in JSON.
CREATE FUNCTION tollgate_key(limits tollgate_limits[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  first tollgate_limits := limits[1];
BEGIN
  RETURN first.id;
END $$;

CREATE FUNCTION tollgate_other_limits(limits tollgate_limits[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  one tollgate_limits;
  others text[];
BEGIN
  IF coalesce(cardinality(limits), 0) < 2 THEN RETURN NULL; END IF;
  FOREACH one IN ARRAY limits[2:] LOOP
    others := array_append(others, one.id);
  END LOOP;
  RETURN to_json(others)::text;
END $$;`
