import { appendRow, newestRow } from './rows.ts'
import { forEachSet, setVariables } from './sets.ts'
import { step } from './step.ts'
import { identifier, json, procedure, word } from './types.ts'
import { countNow, moveInWindows } from './windows.ts'

const held = { key: 'hold_key', others: 'hold_others' }
const past = { key: 'past_key', others: 'past_others' }

const moveUsages = (movement: Parameters<typeof moveInWindows>[0]) =>
  forEachSet(
    held,
    `UPDATE tollgate_usages SET ${moveInWindows(movement)} WHERE account = the_account AND id = set_id`,
  )

/** Gives back the whole of a hold. */
const giveBack = procedure(
  'give_back',
  [`the_account ${identifier}`, 'the_moment BIGINT', `the_id ${identifier}`, `the_op ${word}`],
  `BEGIN
  DECLARE hold_amount, hold_asked, hold_taken_at BIGINT;
  DECLARE hold_key ${identifier};
  DECLARE hold_others ${json};
  ${setVariables}
  SELECT amount, asked, taken_at, key_id, other_limits
  INTO hold_amount, hold_asked, hold_taken_at, hold_key, hold_others
  FROM tollgate_holds WHERE account = the_account AND id = the_id;
  DELETE FROM tollgate_holds WHERE account = the_account AND id = the_id;
  ${moveUsages({ takenAt: 'hold_taken_at', held: '-hold_amount', spent: '0', calls: '-1' })};
  ${appendRow('held = held - hold_amount, available = available + hold_amount', {
    class: "'call'",
    op: 'the_op',
    ref: 'the_id',
    amount: 'hold_amount',
    asked: 'hold_asked',
    ...held,
  })};
END`,
)

/**
 * Gives expired holds back, the oldest first, and then takes back what is left of grants that have ended. They are
 * counted before: the end of a cursor is a condition, which a called procedure may raise too.
 */
const giveBackExpired = procedure(
  'give_back_expired',
  [`the_account ${identifier}`, 'the_moment BIGINT', 'the_most BIGINT', 'OUT to_given BIGINT'],
  `BEGIN
  DECLARE due, expired_count BIGINT DEFAULT 0;
  DECLARE expired_id ${identifier};
  DECLARE expired CURSOR FOR
    SELECT id FROM tollgate_holds WHERE account = the_account AND expires_at <= the_moment
    ORDER BY expires_at, turn LIMIT the_most;
  SET to_given = 0;
  SELECT hold_due INTO due FROM tollgate_accounts WHERE id = the_account;
  IF the_most > 0 AND due <= the_moment THEN
    SELECT COUNT(*) INTO expired_count FROM tollgate_holds
    WHERE account = the_account AND expires_at <= the_moment;
    OPEN expired;
    WHILE to_given < LEAST(the_most, expired_count) DO
      FETCH expired INTO expired_id;
      CALL tollgate_give_back(the_account, the_moment, expired_id, 'expire');
      SET to_given = to_given + 1;
    END WHILE;
    CLOSE expired;
    UPDATE tollgate_accounts SET
      hold_due = (SELECT MIN(expires_at) FROM tollgate_holds WHERE account = the_account)
    WHERE id = the_account;
  END IF;
  CALL tollgate_end_grants(the_account, the_moment);
END`,
)

const expire = step({
  name: 'expire',
  parameters: ['the_most BIGINT'],
  decide: `
    CALL tollgate_give_back_expired(the_account, the_moment, the_most, result_amount);
    SET outcome = 'expired';`,
})

const pastVariables = `
  DECLARE past_op ${word};
  DECLARE past_amount, past_shortfall, past_seq, past_asked BIGINT;
  DECLARE past_key ${identifier};
  DECLARE past_others ${json};`

const readPast = newestRow(
  'op, amount, shortfall, seq, asked, key_id, other_limits',
  'past_op, past_amount, past_shortfall, past_seq, past_asked, past_key, past_others',
)

/** The first outcome, as a row records it. */
const repeatPast = `
      SET outcome = CASE past_op WHEN 'settle' THEN 'settled' WHEN 'settle_late' THEN 'settled_late' ELSE 'released' END,
        result_amount = IF(past_op IN ('settle', 'settle_late'), past_amount, 0),
        result_shortfall = past_shortfall, result_seq = past_seq, is_replay = TRUE`

const currentSeq = '(SELECT seq FROM tollgate_accounts WHERE id = the_account)'

