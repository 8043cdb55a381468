import { GatewayError } from '../errors/gateway-error.ts'
import type { RecordStore } from '../store/record-store.ts'
import { randomBase62 } from './base62.ts'
import { describeProviderKey, type KeyHealth } from './describe-provider-key.ts'
import { parseInput } from './parse-input.ts'
import { createProviderCredentials, type ProviderCredentials } from './provider-credentials.ts'
import {
  type CreateProviderKey,
  contextOf,
  createProviderKeySchema,
  type ProviderKey,
  type ProviderKeyFilter,
  type ProviderKeyRecord,
  providerKeyFilterSchema,
  type RotateProviderKey,
  rotateProviderKeySchema,
  type UpdateProviderKey,
  updateProviderKeySchema,
} from './provider-key.ts'
import { createProviderKeyStore, type ProviderKeyIndex, type ProviderKeyStore } from './provider-key-store.ts'
import { createRecentSecrets } from './recent-secrets.ts'
import { redactSecret } from './redact-secret.ts'
import { type ResealReport, resealItems, type SealedItem } from './reseal-items.ts'
import type { SealedSecret } from './secret-box.ts'
import { createSecretRing, type SecretRing } from './secret-ring.ts'

export interface ProviderKeysOptions {
  /** By the key's id. */
  readonly records: RecordStore<ProviderKeyRecord>
  /** Which keys each account has. */
  readonly index: RecordStore<ProviderKeyIndex>
  /** Encrypts the values at rest; at least 16 characters. Without it no key can be stored or used. */
  readonly secret?: string | undefined
  /** Secrets that values may still be encrypted under. */
  readonly previousSecrets?: readonly string[] | undefined
  /** How keys fare in this process. @default all are active */
  readonly health?: KeyHealth | undefined
  /**
   * What still needs a key, as text that names it: `the configuration "batch"`. @default nothing does
   */
  readonly isReferenced?: ((id: string) => Promise<string | undefined>) | undefined
  /** What else is encrypted under the secret, and so goes over to another one with the keys. @default nothing */
  readonly alsoSealed?: (() => AsyncIterable<SealedItem>) | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** How long other processes may go on using a key that was changed here. @default 4000 */
  readonly cacheMs?: number
}

/** What a pass of re-encryption is told. */
export interface ReencryptOptions {
  /** Secrets that values may be encrypted under, beside those that the gateway was given. */
  readonly from?: string | readonly string[] | undefined
  /** How many to write at most. @default all */
  readonly limit?: number | undefined
}

/** The accounts' own upstream credentials. Nothing but `secretsFor` ever gives a value back. */
export interface ProviderKeys {
  /** @throws GatewayError `invalid_request` that names the member at fault, or `secret` when it is not set. */
  create(input: CreateProviderKey): Promise<ProviderKey>
  get(id: string): Promise<ProviderKey | undefined>
  /** In the order of creation: of everybody, of an account, or as a filter says. */
  list(filter?: string | ProviderKeyFilter): Promise<ProviderKey[]>
  /** @throws GatewayError `invalid_request` that names the member at fault, or `id` when there is no such key. */
  update(id: string, input: UpdateProviderKey): Promise<ProviderKey>
  /** Replaces the value and keeps the id; what was known of the old value's troubles is forgotten. */
  rotate(id: string, input: RotateProviderKey): Promise<ProviderKey>
  /**
   * Resolves to whether there was such a key.
   *
   * @throws GatewayError `in_use` (409) while something names it.
   */
  delete(id: string): Promise<boolean>
  /**
   * Encrypts under the present secret what is encrypted under one before: provider keys, and the secrets of stored
   * providers. Repeat it until nothing remains; after
   * that the old secret is needed no more. It can be ended at any time and never undoes a rotation.
   *
   * @example
   * await gateway.providerKeys.reencrypt({ from: oldSecret }) // { resealed: 12, remaining: 0 }
   */
  reencrypt(options?: ReencryptOptions): Promise<ResealReport>
  /**
   * An account's enabled credentials for a provider, oldest first: at once when they were read within `cacheMs`;
   * `allDisabled` where there are some, but none that is enabled. Rejects when one cannot be decrypted, since going
   * on without it would spend credits in its place.
   */
  secretsFor: ProviderCredentials['secretsFor']
  /** Values that were in the clear here lately, for whoever must not show them. */
  recentSecrets(): Iterable<string>
}

/**
 * Provider keys over a store, encrypted under the operator's secret.
 *
 * @throws Error when the secret is shorter than 16 characters.
 * @example
 * const providerKeys = createProviderKeys({
 *   records: store.records('provider-keys'),
 *   index: store.records('provider-keys-of'),
 *   secret,
 * })
 * await providerKeys.create({ account: 'acme', provider: 'openai', name: 'main', value: 'sk-…' })
 */
