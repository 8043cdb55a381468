import { identifier, procedure, word } from './types.ts'

/** Of the server, in milliseconds. It knows no time zones, and is read anew by each statement. */
export const serverClock =
  "(TIMESTAMPDIFF(MICROSECOND, TIMESTAMP '1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000)"

export interface StepDefinition {
  readonly name: string
  readonly parameters: readonly string[]
  /** Variables of the step, each with its semicolon. */
  readonly variables?: string
  /** Makes the account, should it not be there yet. */
  readonly makes?: boolean
  /** Decides the outcome; `LEAVE deciding` once there is one. A refusal is an outcome, and no exception. */
  readonly decide: string
}

const lock = `
  SELECT seq, hold_due, grant_due INTO found_seq, holds_due, grants_due
  FROM tollgate_accounts WHERE id = the_account FOR UPDATE`

/** Another process may make it at the same time: then this waits for it. */
const make = `
  IF found_seq IS NULL THEN
    INSERT INTO tollgate_accounts (id, available, held, spent, topups, seq, turns) VALUES (the_account, 0, 0, 0, 0, 0, 0)
    ON DUPLICATE KEY UPDATE seq = seq;
    ${lock};
  END IF;`

/**
 * A step as one procedure, and so as one round trip in which the client holds nothing: the account's row is locked
 * first, everything else belongs to it. Whatever fails undoes all of it. The time is taken when the account is
 * locked, so that the rows of an account are in the order of their times.
 */
export const step = ({
  name,
  parameters,
  variables = '',
  makes,
  decide,
}: StepDefinition): readonly string[] =>
  procedure(
    name,
    [`the_account ${identifier}`, 'the_moment BIGINT', ...parameters],
    `BEGIN
  DECLARE outcome, refused_window ${word};
  DECLARE refused_id ${identifier};
  DECLARE is_replay BOOLEAN DEFAULT FALSE;
  DECLARE result_amount, result_moment, result_shortfall, result_seq BIGINT;
  DECLARE found_seq, holds_due, grants_due BIGINT;
  DECLARE available_now, held_now BIGINT DEFAULT 0;
  ${variables}
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;
  START TRANSACTION;
  ${lock};
  ${makes ? make : ''}
  SET the_moment = IFNULL(the_moment, ${serverClock});
  deciding: BEGIN
    ${decide}
  END;
  SELECT available, held INTO available_now, held_now FROM tollgate_accounts WHERE id = the_account;
  COMMIT;
  SELECT outcome, is_replay AS replay, result_amount AS amount, result_moment AS moment,
    result_shortfall AS shortfall, result_seq AS seq, available_now AS available, held_now AS held,
    refused_id, refused_window;
END`,
  )
