import { newestRow } from './rows.ts'

/** As in engine/hold.ts, in the same order of checks. */
export const holds = `
CREATE FUNCTION tollgate_reserved(state tollgate_state, amount bigint, expires_at bigint, replay boolean)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
BEGIN
  state.outcome := 'held';
  state.amount := amount;
  state.moment := expires_at;
  state.replay := replay;
  RETURN state;
END $$;

-- The first outcome, as long as the hold has not grown since and the parameters are the same.
CREATE FUNCTION tollgate_repeat(
  state tollgate_state, step tollgate_step, asked bigint, key text, others text, amount bigint, expires_at bigint
) RETURNS tollgate_state LANGUAGE plpgsql AS $$
BEGIN
  IF asked = step.amount AND key IS NOT DISTINCT FROM tollgate_key(step.limits)
    AND others IS NOT DISTINCT FROM tollgate_other_limits(step.limits) THEN
    RETURN tollgate_reserved(state, amount, expires_at, true);
  END IF;
  state.outcome := 'id_conflict';
  RETURN state;
END $$;

-- Ids that are pending, finished, or too old for anyone to know: the outcome is null for any other.
CREATE FUNCTION tollgate_known_id(state tollgate_state, step tollgate_step, retention bigint)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  past record;
BEGIN
  SELECT asked, limits, amount, expires_at INTO past FROM tollgate_holds
  WHERE account = step.account AND id = step.id;
  IF FOUND THEN
    RETURN tollgate_repeat(state, step, past.asked, tollgate_key(past.limits), tollgate_other_limits(past.limits),
      past.amount, past.expires_at);
  END IF;
  state.outcome := NULL;
  IF step.made_at < state.now - retention THEN
    state.outcome := 'id_too_old';
    RETURN state;
  END IF;
  ${newestRow('step.id', 'step.account')};
  IF FOUND THEN
    RETURN tollgate_repeat(state, step, past.asked, past.key, past.other_limits, past.asked, past.at);
  END IF;
  RETURN state;
END $$;

-- Reserves an amount: every check first, and only then every change.
CREATE FUNCTION tollgate_hold(state tollgate_state, step tollgate_step, retention bigint, on_the_way bigint)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  one tollgate_limits;
  usages tollgate_usages[];
  wanted bigint := step.amount;
  minimum bigint := coalesce(step.minimum, step.amount);
  most bigint;
BEGIN
  state := tollgate_known_id(state, step, retention);
  IF state.outcome IS NOT NULL THEN RETURN state; END IF;
  state := tollgate_expire(state, on_the_way);
  state.outcome := NULL;
  IF step.limits IS NULL THEN
    most := state.available;
  ELSE
    FOREACH one IN ARRAY step.limits LOOP
      state := tollgate_use(state, one.id);
      usages := usages || tollgate_present_usage(tollgate_usage(state), state.now);
    END LOOP;
    most := tollgate_affordable(state, step.limits, usages);
  END IF;
  IF most < minimum THEN state := tollgate_refuse_money(state, step.limits, usages, minimum); END IF;
  IF step.limits IS NOT NULL THEN
    state := tollgate_check_rates(state, step.limits, usages, coalesce(step.tokens, 0));
  END IF;
  IF state.outcome IS NOT NULL THEN RETURN state; END IF;
  -- Who can do with less leaves a share for others.
  IF step.share_of IS NOT NULL THEN
    wanted := least(step.amount, greatest(step.share_least, most / step.share_of));
  END IF;
  state.amount := least(greatest(wanted, minimum), most);
  IF step.limits IS NOT NULL THEN state := tollgate_count(state, usages, coalesce(step.tokens, 0)); END IF;
  state.available := state.available - state.amount;
  state.held := state.held + state.amount;
  state.turns := state.turns + 1;
  state.hold_due := least(state.hold_due, state.now + step.ttl);
  state.is_changed := true;
  INSERT INTO tollgate_holds VALUES (
    step.account, step.id, step.amount, state.amount, step.limits,
    state.now, state.now + step.ttl, state.turns
  );
  RETURN tollgate_reserved(state, state.amount, state.now + step.ttl, false);
END $$;

-- Grows a pending hold under the checks on money, or renews it; refused, it stays as it was.
CREATE FUNCTION tollgate_extend(state tollgate_state, step tollgate_step)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  hold tollgate_holds;
  one tollgate_limits;
  usages tollgate_usages[];
  most bigint := state.available;
  more bigint;
BEGIN
  SELECT * INTO hold FROM tollgate_holds WHERE account = step.account AND id = step.id;
  IF NOT FOUND OR hold.expires_at <= state.now THEN
    state.outcome := 'not_pending';
    RETURN state;
  END IF;
  IF step.amount > hold.amount THEN
    more := greatest(coalesce(step.minimum, step.amount) - hold.amount, 0);
    IF hold.limits IS NOT NULL THEN
      FOREACH one IN ARRAY hold.limits LOOP
        state := tollgate_use(state, one.id);
        usages := usages || tollgate_present_usage(tollgate_usage(state), state.now);
      END LOOP;
      most := tollgate_affordable(state, hold.limits, usages);
    END IF;
    IF most < more THEN
      RETURN tollgate_refuse_money(state, hold.limits, usages, more, hold.amount, hold.taken_at);
    END IF;
    state.amount := least(greatest(step.amount - hold.amount, more), most);
    state := tollgate_move_in_windows(state, hold, state.amount, 0, 0);
    state.available := state.available - state.amount;
    state.held := state.held + state.amount;
    hold.amount := hold.amount + state.amount;
    state.is_changed := true;
  END IF;
  IF step.ttl IS NOT NULL THEN
    state.turns := state.turns + 1;
    hold.turn := state.turns;
    hold.expires_at := state.now + step.ttl;
    state.hold_due := least(state.hold_due, hold.expires_at);
    state.is_changed := true;
  END IF;
  UPDATE tollgate_holds SET amount = hold.amount, expires_at = hold.expires_at, turn = hold.turn
  WHERE account = step.account AND id = step.id;
  RETURN tollgate_reserved(state, hold.amount, hold.expires_at, false);
END $$;`