export function createProviderKeys(options: ProviderKeysOptions): ProviderKeys {
  const {
    records,
    index,
    secret,
    previousSecrets,
    health,
    isReferenced,
    alsoSealed,
    now = Date.now,
    cacheMs = 4000,
  } = options
  const ring = secret === undefined ? undefined : createSecretRing(secret, previousSecrets)
  const store = createProviderKeyStore({ records, index, now })
  const recent = createRecentSecrets()

  const requireRing = (): SecretRing => {
    if (ring) return ring
    const message = 'Provider keys are encrypted at rest: set the option "secret" (TOLLGATE_SECRET) first.'
    throw new GatewayError({ code: 'invalid_request', message, param: 'secret' })
  }
  const open = async (record: ProviderKeyRecord): Promise<string> => {
    try {
      return recent.add(await requireRing().open(record.sealed, contextOf(record)))
    } catch (cause) {
      throw new Error(`The provider key "${record.id}" cannot be decrypted.`, { cause })
    }
  }
  const { secretsFor, forget } = createProviderCredentials({ store, open, now, cacheMs })
  const describe = (record: ProviderKeyRecord) => describeProviderKey(record, health)
  const change = async (id: string, next: (current: ProviderKeyRecord) => ProviderKeyRecord) => {
    const known = await existing(id)
    const changed = await store
      .alter(id, (current) => (current ? next(current) : undefined))
      .finally(() => forget(known.account))
    if (!changed) throw unknownKey(id)
    return changed
  }
  const existing = async (id: string): Promise<ProviderKeyRecord> => {
    const record = await store.get(id)
    if (!record) throw unknownKey(id)
    return record
  }

  return {
    create: async (input) => {
      const { value, ...named } = parseInput(createProviderKeySchema, input)
      const key = { id: `pk_${randomBase62(12)}`, ...named, redacted: redactSecret(value), createdAt: now() }
      const record = { ...key, sealed: await requireRing().seal(recent.add(value), contextOf(key)) }
      await store.add(record).finally(() => forget(key.account))
      return describe(record)
    },
    get: async (id) => {
      const record = await store.get(id)
      return record && describe(record)
    },
    list: async (filter = {}) => {
      const wanted = parseInput(
        providerKeyFilterSchema,
        typeof filter === 'string' ? { account: filter } : filter,
      )
      return (await findKeys(store, wanted)).map(describe)
    },
    update: async (id, input) => {
      const { name, disabled, metadata } = parseInput(updateProviderKeySchema, input)
      const changed = await change(id, (current) => {
        const { disabled: wasDisabled, metadata: before, ...kept } = current
        const isDisabled = disabled === undefined ? wasDisabled : disabled === true
        const notes = metadata === undefined ? before : (metadata ?? undefined)
        return {
          ...kept,
          ...(name !== undefined && { name }),
          ...(isDisabled && { disabled: true }),
          ...(notes !== undefined && { metadata: notes }),
          updatedAt: now(),
        }
      })
      return describe(changed)
    },
    rotate: async (id, input) => {
      const { value, name } = parseInput(rotateProviderKeySchema, input)
      const sealed = await requireRing().seal(recent.add(value), contextOf(await existing(id)))
      const changes = {
        sealed,
        redacted: redactSecret(value),
        rotatedAt: now(),
        ...(name !== undefined && { name }),
      }
      const rotated = change(id, (current) => ({ ...current, ...changes }))
      return describe(await rotated.finally(() => health?.forget(id)))
    },
    delete: async (id) => {
      const record = await store.get(id)
      if (!record) return false
      const user = await isReferenced?.(id)
      if (user !== undefined) throw inUse(id, user)
      return await store.remove(record).finally(() => {
        forget(record.account)
        health?.forget(id)
      })
    },
    reencrypt: async ({ from = [], limit = Number.POSITIVE_INFINITY } = {}) => {
      const previous = typeof from === 'string' ? [from] : from
      const items = everySealed([sealedKeys(records, store), ...(alsoSealed ? [alsoSealed()] : [])])
      return await resealItems(items, { ring: requireRing().with(previous), limit })
    },
    secretsFor,
    recentSecrets: recent.values,
  }
}

async function findKeys(
  store: ProviderKeyStore,
  { account, provider }: ProviderKeyFilter,
): Promise<ProviderKeyRecord[]> {
  const isWanted = (key: { readonly provider: string }) => provider === undefined || key.provider === provider
  if (account === undefined) return (await store.all()).filter(isWanted)
  const keys = await store.indexOf(account)
  return await store.read(keys.filter(isWanted).map(({ id }) => id))
}

async function* everySealed(sources: readonly AsyncIterable<SealedItem>[]): AsyncGenerator<SealedItem> {
  for (const source of sources) yield* source
}

/** Every key, and on the way each of them is put into the index where that lacks it. */
async function* sealedKeys(
  records: RecordStore<ProviderKeyRecord>,
  store: ProviderKeyStore,
): AsyncGenerator<SealedItem> {
  for await (const [id, record] of records.list()) {
    await store.reindex(record)
    yield {
      sealed: record.sealed,
      context: contextOf(record),
      replace: async (next) => {
        let present: SealedSecret | undefined
        await store.alter(id, (current) => {
          const isSame = current?.sealed.data === record.sealed.data
          present = isSame ? next : current?.sealed
          return isSame && current ? { ...current, sealed: next } : undefined
        })
        return present
      },
    }
  }
}

function unknownKey(id: string): GatewayError {
  return new GatewayError({
    code: 'invalid_request',
    message: `There is no provider key "${id}".`,
    param: 'id',
  })
}

function inUse(id: string, user: string): GatewayError {
  const message = `The provider key "${id}" is used by ${user}.`
  return new GatewayError({ code: 'in_use', message, param: 'id' })
}
