/** As in engine/limit-usage.ts: what sets of limits have counted. */
export const usages = `
-- Writes what the last steps have changed.
CREATE FUNCTION tollgate_keep_slots(slots tollgate_slot[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  slot tollgate_slot;
  usage tollgate_usages;
BEGIN
  FOREACH slot IN ARRAY coalesce(slots, '{}') LOOP
    CONTINUE WHEN NOT slot.is_changed;
    usage := slot.usage;
    UPDATE tollgate_usages SET
      day = usage.day, day_spent = usage.day_spent, day_held = usage.day_held,
      week = usage.week, week_spent = usage.week_spent, week_held = usage.week_held,
      month = usage.month, month_spent = usage.month_spent, month_held = usage.month_held,
      spent = usage.spent, held = usage.held, concurrency = usage.concurrency, minute = usage.minute,
      requests = usage.requests, tokens = usage.tokens,
      previous_requests = usage.previous_requests, previous_tokens = usage.previous_tokens
    WHERE account = usage.account AND id = usage.id;
    IF NOT FOUND THEN INSERT INTO tollgate_usages SELECT usage.*; END IF;
  END LOOP;
END $$;

-- Makes a set the one in use. Steps that follow each other mostly have the same sets, so as many as a hold may have
-- are kept at hand.
CREATE FUNCTION tollgate_use(state tollgate_state, of_id text) RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  slots tollgate_slot[] := coalesce(state.slots, '{}');
  slot tollgate_slot;
  usage tollgate_usages;
BEGIN
  FOR place IN 1 .. cardinality(slots) LOOP
    slot := slots[place];
    usage := slot.usage;
    IF usage.id = of_id THEN
      state.in_use := place;
      RETURN state;
    END IF;
  END LOOP;
  IF cardinality(slots) = 4 THEN
    PERFORM tollgate_keep_slots(slots);
    slots := '{}';
  END IF;
  SELECT * INTO usage FROM tollgate_usages WHERE account = state.account AND id = of_id;
  IF NOT FOUND THEN
    usage := (state.account, of_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  END IF;
  slot.usage := usage;
  slot.is_changed := false;
  state.slots := slots || slot;
  state.in_use := cardinality(state.slots);
  RETURN state;
END $$;

CREATE FUNCTION tollgate_usage(state tollgate_state) RETURNS tollgate_usages LANGUAGE plpgsql AS $$
DECLARE
  slot tollgate_slot := (state.slots)[state.in_use];
BEGIN
  RETURN slot.usage;
END $$;

CREATE FUNCTION tollgate_put(state tollgate_state, usage tollgate_usages)
RETURNS tollgate_state LANGUAGE plpgsql AS $$
DECLARE
  slots tollgate_slot[] := state.slots;
  slot tollgate_slot;
BEGIN
  slot.usage := usage;
  slot.is_changed := true;
  slots[state.in_use] := slot;
  state.slots := slots;
  RETURN state;
END $$;`
