import { GatewayError } from '../errors/gateway-error.ts'
import { collect } from '../store/collect.ts'
import type { RecordStore } from '../store/record-store.ts'
import { randomBase62 } from './base62.ts'
import { parseInput } from './parse-input.ts'
import { createProviderCredentials, type ProviderCredentials } from './provider-credentials.ts'
import {
  type CreateProviderKey,
  createProviderKeySchema,
  describeProviderKey,
  type ProviderKey,
  type ProviderKeyRecord,
  rotateProviderKeySchema,
} from './provider-key.ts'
import { createRecentSecrets } from './recent-secrets.ts'
import { redactSecret } from './redact-secret.ts'
import { createSecretBox } from './secret-box.ts'
import { takeTurns } from './take-turns.ts'

export interface ProviderKeysOptions {
  readonly records: RecordStore<ProviderKeyRecord>
  /** Encrypts the values at rest; at least 16 characters. Without it no key can be stored or used. */
  readonly secret?: string | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** How long other processes may go on using a key that was changed here. @default 4000 */
  readonly cacheMs?: number
}

/** The accounts' own upstream credentials. Nothing but `secretsFor` ever gives a value back. */
export interface ProviderKeys {
  /** @throws GatewayError `invalid_request` that names the member at fault, or `secret` when it is not set. */
  create(input: CreateProviderKey): Promise<ProviderKey>
  /** In the order of creation. */
  list(account?: string): Promise<ProviderKey[]>
  /** Replaces the value and keeps the id. */
  rotate(id: string, input: { readonly value: string }): Promise<ProviderKey>
  /** Resolves to whether there was such a key. */
  delete(id: string): Promise<boolean>
  /**
   * An account's credentials for a provider, oldest first: at once when they were read within `cacheMs`.
   * Rejects when one cannot be decrypted, since going on without it would spend credits in its place.
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
 * const providerKeys = createProviderKeys({ records: store.records('provider-keys'), secret })
 * await providerKeys.create({ account: 'acme', provider: 'openai', name: 'main', value: 'sk-…' })
 */
export function createProviderKeys(options: ProviderKeysOptions): ProviderKeys {
  const { records, secret, now = Date.now, cacheMs = 4000 } = options
  const box = secret === undefined ? undefined : createSecretBox(secret)
  const inTurn = takeTurns()
  const recent = createRecentSecrets()

  const load = async (): Promise<ProviderKeyRecord[]> => {
    const stored = (await collect(records.list())).map(([, record]) => record)
    return stored.sort((left, right) => left.createdAt - right.createdAt)
  }
  const open = async (record: ProviderKeyRecord): Promise<string> => {
    try {
      return recent.add(await requireBox().open(record.sealed, contextOf(record)))
    } catch (cause) {
      throw new Error(`The provider key "${record.id}" cannot be decrypted.`, { cause })
    }
  }
  const requireBox = () => {
    if (box) return box
    const message = 'Provider keys are encrypted at rest: set the option "secret" (TOLLGATE_SECRET) first.'
    throw new GatewayError({ code: 'invalid_request', message, param: 'secret' })
  }
  const { secretsFor, forget } = createProviderCredentials({ load, open, now, cacheMs })

  return {
    create: async (input) => {
      const { value, ...named } = parseInput(createProviderKeySchema, input)
      const key = { id: `pk_${randomBase62(12)}`, ...named, redacted: redactSecret(value), createdAt: now() }
      const record = { ...key, sealed: await requireBox().seal(recent.add(value), contextOf(key)) }
      await records.create(key.id, record).finally(forget)
      return key
    },
    list: async (account) => {
      const stored = await load()
      return stored
        .filter((record) => account === undefined || record.account === account)
        .map(describeProviderKey)
    },
    rotate: (id, input) =>
      inTurn(id, async () => {
        const { value } = parseInput(rotateProviderKeySchema, input)
        const record = await records.get(id)
        if (!record) throw unknownKey(id)
        const sealed = await requireBox().seal(recent.add(value), contextOf(record))
        const rotated = { ...record, sealed, redacted: redactSecret(value), rotatedAt: now() }
        await records.put(id, rotated).finally(forget)
        return describeProviderKey(rotated)
      }),
    delete: (id) => inTurn(id, () => records.delete(id).finally(forget)),
    secretsFor,
    recentSecrets: recent.values,
  }
}

/** A ciphertext moved to another account, provider or key does not open. */
function contextOf({ account, provider, id }: Pick<ProviderKey, 'account' | 'provider' | 'id'>): string[] {
  return [account, provider, id]
}

function unknownKey(id: string): GatewayError {
  return new GatewayError({
    code: 'invalid_request',
    message: `There is no provider key "${id}".`,
    param: 'id',
  })
}