/** As in engine/settle.ts: charges a hold once; a repeat gets the first outcome. */
const settle = (maxNano: bigint) =>
  step({
    name: 'settle',
    parameters: [
      `the_id ${identifier}`,
      'the_model_cost BIGINT',
      'the_fee BIGINT',
      'is_capped BOOLEAN',
      `the_meta ${json}`,
    ],
    variables: `
  DECLARE cost BIGINT DEFAULT the_model_cost + the_fee;
  DECLARE charged, hold_amount, hold_asked, hold_taken_at, hold_expires_at BIGINT;
  DECLARE hold_key ${identifier};
  DECLARE hold_others ${json};
  ${setVariables}
  ${pastVariables}`,
    decide: `
    SELECT amount, asked, taken_at, expires_at, key_id, other_limits
    INTO hold_amount, hold_asked, hold_taken_at, hold_expires_at, hold_key, hold_others
    FROM tollgate_holds WHERE account = the_account AND id = the_id;
    IF hold_expires_at > the_moment THEN
      DELETE FROM tollgate_holds WHERE account = the_account AND id = the_id;
      SELECT LEAST(cost, IF(is_capped, hold_amount, available + hold_amount), ${maxNano} - spent) INTO charged
      FROM tollgate_accounts WHERE id = the_account;
      IF grants_due IS NOT NULL THEN CALL tollgate_consume(the_account, charged); END IF;
      ${moveUsages({ takenAt: 'hold_taken_at', held: '-hold_amount', spent: 'charged', calls: '-1' })};
      ${appendRow(
        'held = held - hold_amount, available = available + hold_amount - charged, spent = spent + charged',
        {
          class: "'call'",
          op: "'settle'",
          ref: 'the_id',
          amount: 'charged',
          asked: 'hold_asked',
          ...held,
          modelCost: 'the_model_cost',
          fee: 'the_fee',
          shortfall: 'cost - charged',
          meta: 'the_meta',
        },
      )};
      SET outcome = 'settled', result_amount = charged, result_shortfall = cost - charged, result_seq = found_seq + 1;
      LEAVE deciding;
    END IF;
    IF hold_amount IS NOT NULL THEN CALL tollgate_give_back(the_account, the_moment, the_id, 'expire'); END IF;
    ${readPast};
    IF past_op IS NULL THEN
      SET outcome = 'unknown';
      LEAVE deciding;
    ELSEIF past_op <> 'expire' THEN
      ${repeatPast};
      LEAVE deciding;
    END IF;
    -- The answer was delivered although its hold had expired: the cost is real, as far as there is money.
    SELECT LEAST(cost, available, ${maxNano} - spent) INTO charged FROM tollgate_accounts WHERE id = the_account;
    IF grants_due IS NOT NULL THEN CALL tollgate_consume(the_account, charged); END IF;
    ${forEachSet(
      past,
      `UPDATE tollgate_usages SET ${countNow({ held: '0', spent: 'charged' }, 'the_moment')}
      WHERE account = the_account AND id = set_id`,
    )};
    ${appendRow('available = available - charged, spent = spent + charged', {
      class: "'call'",
      op: "'settle_late'",
      ref: 'the_id',
      amount: 'charged',
      asked: 'past_asked',
      ...past,
      modelCost: 'the_model_cost',
      fee: 'the_fee',
      shortfall: 'cost - charged',
      meta: 'the_meta',
    })};
    SET outcome = 'settled_late', result_amount = charged, result_shortfall = cost - charged, result_seq = ${currentSeq};`,
  })

/** Gives a hold back once; a repeat, or a release after a settlement, gets the first outcome. */
const release = step({
  name: 'release',
  parameters: [`the_id ${identifier}`],
  variables: pastVariables,
  decide: `
    IF EXISTS (SELECT 1 FROM tollgate_holds WHERE account = the_account AND id = the_id) THEN
      CALL tollgate_give_back(the_account, the_moment, the_id, 'release');
      SET outcome = 'released', result_amount = 0, result_shortfall = 0, result_seq = ${currentSeq};
      LEAVE deciding;
    END IF;
    ${readPast};
    IF past_op IS NULL THEN
      SET outcome = 'unknown';
    ELSE
      ${repeatPast};
    END IF;`,
})

export const settlements = (maxNano: bigint): readonly string[] => [
  ...[giveBack, giveBackExpired, expire, settle(maxNano), release].flat(),
]
