import { forEachSet, type SetNames, setVariables } from './sets.ts'
import { identifier, word } from './types.ts'
import {
  countNow,
  day,
  dayEnd,
  inWindow,
  minute,
  month,
  monthEnd,
  type WindowName,
  week,
  weekEnd,
} from './windows.ts'

/** As in engine/check-money.ts and engine/check-rates.ts, with the same arithmetic: rates are doubles. */
export const limitVariables = `
  ${setVariables}
  DECLARE wanted, least_amount, most, unspent, granted, set_limit, lasts_for, own_amount BIGINT;
  DECLARE spent_day, held_day, spent_week, held_week, spent_month, held_month, spent_ever, held_ever BIGINT;
  DECLARE calls BIGINT;
  DECLARE set_rate, requests_now, tokens_now, requests_before, tokens_before, into_minute DOUBLE;
  DECLARE money_lasts, rate_lasts BIGINT DEFAULT -1;
  DECLARE money_reason, rate_reason, money_window ${word};
  DECLARE money_id, rate_id ${identifier};`

/** What no waiting changes. */
const never = String(2n ** 62n)

interface Refusal {
  readonly kind: 'money' | 'rate'
  readonly reason: string
  readonly lasts: string
  readonly window?: WindowName
}

/** Of several that refuse, the one that must be waited for longest, and the first of those that last alike. */
const refuse = ({ kind, reason, lasts, window }: Refusal) => `
          SET lasts_for = ${lasts};
          IF lasts_for > ${kind}_lasts THEN
            SET ${kind}_lasts = lasts_for, ${kind}_reason = '${reason}', ${kind}_id = set_id
              ${window ? `, money_window = '${window}'` : ''};
          END IF`

/** A hold that wants more, and what it has already. */
export interface OwnHold {
  readonly amount: string
  readonly takenAt: string
}

interface SpendWindow {
  readonly name: WindowName
  readonly ends: string
  /** Whether the hold that wants more counts in the window. */
  readonly holds: (own: OwnHold) => string
}

const sameWindow = (at: (moment: string) => string) => (own: OwnHold) =>
  `${at(own.takenAt)} = ${at('the_moment')}`

/** What wins where limits last alike comes first. */
const spendWindows: readonly SpendWindow[] = [
  { name: 'lifetime', ends: never, holds: () => 'TRUE' },
  { name: 'month', ends: `${monthEnd('the_moment')} - the_moment`, holds: sameWindow(month) },
  { name: 'week', ends: `${weekEnd('the_moment')} - the_moment`, holds: sameWindow(week) },
  { name: 'day', ends: `${dayEnd('the_moment')} - the_moment`, holds: sameWindow(day) },
]

const limitOf = (limits: string, name: string) =>
  `JSON_UNQUOTE(JSON_EXTRACT(${limits}, CONCAT('$[', set_place, '].${name}')))`

/**
 * What is spent leaves too little, or calls under way hold what is missing; a hold does not wait for itself. Nothing is
 * always left, also where more was spent than the limit.
 */
function checkSpending({ name, ends, holds }: SpendWindow, { limits, own }: LimitCheck): string {
  const suffix = name === 'lifetime' ? 'ever' : name
  const ownPart = own ? `IF(${holds(own)}, ${own.amount}, 0)` : '0'
  return `
        SET set_limit = ${limitOf(limits, name)};
        IF set_limit IS NOT NULL THEN
          SET most = LEAST(most, set_limit - spent_${suffix} - held_${suffix}), own_amount = ${ownPart};
          IF least_amount > 0 AND set_limit - spent_${suffix} - own_amount < least_amount THEN
            ${refuse({ kind: 'money', reason: 'spend_limit', lasts: ends, window: name })};
          ELSEIF least_amount > 0 AND set_limit - spent_${suffix} - held_${suffix} < least_amount THEN
            ${refuse({ kind: 'money', reason: 'spend_held', lasts: '1000', window: name })};
          END IF;
        END IF`
}

/** One of a past minute counts nothing; one of the last minute is the previous one. */
const inMinute = (counter: string) => `IF(minute = ${minute('the_moment')}, ${counter}, 0)`
const before = (counter: string) => `CASE
      WHEN minute = ${minute('the_moment')} THEN previous_${counter}
      WHEN minute = ${minute('the_moment')} - 1 THEN ${counter}
      ELSE 0
    END`

/** When enough of the previous minute has left, or else the end of this one and what is left of it then. */
const wait = (previous: string, wanted: string) => `
      IF(${wanted} <= set_rate AND ${previous} > 0,
        GREATEST(1, CEIL((1 - (set_rate - ${wanted}) / ${previous}) * 60000 - into_minute)),
        60000 - into_minute)`

