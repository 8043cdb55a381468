import { checkLimits, countCall, limitVariables } from './limits.ts'
import { newestRow } from './rows.ts'
import { forEachSet } from './sets.ts'
import { step } from './step.ts'
import { identifier, json } from './types.ts'
import { moveInWindows } from './windows.ts'

export interface HoldRules {
  /** Milliseconds: ids older than this are not executed. */
  readonly retentionMs: number
  /** Expired holds of an account that a hold gives back on the way. */
  readonly expiredOnTheWay: number
}

/** The first outcome, as long as the parameters are the same. */
const repeatFound = `
      IF found_asked = the_amount AND found_key <=> the_key AND found_others <=> the_others THEN
        SET outcome = 'held', is_replay = TRUE, result_amount = found_amount, result_moment = found_end;
      ELSE
        SET outcome = 'id_conflict';
      END IF;
      LEAVE deciding`

/** Ids that are pending, finished, or too old for anyone to know. */
const knownId = (retentionMs: number) => `
    SELECT asked, key_id, other_limits, amount, expires_at
    INTO found_asked, found_key, found_others, found_amount, found_end
    FROM tollgate_holds WHERE account = the_account AND id = the_id;
    IF found_asked IS NOT NULL THEN ${repeatFound}; END IF;
    IF made_at < the_moment - ${retentionMs} THEN
      SET outcome = 'id_too_old';
      LEAVE deciding;
    END IF;
    ${newestRow(
      'asked, key_id, other_limits, asked, at',
      'found_asked, found_key, found_others, found_amount, found_end',
    )};
    IF found_asked IS NOT NULL THEN ${repeatFound}; END IF`

const called = { key: 'the_key', others: 'the_others' }
const held = { key: 'hold_key', others: 'hold_others' }

/** As in engine/hold.ts, in the same order of checks: every check first, and only then every change. */
const hold = ({ retentionMs, expiredOnTheWay }: HoldRules) =>
  step({
    name: 'hold',
    makes: true,
    parameters: [
      ...[`the_id ${identifier}`, 'made_at BIGINT', 'the_amount BIGINT', 'the_minimum BIGINT'],
      ...['share_of BIGINT', 'share_least BIGINT', 'the_ttl BIGINT'],
      ...[`the_key ${identifier}`, `the_others ${json}`, `the_limits ${json}`, 'the_tokens DOUBLE'],
    ],
    variables: `
  DECLARE found_asked, found_amount, found_end BIGINT;
  DECLARE found_key ${identifier};
  DECLARE found_others ${json};
  ${limitVariables}`,
    decide: `
    ${knownId(retentionMs)};
    IF holds_due <= the_moment OR grants_due <= the_moment THEN
      CALL tollgate_give_back_expired(the_account, the_moment, ${expiredOnTheWay}, granted);
    END IF;
    SET least_amount = IFNULL(the_minimum, the_amount);
    ${checkLimits({ names: called, limits: 'the_limits' })};
    -- Who can do with less leaves a share for others.
    SET wanted = IF(share_of IS NULL, the_amount, LEAST(the_amount, GREATEST(share_least, most DIV share_of)));
    SET granted = LEAST(GREATEST(wanted, least_amount), most);
    ${countCall(called)};
    UPDATE tollgate_accounts SET available = available - granted, held = held + granted, turns = turns + 1,
      hold_due = LEAST(IFNULL(hold_due, the_moment + the_ttl), the_moment + the_ttl)
    WHERE id = the_account;
    INSERT INTO tollgate_holds (
      account, id, asked, amount, key_id, other_limits, limits, taken_at, expires_at, turn
    )
    SELECT id, the_id, the_amount, granted, the_key, the_others, the_limits,
      the_moment, the_moment + the_ttl, turns
    FROM tollgate_accounts WHERE id = the_account;
    SET outcome = 'held', result_amount = granted, result_moment = the_moment + the_ttl;`,
  })

/** Grows a pending hold under the checks on money, or renews it; refused, it stays as it was. */
const extend = step({
  name: 'extend',
  parameters: [`the_id ${identifier}`, 'to_amount BIGINT', 'the_minimum BIGINT', 'the_ttl BIGINT'],
  variables: `
  DECLARE hold_amount, hold_end, hold_taken_at BIGINT;
  DECLARE hold_key ${identifier};
  DECLARE hold_others, hold_limits ${json};
  ${limitVariables}`,
  decide: `
    SELECT amount, expires_at, taken_at, key_id, other_limits, limits
    INTO hold_amount, hold_end, hold_taken_at, hold_key, hold_others, hold_limits
    FROM tollgate_holds WHERE account = the_account AND id = the_id;
    IF hold_end IS NULL OR hold_end <= the_moment THEN
      SET outcome = 'not_pending';
      LEAVE deciding;
    END IF;
    IF to_amount > hold_amount THEN
      SET wanted = to_amount - hold_amount;
      SET least_amount = GREATEST(IFNULL(the_minimum, to_amount) - hold_amount, 0);
      ${checkLimits({ names: held, limits: 'hold_limits', own: { amount: 'hold_amount', takenAt: 'hold_taken_at' } })};
      SET granted = LEAST(GREATEST(wanted, least_amount), most);
      UPDATE tollgate_accounts SET available = available - granted, held = held + granted WHERE id = the_account;
      UPDATE tollgate_holds SET amount = amount + granted WHERE account = the_account AND id = the_id;
      ${forEachSet(
        held,
        `UPDATE tollgate_usages SET ${moveInWindows({ takenAt: 'hold_taken_at', held: 'granted', spent: '0', calls: '0' })}
        WHERE account = the_account AND id = set_id`,
      )};
      SET hold_amount = hold_amount + granted;
    END IF;
    IF the_ttl IS NOT NULL THEN
      SET hold_end = the_moment + the_ttl;
      UPDATE tollgate_accounts SET turns = turns + 1, hold_due = LEAST(IFNULL(hold_due, hold_end), hold_end)
      WHERE id = the_account;
      UPDATE tollgate_holds SET expires_at = hold_end, turn = (SELECT turns FROM tollgate_accounts WHERE id = the_account)
      WHERE account = the_account AND id = the_id;
    END IF;
    SET outcome = 'held', result_amount = hold_amount, result_moment = hold_end;`,
})

export const holds = (rules: HoldRules): readonly string[] => [...hold(rules), ...extend]
