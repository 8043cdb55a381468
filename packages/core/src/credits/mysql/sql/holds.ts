import { checkKey, keyVariables, takeKey } from './keys.ts'
import { newestRow } from './rows.ts'
import { step } from './step.ts'
import { identifier, word } from './types.ts'
import { moveInWindows, usedOf } from './windows.ts'

export interface HoldRules {
  /** Milliseconds: ids older than this are not executed. */
  readonly retentionMs: number
  /** Expired holds of an account that a hold gives back on the way. */
  readonly expiredOnTheWay: number
}

/** As much as there is, or why the least that will do is not there. */
const grantAmount = `
    IF unspent < least_amount THEN
      SET outcome = 'insufficient';
      LEAVE deciding;
    ELSEIF room < least_amount THEN
      SET outcome = 'spend_limit';
      LEAVE deciding;
    END IF;
    SET granted = LEAST(GREATEST(wanted, least_amount), unspent, IFNULL(room, unspent))`

const grantVariables = 'DECLARE wanted, least_amount, room, unspent, granted BIGINT;'

/** The first outcome, as long as the parameters are the same. */
const repeatFound = `
      IF found_asked = the_amount AND found_key <=> the_key THEN
        SET outcome = 'held', is_replay = TRUE, result_amount = found_amount, result_moment = found_end;
      ELSE
        SET outcome = 'id_conflict';
      END IF;
      LEAVE deciding`

/** Ids that are pending, finished, or too old for anyone to know. */
const knownId = (retentionMs: number) => `
    SELECT asked, key_id, amount, expires_at INTO found_asked, found_key, found_amount, found_end
    FROM tollgate_holds WHERE account = the_account AND id = the_id;
    IF found_asked IS NOT NULL THEN ${repeatFound}; END IF;
    IF made_at < the_moment - ${retentionMs} THEN
      SET outcome = 'id_too_old';
      LEAVE deciding;
    END IF;
    ${newestRow('asked, key_id, asked, at', 'found_asked, found_key, found_amount, found_end')};
    IF found_asked IS NOT NULL THEN ${repeatFound}; END IF`

/** As in engine/hold.ts, in the same order of checks: every check first, and only then every change. */
const hold = ({ retentionMs, expiredOnTheWay }: HoldRules) =>
  step({
    name: 'hold',
    makes: true,
    parameters: [
      ...[`the_id ${identifier}`, 'made_at BIGINT', 'the_amount BIGINT', 'the_minimum BIGINT'],
      ...['share_of BIGINT', 'share_least BIGINT', 'the_ttl BIGINT'],
      ...[`the_key ${identifier}`, 'the_spend_limit BIGINT', `the_spend_window ${word}`],
      ...['the_rpm DOUBLE', 'the_tpm DOUBLE', 'the_concurrency DOUBLE', 'the_tokens DOUBLE'],
    ],
    variables: `
  DECLARE found_asked, found_amount, found_end BIGINT;
  DECLARE found_key ${identifier};
  ${grantVariables}
  ${keyVariables}`,
    decide: `
    ${knownId(retentionMs)};
    IF holds_due <= the_moment OR grants_due <= the_moment THEN
      CALL tollgate_give_back_expired(the_account, the_moment, ${expiredOnTheWay}, granted);
    END IF;
    IF the_key IS NOT NULL THEN ${checkKey}; END IF;
    -- Who can do with less leaves a share for others.
    SELECT available INTO unspent FROM tollgate_accounts WHERE id = the_account;
    SET wanted = IF(share_of IS NULL, the_amount, LEAST(the_amount, GREATEST(share_least, unspent DIV share_of)));
    SET least_amount = IFNULL(the_minimum, the_amount), room = GREATEST(0, the_spend_limit - used);
    ${grantAmount};
    IF the_key IS NOT NULL THEN ${takeKey}; END IF;
    UPDATE tollgate_accounts SET available = available - granted, held = held + granted, turns = turns + 1,
      hold_due = LEAST(IFNULL(hold_due, the_moment + the_ttl), the_moment + the_ttl)
    WHERE id = the_account;
    INSERT INTO tollgate_holds (
      account, id, asked, amount, key_id, spend_limit, spend_window, taken_at, expires_at, turn
    )
    SELECT id, the_id, the_amount, granted, the_key, the_spend_limit, the_spend_window,
      the_moment, the_moment + the_ttl, turns
    FROM tollgate_accounts WHERE id = the_account;
    SET outcome = 'held', result_amount = granted, result_moment = the_moment + the_ttl;`,
  })

/** Grows a pending hold under the checks on money, or renews it; refused, it stays as it was. */
const extend = step({
  name: 'extend',
  parameters: [`the_id ${identifier}`, 'to_amount BIGINT', 'the_minimum BIGINT', 'the_ttl BIGINT'],
  variables: `
  DECLARE hold_amount, hold_end, hold_limit, hold_taken_at BIGINT;
  DECLARE hold_window ${word};
  DECLARE hold_key ${identifier};
  ${grantVariables}`,
  decide: `
    SELECT amount, expires_at, spend_limit, spend_window, taken_at, key_id
    INTO hold_amount, hold_end, hold_limit, hold_window, hold_taken_at, hold_key
    FROM tollgate_holds WHERE account = the_account AND id = the_id;
    IF hold_end IS NULL OR hold_end <= the_moment THEN
      SET outcome = 'not_pending';
      LEAVE deciding;
    END IF;
    IF to_amount > hold_amount THEN
      SET wanted = to_amount - hold_amount;
      SET least_amount = GREATEST(IFNULL(the_minimum, to_amount) - hold_amount, 0);
      IF hold_limit IS NOT NULL THEN
        SELECT GREATEST(0, hold_limit - (${usedOf('hold_window', 'the_moment')})) INTO room
        FROM tollgate_keys WHERE account = the_account AND id = hold_key;
      END IF;
      SELECT available INTO unspent FROM tollgate_accounts WHERE id = the_account;
      ${grantAmount};
      UPDATE tollgate_accounts SET available = available - granted, held = held + granted WHERE id = the_account;
      UPDATE tollgate_holds SET amount = amount + granted WHERE account = the_account AND id = the_id;
      IF hold_key IS NOT NULL THEN
        UPDATE tollgate_keys SET ${moveInWindows({ takenAt: 'hold_taken_at', held: 'granted', spent: '0', calls: '0' })}
        WHERE account = the_account AND id = hold_key;
      END IF;
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