interface Rate {
  readonly name: 'rpm' | 'tpm'
  readonly previous: string
  readonly wanted: string
}

const rates: readonly Rate[] = [
  { name: 'rpm', previous: 'requests_before', wanted: '(requests_now + 1)' },
  { name: 'tpm', previous: 'tokens_before', wanted: '(tokens_now + the_tokens)' },
]

const checkRate = ({ name, previous, wanted }: Rate, limits: string) => `
        SET set_rate = ${limitOf(limits, name)};
        IF ${previous} * (1 - into_minute / 60000) + ${wanted} > set_rate THEN
          ${refuse({ kind: 'rate', reason: name, lasts: wait(previous, wanted) })};
        END IF`

const checkCalls = (limits: string) => `
        SET set_rate = ${limitOf(limits, 'concurrency')};
        IF calls >= set_rate THEN
          ${refuse({ kind: 'rate', reason: 'concurrency', lasts: '1000' })};
        END IF`

const readUsage = `
        SET spent_day = 0, held_day = 0, spent_week = 0, held_week = 0, spent_month = 0, held_month = 0,
          spent_ever = 0, held_ever = 0, calls = 0,
          requests_now = 0, tokens_now = 0, requests_before = 0, tokens_before = 0;
        SELECT ${inWindow('day', 'day_spent')}, ${inWindow('day', 'day_held')},
          ${inWindow('week', 'week_spent')}, ${inWindow('week', 'week_held')},
          ${inWindow('month', 'month_spent')}, ${inWindow('month', 'month_held')}, spent, held, concurrency,
          ${inMinute('requests')}, ${inMinute('tokens')}, ${before('requests')}, ${before('tokens')}
        INTO spent_day, held_day, spent_week, held_week, spent_month, held_month, spent_ever, held_ever, calls,
          requests_now, tokens_now, requests_before, tokens_before
        FROM tollgate_usages WHERE account = the_account AND id = set_id`

export interface LimitCheck {
  readonly names: SetNames
  /** The variable that has the sets as JSON. */
  readonly limits: string
  /** Of an extension, which asks for money alone. */
  readonly own?: OwnHold
}

/** Finds what may be held of what is unspent, and leaves with what refuses `least_amount`, if anything does. */
export function checkLimits(check: LimitCheck): string {
  const { names, limits, own } = check
  const checks = [
    readUsage,
    ...spendWindows.map((window) => checkSpending(window, check)),
    ...(own ? [] : [...rates.map((rate) => checkRate(rate, limits)), checkCalls(limits)]),
  ]
  return `
    SELECT available, held INTO unspent, own_amount FROM tollgate_accounts WHERE id = the_account;
    SET most = unspent, into_minute = the_moment % 60000;
    IF unspent < least_amount THEN
      SET money_reason = 'insufficient',
        money_lasts = IF(unspent + own_amount - ${own?.amount ?? '0'} < least_amount, ${never}, 1000);
    END IF;
    ${forEachSet(names, checks.join(';'))};
    IF rate_lasts > money_lasts THEN
      SET outcome = rate_reason, result_moment = rate_lasts, refused_id = rate_id;
      LEAVE deciding;
    ELSEIF money_reason IS NOT NULL THEN
      SET outcome = money_reason, result_moment = money_lasts, refused_id = money_id, refused_window = money_window;
      LEAVE deciding;
    END IF;
    SET most = GREATEST(most, 0)`
}

/** Counts a call that may go in every set. Assignments take effect from left to right, so the minute turns last. */
export const countCall = (names: SetNames) =>
  forEachSet(
    names,
    `
    INSERT INTO tollgate_usages (
      account, id, day, day_spent, day_held, week, week_spent, week_held, month, month_spent, month_held,
      spent, held, concurrency, minute, requests, tokens, previous_requests, previous_tokens
    ) VALUES (
      the_account, set_id, ${day('the_moment')}, 0, granted, ${week('the_moment')}, 0, granted,
      ${month('the_moment')}, 0, granted, 0, granted, 1, ${minute('the_moment')}, 1, the_tokens, 0, 0
    ) ON DUPLICATE KEY UPDATE
      ${countNow({ held: 'granted', spent: '0' }, 'the_moment')}, concurrency = concurrency + 1,
      previous_requests = ${before('requests')}, previous_tokens = ${before('tokens')},
      requests = ${inMinute('requests')} + 1, tokens = ${inMinute('tokens')} + the_tokens,
      minute = ${minute('the_moment')}`,
  )
