import { identifier, json, word } from './types.ts'

const options = 'ENGINE = InnoDB ROW_FORMAT = DYNAMIC'

/**
 * `hold_due` and `grant_due` say when the account has to be looked at next: no hold of it expires before, no grant
 * ends before. So a hold's expiry needs no index of its own that every call would have to write.
 * `turns` counts what was put at the end of the line of holds.
 */
export const tables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS tollgate_credits (
    version INT NOT NULL PRIMARY KEY,
    identity VARCHAR(36) NOT NULL
  ) ${options}`,

  `CREATE TABLE IF NOT EXISTS tollgate_accounts (
    id ${identifier} NOT NULL PRIMARY KEY,
    available BIGINT NOT NULL CHECK (available >= 0),
    held BIGINT NOT NULL CHECK (held >= 0),
    spent BIGINT NOT NULL CHECK (spent >= 0),
    topups BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    turns BIGINT NOT NULL,
    hold_due BIGINT,
    grant_due BIGINT,
    KEY tollgate_accounts_hold_due (hold_due),
    KEY tollgate_accounts_grant_due (grant_due)
  ) ${options}`,

  `CREATE TABLE IF NOT EXISTS tollgate_holds (
    account ${identifier} NOT NULL,
    id ${identifier} NOT NULL,
    asked BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    key_id ${identifier},
    other_limits ${json},
    limits ${json},
    taken_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    PRIMARY KEY (account, id)
  ) ${options}`,

  `CREATE TABLE IF NOT EXISTS tollgate_usages (
    account ${identifier} NOT NULL,
    id ${identifier} NOT NULL,
    day BIGINT NOT NULL,
    day_spent BIGINT NOT NULL,
    day_held BIGINT NOT NULL,
    week BIGINT NOT NULL,
    week_spent BIGINT NOT NULL,
    week_held BIGINT NOT NULL,
    month BIGINT NOT NULL,
    month_spent BIGINT NOT NULL,
    month_held BIGINT NOT NULL,
    spent BIGINT NOT NULL,
    held BIGINT NOT NULL,
    concurrency BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    requests DOUBLE NOT NULL,
    tokens DOUBLE NOT NULL,
    previous_requests DOUBLE NOT NULL,
    previous_tokens DOUBLE NOT NULL,
    PRIMARY KEY (account, id)
  ) ${options}`,

  `CREATE TABLE IF NOT EXISTS tollgate_ledger (
    account ${identifier} NOT NULL,
    seq BIGINT NOT NULL,
    class ${word} NOT NULL,
    op ${word} NOT NULL,
    ref ${identifier} NOT NULL,
    amount BIGINT NOT NULL,
    model_cost BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    shortfall BIGINT NOT NULL,
    asked BIGINT NOT NULL,
    available_after BIGINT NOT NULL,
    held_after BIGINT NOT NULL,
    at BIGINT NOT NULL,
    expires_at BIGINT,
    key_id ${identifier},
    other_limits ${json},
    meta ${json},
    PRIMARY KEY (account, seq),
    KEY tollgate_ledger_ref (ref, account, seq)
  ) ${options}`,

  `CREATE TABLE IF NOT EXISTS tollgate_grants (
    account ${identifier} NOT NULL,
    expires_at BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    ref ${identifier} NOT NULL,
    remaining BIGINT NOT NULL,
    PRIMARY KEY (account, expires_at, seq)
  ) ${options}`,
]
