import { createRecentMap } from '../memory/recent-map.ts'
import type { ProviderKeyRecord } from './provider-key.ts'
import type { ProviderKeyStore } from './provider-key-store.ts'
import { type Redacted, redacted } from './redacted.ts'

/** A provider key in the clear, for one request. */
export type ProviderCredential = Redacted<{ readonly id: string }>

export interface ProviderCredentialsOptions {
  readonly store: Pick<ProviderKeyStore, 'indexOf' | 'read'>
  readonly open: (record: ProviderKeyRecord) => Promise<string>
  readonly now: () => number
  readonly cacheMs: number
  /** Accounts that are remembered. @default 10_000 */
  readonly size?: number
}

export interface ProviderCredentials {
  secretsFor(
    account: string,
    provider: string,
  ): readonly ProviderCredential[] | Promise<readonly ProviderCredential[]>
  /** Forgets what was read of an account, what is being read included. */
  forget(account: string): void
}

/** What an account has, as it was read. */
interface Holding {
  readonly at: number
  /** By provider. */
  readonly slots: ReadonlyMap<string, Slot>
}

/** Read and decrypted when first asked for. */
interface Slot {
  readonly ids: readonly string[]
  opened?: readonly ProviderCredential[]
}

const none: readonly ProviderCredential[] = Object.freeze([])

/**
 * What `secretsFor` gives for an account whose keys for a provider are all disabled: nothing to use, and no leave to
 * spend credits in their place.
 */
export const allDisabled: readonly ProviderCredential[] = Object.freeze([])

/**
 * A short-lived picture of each account's keys, of accounts without any above all; it is renewed behind the back of
 * calls once half of its life is over.
 */
export function createProviderCredentials(options: ProviderCredentialsOptions): ProviderCredentials {
  const { store, open, now, cacheMs, size = 10_000 } = options
  const holdings = createRecentMap<Holding>(size)
  const pending = new Map<string, Promise<Holding>>()

  const openAll = async (slot: Slot): Promise<readonly ProviderCredential[]> => {
    if (slot.opened) return slot.opened
    const records = await store.read(slot.ids)
    const enabled = records.filter(({ disabled }) => !disabled)
    const opened = await Promise.all(
      enabled.map(async (record) => redacted({ id: record.id }, await open(record))),
    )
    slot.opened = opened.length === 0 ? (records.length === 0 ? none : allDisabled) : opened
    return slot.opened
  }
  /** What was opened before is opened again, so that calls need not wait for it. */
  const read = async (account: string): Promise<Holding> => {
    const before = holdings.get(account)?.slots
    const holding = { at: now(), slots: arrange(await store.indexOf(account)) }
    const used = [...holding.slots].filter(([provider]) => before?.get(provider)?.opened)
    await Promise.all(used.map(([, slot]) => openAll(slot)))
    return holding
  }
  const readOnce = (account: string): Promise<Holding> => {
    const known = pending.get(account)
    if (known) return known
    const isCurrent = () => pending.get(account) === reading
    const reading: Promise<Holding> = read(account).then(
      (holding) => {
        // It was changed meanwhile: what was read may be of before.
        if (!isCurrent()) return readOnce(account)
        pending.delete(account)
        holdings.set(account, holding)
        return holding
      },
      (error: unknown) => {
        if (isCurrent()) pending.delete(account)
        throw error
      },
    )
    pending.set(account, reading)
    return reading
  }
  const answer = ({ slots }: Holding, provider: string) => {
    const slot = slots.get(provider)
    return slot ? (slot.opened ?? openAll(slot)) : none
  }

  return {
    secretsFor: (account, provider) => {
      const holding = holdings.get(account)
      const age = holding ? now() - holding.at : cacheMs
      if (!holding || age >= cacheMs) return readOnce(account).then((held) => answer(held, provider))
      // A failure shows when the picture is too old to use, to the calls that then have to wait.
      if (age >= cacheMs / 2) readOnce(account).catch(() => {})
      return answer(holding, provider)
    },
    forget: (account) => {
      holdings.delete(account)
      pending.delete(account)
    },
  }
}

const empty: ReadonlyMap<string, Slot> = new Map()

function arrange(
  keys: readonly { readonly id: string; readonly provider: string }[],
): ReadonlyMap<string, Slot> {
  if (keys.length === 0) return empty
  const byProvider = Map.groupBy(keys, ({ provider }) => provider)
  return new Map(Array.from(byProvider, ([provider, own]) => [provider, { ids: own.map(({ id }) => id) }]))
}
