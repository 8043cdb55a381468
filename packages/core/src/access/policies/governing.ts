import { GatewayError } from '../../errors/gateway-error.ts'
import { createRecentMap } from '../../memory/recent-map.ts'
import type { RecordStore } from '../../store/record-store.ts'
import type { AccountRecord } from '../accounts/account.ts'
import type { Configuration } from '../configurations/configuration.ts'
import type { AddressCheck } from '../principal.ts'
import type { Refusal } from '../refusal.ts'
import { compileRanges } from './address-ranges.ts'
import type { ConfiguredPolicy, PolicyLayer } from './compile-policy.ts'
import { compileRouting } from './compile-routing.ts'
import { compileScope } from './compile-scope.ts'

/** A configuration that is ready to govern. */
export interface GoverningConfiguration extends PolicyLayer, ConfiguredPolicy {
  readonly admitsAddress: AddressCheck | undefined
  readonly expiresAt: number | undefined
}

/** What governs a caller beside its own record. */
export type Governing =
  | {
      readonly refusal: undefined
      readonly configuration: GoverningConfiguration | undefined
      readonly account: PolicyLayer | undefined
    }
  /** Nothing of what is missing is guessed. */
  | { readonly refusal: Refusal }

export interface GovernedCaller {
  readonly account: string
  readonly configuration?: string | undefined
}

export interface GoverningOptions {
  readonly configurations: Pick<RecordStore<Configuration>, 'get'>
  readonly accounts: Pick<RecordStore<AccountRecord>, 'get'>
}

/** Reads what governs a caller; rejects with `store_unavailable` when nobody can tell. */
export type LoadGoverning = (caller: GovernedCaller) => Promise<Governing>

/**
 * Reads a caller's configuration and account together. Each version of them is made ready once, however many keys
 * link to it.
 */
export function createGoverning({ configurations, accounts }: GoverningOptions): LoadGoverning {
  const readyConfigurations = createReady(compileConfiguration)
  const readyAccounts = createReady(compileAccount)
  return async ({ account, configuration }) => {
    const [linked, own] = await Promise.all([
      configuration === undefined ? undefined : configurations.get(configuration),
      accounts.get(account),
    ])
    if (own) assertRecord(own.account === account, account)
    if (own?.disabled) return { refusal: 'account disabled' }
    if (linked) assertRecord(linked.id === configuration, linked.id)
    const isLinkable = linked && (linked.account === undefined || linked.account === account)
    if (configuration !== undefined && !isLinkable) return { refusal: 'configuration missing' }
    return {
      refusal: undefined,
      configuration: linked && readyConfigurations(linked.id, linked),
      account: own && readyAccounts(account, own),
    }
  }
}

/** A record that somebody else wrote must not pass for a policy, nor for a missing one. */
function assertRecord(isOurs: boolean, id: string): void {
  if (isOurs) return
  const cause = new Error(`The record "${id}" is not what it is stored as.`)
  throw new GatewayError({ code: 'store_unavailable', message: 'The store did not answer.', cause })
}

function compileConfiguration(record: Configuration): GoverningConfiguration {
  const { id, name, scope, limits, routing, timeouts, strategy, ipRanges, expiresAt, tags = [] } = record
  return {
    id,
    owner: `the configuration "${name}"`,
    scope: compileScope(scope),
    limits,
    tags,
    findSteps: compileRouting(routing),
    timeouts,
    strategy,
    admitsAddress: compileRanges(ipRanges),
    expiresAt,
  }
}

function compileAccount({ scope, limits, tags = [] }: AccountRecord): PolicyLayer {
  return { owner: 'the account', scope: compileScope(scope), limits, tags }
}

const mostReady = 10_000

interface Versioned {
  readonly version: number
}

/** Remembers the last version that it made ready of each record. */
function createReady<Stored extends Versioned, Ready>(compile: (record: Stored) => Ready) {
  const known = createRecentMap<{ readonly version: number; readonly ready: Ready }>(mostReady)
  return (id: string, record: Stored): Ready => {
    const last = known.get(id)
    if (last?.version === record.version) return last.ready
    const ready = compile(record)
    known.set(id, { version: record.version, ready })
    return ready
  }
}
