import { countNow, day, minute, month, usedOf, week } from './windows.ts'

/** As in engine/key-limits.ts, with the same arithmetic: all of it in doubles. */
export const keyVariables = `
  DECLARE used, calls BIGINT DEFAULT 0;
  DECLARE requests_now, tokens_now, requests_before, tokens_before DOUBLE DEFAULT 0;
  DECLARE into_minute, rest_of_minute DOUBLE;`

/** One of a past minute counts nothing; one of the last minute is the previous one. */
const inMinute = (counter: string) => `IF(minute = ${minute('the_moment')}, ${counter}, 0)`
const before = (counter: string) => `CASE
      WHEN minute = ${minute('the_moment')} THEN previous_${counter}
      WHEN minute = ${minute('the_moment')} - 1 THEN ${counter}
      ELSE 0
    END`

/** When enough of the previous window has left, or else the end of this one and what is left of it then. */
const wait = (most: string, previous: string, wanted: string) => `
      IF(${wanted} <= ${most} AND ${previous} > 0,
        GREATEST(1, CEIL((1 - (${most} - ${wanted}) / ${previous}) * 60000 - into_minute)),
        60000 - into_minute)`

/** Every limit of a key but the one on money. */
export const checkKey = `
    SELECT ${usedOf('the_spend_window', 'the_moment')}, concurrency,
      ${inMinute('requests')}, ${inMinute('tokens')}, ${before('requests')}, ${before('tokens')}
    INTO used, calls, requests_now, tokens_now, requests_before, tokens_before
    FROM tollgate_keys WHERE account = the_account AND id = the_key;
    SET into_minute = the_moment % 60000;
    SET rest_of_minute = 1 - into_minute / 60000;
    IF calls >= the_concurrency THEN
      SET outcome = 'concurrency', result_moment = 1000;
      LEAVE deciding;
    ELSEIF requests_before * rest_of_minute + requests_now + 1 > the_rpm THEN
      SET outcome = 'rpm', result_moment = ${wait('the_rpm', 'requests_before', '(requests_now + 1)')};
      LEAVE deciding;
    ELSEIF tokens_before * rest_of_minute + tokens_now + the_tokens > the_tpm THEN
      SET outcome = 'tpm', result_moment = ${wait('the_tpm', 'tokens_before', '(tokens_now + the_tokens)')};
      LEAVE deciding;
    END IF`

/** Counts a call that may go. Assignments take effect from left to right, so the minute turns last. */
export const takeKey = `
    INSERT INTO tollgate_keys (
      account, id, day, day_spent, day_held, week, week_spent, week_held, month, month_spent, month_held,
      spent, held, concurrency, minute, requests, tokens, previous_requests, previous_tokens
    ) VALUES (
      the_account, the_key, ${day('the_moment')}, 0, granted, ${week('the_moment')}, 0, granted,
      ${month('the_moment')}, 0, granted, 0, granted, 1, ${minute('the_moment')}, 1, the_tokens, 0, 0
    ) ON DUPLICATE KEY UPDATE
      ${countNow({ held: 'granted', spent: '0' }, 'the_moment')}, concurrency = concurrency + 1,
      previous_requests = ${before('requests')}, previous_tokens = ${before('tokens')},
      requests = ${inMinute('requests')} + 1, tokens = ${inMinute('tokens')} + the_tokens,
      minute = ${minute('the_moment')}`
