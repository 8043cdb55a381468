/** As in engine/spend-windows.ts: days, weeks and months in UTC, and the minutes of the rates. */
export const windows = `
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

CREATE FUNCTION tollgate_week_end(moment bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN ((tollgate_week(moment) + 1) * 7 - 3) * 86400000;
END $$;

CREATE FUNCTION tollgate_month_end(moment bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  next bigint := tollgate_month(moment) + 1;
BEGIN
  RETURN (make_date((next / 12)::integer, (next % 12 + 1)::integer, 1) - '1970-01-01'::date)::bigint * 86400000;
END $$;

-- A set as it is at this moment: windows and minutes that are over count nothing.
CREATE FUNCTION tollgate_present_usage(usage tollgate_usages, moment bigint)
RETURNS tollgate_usages LANGUAGE plpgsql AS $$
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
END $$;`
