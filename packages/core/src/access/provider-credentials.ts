import type { ProviderKeyRecord } from './provider-key.ts'
import { type Redacted, redacted } from './redacted.ts'

/** A provider key in the clear, for one request. */
export type ProviderCredential = Redacted<{ readonly id: string }>

export interface ProviderCredentialsOptions {
  /** Every provider key, in the order of creation. */
  readonly load: () => Promise<readonly ProviderKeyRecord[]>
  readonly open: (record: ProviderKeyRecord) => Promise<string>
  readonly now: () => number
  readonly cacheMs: number
}

export interface ProviderCredentials {
  secretsFor(
    account: string,
    provider: string,
  ): readonly ProviderCredential[] | Promise<readonly ProviderCredential[]>
  /** Forgets what was read, what is being read included. */
  forget(): void
}

interface Snapshot {
  readonly at: number
  /** By account, then by provider. */
  readonly slots: ReadonlyMap<string, ReadonlyMap<string, Slot>>
}

/** Decrypted when first asked for. */
interface Slot {
  readonly records: ProviderKeyRecord[]
  opened?: readonly ProviderCredential[]
}

const none: readonly ProviderCredential[] = []

/**
 * A short-lived picture of all provider keys. One look at the store answers for every account, above all
 * for the many that have none; it is renewed behind the back of calls once half of its life is over.
 */
export function createProviderCredentials(options: ProviderCredentialsOptions): ProviderCredentials {
  const { load, open, now, cacheMs } = options
  let snapshot: Snapshot | undefined
  let pending: Promise<Snapshot> | undefined
  let generation = 0

  const read = async (): Promise<Snapshot> => {
    for (;;) {
      const [started, at] = [generation, now()]
      const records = await load()
      if (started !== generation) continue
      snapshot = { at, slots: arrange(records) }
      return snapshot
    }
  }
  const readOnce = (): Promise<Snapshot> => {
    if (pending) return pending
    const reading = read().finally(() => {
      if (pending === reading) pending = undefined
    })
    pending = reading
    return reading
  }
  const openAll = async (slot: Slot): Promise<readonly ProviderCredential[]> => {
    slot.opened ??= await Promise.all(
      slot.records.map(async (record) => redacted({ id: record.id }, await open(record))),
    )
    return slot.opened
  }
  const answer = ({ slots }: Snapshot, account: string, provider: string) => {
    const slot = slots.get(account)?.get(provider)
    return slot ? (slot.opened ?? openAll(slot)) : none
  }

  return {
    secretsFor: (account, provider) => {
      const age = snapshot ? now() - snapshot.at : cacheMs
      if (!snapshot || age >= cacheMs) return readOnce().then((read) => answer(read, account, provider))
      // A failure shows when the picture is too old to use, to the calls that then have to wait.
      if (age >= cacheMs / 2) readOnce().catch(() => {})
      return answer(snapshot, account, provider)
    },
    forget: () => {
      generation += 1
      snapshot = undefined
      pending = undefined
    },
  }
}

function arrange(records: readonly ProviderKeyRecord[]): Map<string, Map<string, Slot>> {
  const slots = new Map<string, Map<string, Slot>>()
  for (const record of records) {
    const ofAccount = slots.get(record.account) ?? new Map<string, Slot>()
    const slot = ofAccount.get(record.provider) ?? { records: [] }
    slot.records.push(record)
    slots.set(record.account, ofAccount.set(record.provider, slot))
  }
  return slots
}
