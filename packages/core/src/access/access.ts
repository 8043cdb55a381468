import type { Logger } from '../options/options.ts'
import type { Records } from '../store/open-store.ts'
import type { AccessKeyRecord, Moment } from './access-key.ts'
import { type AccessKeys, createAccessKeys } from './access-keys.ts'
import type { AccountRecord } from './accounts/account.ts'
import { type Accounts, createAccounts } from './accounts/accounts.ts'
import { type Callers, createCallers } from './callers/callers.ts'
import type { Configuration } from './configurations/configuration.ts'
import { type Configurations, createConfigurations } from './configurations/configurations.ts'
import { createAssertLinkable } from './configurations/links.ts'
import { createManagementKeys, type ManagementKeys } from './management/management-keys.ts'
import { createGoverning } from './policies/governing.ts'
import type { PolicyNames } from './policies/policy-names.ts'
import type { RoutingContext } from './policies/routing-input.ts'

export interface AccessOptions {
  /** Names of records are asked for once each. */
  readonly records: Records['records']
  readonly names: PolicyNames
  readonly findProviderKey: RoutingContext['findProviderKey']
  readonly logger: Logger
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** How long other processes may go on with what was changed here. @default 4000 */
  readonly cacheMs?: number
}

/** Who may call, and what holds for them. */
export interface Access {
  readonly keys: AccessKeys
  readonly configurations: Configurations
  readonly accounts: Accounts
  readonly managementKeys: ManagementKeys
  readonly callers: Callers
}

/**
 * Keys, configurations and accounts over one store, each of which knows when another one changes.
 *
 * @example
 * const { keys, configurations } = createAccess({ records: store.records, names, findProviderKey, logger: console })
 */
export function createAccess(options: AccessOptions): Access {
  const { records, names, findProviderKey, logger, now = Date.now, cacheMs = 4000 } = options
  const stored = {
    configurations: records<Configuration>('access-key-configurations'),
    accounts: records<AccountRecord>('accounts'),
    keys: records<AccessKeyRecord>('access-keys'),
    revocations: records<Moment>('access-key-revocations'),
  }
  const governing = createGoverning(stored)
  const keys = createAccessKeys({
    records: stored.keys,
    revocations: stored.revocations,
    lastUsed: records('access-key-uses'),
    names,
    governing,
    assertLinkable: createAssertLinkable(stored.configurations),
    logger,
    now,
    cacheMs,
  })
  const callers = createCallers({ governing, names, now, cacheMs })
  const onChange = () => {
    keys.forget()
    callers.forget()
  }
  /** Each key is looked at once, and what else is known of it is not read. */
  const countKeys = async (configuration: string) => {
    const linked = new Set<string>()
    for await (const [id, key] of stored.keys.list()) {
      if (key.configuration === configuration) linked.add(id)
    }
    if (linked.size > 0) for await (const [id] of stored.revocations.list()) linked.delete(id)
    return linked.size
  }
  return {
    keys,
    callers,
    configurations: createConfigurations({
      records: stored.configurations,
      names,
      findProviderKey,
      countKeys,
      onChange,
      now,
    }),
    accounts: createAccounts({ records: stored.accounts, names, onChange, now }),
    managementKeys: createManagementKeys({ records: records('management-keys'), now }),
  }
}
