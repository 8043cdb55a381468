import { collect } from '../../store/collect.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { accountSchema, assertVersion, versionSchema, withoutNull } from '../member-input.ts'
import { parseInput } from '../parse-input.ts'
import type { PolicyNames } from '../policies/policy-names.ts'
import { resolveScope } from '../policies/scope-input.ts'
import {
  type Account,
  type AccountRecord,
  describeAccount,
  type UpdateAccount,
  updateAccountSchema,
} from './account.ts'

export interface AccountsOptions {
  readonly records: RecordStore<AccountRecord>
  readonly names: PolicyNames
  /** Called after every change, successful or not. */
  readonly onChange: () => void
  readonly now: () => number
}

/** What holds for whole accounts. Every method rejects with `store_unavailable` when the store is. */
export interface Accounts {
  /** Every text is an account: of one that nothing was set for, the version is 0. */
  get(account: string): Promise<Account>
  /**
   * In force here once this resolves, in other processes within a few seconds.
   *
   * @param options `version` is what the change is based on; without it, it is made to whatever is stored.
   * @throws GatewayError `invalid_request` that names the member at fault, or `version_conflict`.
   */
  update(account: string, patch: UpdateAccount, options?: { readonly version?: number }): Promise<Account>
  /** Those that something was set for, by name. */
  list(): Promise<Account[]>
}

/**
 * Accounts over a store.
 *
 * @example
 * await accounts.update('acme', { limits: { spend: { limit: '500.00', window: 'month' } } })
 */
export function createAccounts({ records, names, onChange, now }: AccountsOptions): Accounts {
  return {
    get: async (account) => describeAccount(account, await records.get(account)),
    update: async (name, patch, options = {}) => {
      const { account } = parseInput(accountSchema, { account: name })
      const { scope, ...parsed } = parseInput(updateAccountSchema, patch)
      const { version: expected } = parseInput(versionSchema, options)
      const resolved = scope ? { scope: resolveScope(scope, names) } : scope === null ? { scope } : {}
      const altered = await records
        .alter(account, (current): AccountRecord => {
          const { version } = describeAccount(account, current)
          assertVersion({ what: 'account', id: account, stored: version, expected })
          const next = { ...current, ...parsed, ...resolved, account, version: version + 1, updatedAt: now() }
          return withoutNull<AccountRecord>(next)
        })
        .finally(onChange)
      return describeAccount(account, altered)
    },
    list: async () => {
      const stored = (await collect(records.list())).map(([, record]) => record)
      return stored
        .sort((left, right) => (left.account < right.account ? -1 : 1))
        .map((record) => describeAccount(record.account, record))
    },
  }
}
