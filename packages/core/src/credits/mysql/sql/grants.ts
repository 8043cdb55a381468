import { appendRow } from './rows.ts'
import { identifier, procedure } from './types.ts'

const firstGrant = `
    SET first_ref = NULL;
    SELECT ref, expires_at, seq, remaining INTO first_ref, first_end, first_seq, first_remaining
    FROM tollgate_grants WHERE account = the_account ORDER BY expires_at, seq LIMIT 1`

const declareFirst = `
  DECLARE first_ref ${identifier};
  DECLARE first_end, first_seq, first_remaining, taken BIGINT`

/** What is left of a grant: one that has nothing left is removed. */
const takeFromFirst = `
    IF taken = first_remaining THEN
      DELETE FROM tollgate_grants WHERE account = the_account AND expires_at = first_end AND seq = first_seq;
    ELSE
      UPDATE tollgate_grants SET remaining = remaining - taken
      WHERE account = the_account AND expires_at = first_end AND seq = first_seq;
    END IF`

const nextDue = 'grant_due = (SELECT MIN(expires_at) FROM tollgate_grants WHERE account = the_account)'

/** As in engine/expiring-grants.ts, for an account that has some: what is spent comes out of those that end first. */
const consume = procedure(
  'consume',
  [`the_account ${identifier}`, 'the_amount BIGINT'],
  `consuming: BEGIN
  DECLARE rest BIGINT DEFAULT the_amount;
  ${declareFirst};
  IF rest = 0 THEN LEAVE consuming; END IF;
  taking: WHILE rest > 0 DO
    ${firstGrant};
    IF first_ref IS NULL THEN LEAVE taking; END IF;
    SET taken = LEAST(rest, first_remaining);
    ${takeFromFirst};
    SET rest = rest - taken;
  END WHILE;
  UPDATE tollgate_accounts SET ${nextDue} WHERE id = the_account;
END`,
)

/** Takes back what is left of grants that have ended. Credits that calls hold stay theirs. */
const endGrants = procedure(
  'end_grants',
  [`the_account ${identifier}`, 'the_moment BIGINT'],
  `BEGIN
  DECLARE due, unspent BIGINT;
  ${declareFirst};
  ending: LOOP
    SELECT grant_due, available INTO due, unspent FROM tollgate_accounts WHERE id = the_account;
    IF due IS NULL OR due > the_moment OR unspent = 0 THEN LEAVE ending; END IF;
    ${firstGrant};
    IF first_ref IS NULL THEN LEAVE ending; END IF;
    SET taken = LEAST(unspent, first_remaining);
    ${takeFromFirst};
    ${appendRow(`available = available - taken, topups = topups - taken, ${nextDue}`, {
      class: "'grant'",
      op: "'expire_grant'",
      ref: 'first_ref',
      amount: 'taken',
    })};
  END LOOP;
END`,
)

export const grants: readonly string[] = [...consume, ...endGrants]
