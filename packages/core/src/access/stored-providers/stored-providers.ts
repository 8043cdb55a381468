import { GatewayError } from '../../errors/gateway-error.ts'
import type { ProviderOptions } from '../../options/options.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { assertVersion, versionSchema, withoutNull } from '../member-input.ts'
import { parseInput } from '../parse-input.ts'
import type { OpenedSecrets, ProviderSecrets } from './provider-secrets.ts'
import type {
  Provider,
  ProviderDescription,
  SealedProviderSecrets,
  StoredProviderRecord,
} from './stored-provider.ts'
import {
  type CreateProvider,
  createProviderSchemas,
  type ProviderShape,
  type UpdateProvider,
} from './stored-provider-input.ts'

/** Secrets as requests carry them: without spaces around, names in small letters. */
interface ReadSecrets {
  readonly apiKey?: string | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** What holds for providers of the options, and so for stored ones. */
export interface ProviderRules {
  readonly shape: ProviderShape
  /**
   * What requests carry of what was given.
   *
   * @throws GatewayError `invalid_request` that names the member at fault.
   */
  configure(id: string, options: ProviderOptions): ReadSecrets
  /** Why nobody may take an id: `is built in`. */
  reserved(id: string): string | undefined
}

/** The providers that this process reaches. */
export interface ProviderTable {
  /** Those of the options first, then the stored ones in the order of creation, as the store has them now. */
  list(): Promise<Provider[]>
  describe(record: StoredProviderRecord): Provider
  /** Resolves once calls go by it; undefined for one that is gone. */
  changed(id: string, record: StoredProviderRecord | undefined): Promise<void>
}

export interface StoredProvidersOptions {
  readonly records: RecordStore<StoredProviderRecord>
  readonly rules: ProviderRules
  readonly secrets: ProviderSecrets
  readonly table: ProviderTable
  /** What names a provider, in words: `2 provider keys (pk_1, pk_2)`. */
  readonly referencesOf: (id: string) => Promise<readonly string[]>
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/**
 * Providers that an operator makes at run time, beside those of the options. Every method rejects with
 * `store_unavailable` when the store is. A change holds for the next call here, and for those of other processes
 * within 4 s. This is the operator's alone: who can set a base URL can read what is sent there.
 */
export interface Providers {
  /**
   * @throws GatewayError `invalid_request` that names the member at fault, `id` where it is taken, or `secret` where
   * there is an `apiKey` or `headers` and the gateway has no secret.
   */
  create(input: CreateProvider): Promise<Provider>
  get(id: string): Promise<Provider | undefined>
  /** Every provider that the gateway has: those of the options, and then stored ones in the order of creation. */
  list(): Promise<Provider[]>
  /**
   * @param options `version` is what the change is based on; without it, it is made to whatever is stored.
   * @throws GatewayError `invalid_request` that names the member at fault, or `version_conflict`.
   */
  update(id: string, patch: UpdateProvider, options?: { readonly version?: number }): Promise<Provider>
  /**
   * Resolves to whether there was such a provider. Calls under way there go on to their end.
   *
   * @throws GatewayError `in_use` (409) while provider keys, configurations or virtual models name it, with those.
   */
  delete(id: string): Promise<boolean>
}

/**
 * Stored providers over a store, their secrets encrypted.
 *
 * @example
 * await providers.create({ id: 'local', baseUrl: 'http://localhost:11434/v1', models: { small: { price } } })
 * await providers.update('local', { disabled: true }, { version: 1 })
 */
export function createStoredProviders(options: StoredProvidersOptions): Providers {
  const { records, rules, secrets, table, referencesOf, now = Date.now } = options
  const schemas = createProviderSchemas(rules.shape)

  const assertFree = (id: string) => {
    const why = rules.reserved(id)
    if (why !== undefined) throw wrong('id', why)
  }
  /** What is given is checked with the rest of it, and only what is given is sealed. */
  const checkSecrets = (id: string, whole: ProviderOptions, { apiKey, headers }: GivenSecrets) => {
    const checked = rules.configure(id, {
      ...whole,
      ...(apiKey != null && { apiKey }),
      ...(headers != null && { headers }),
    })
    const given: OpenedSecrets = {
      ...(apiKey != null && checked.apiKey !== undefined && { apiKey: checked.apiKey }),
      ...(isSome(headers) && { headers: checked.headers }),
    }
    return given
  }
  const assertUnused = async (id: string) => {
    // What is left out, because the options have one of its name, is named by nobody.
    const references = rules.reserved(id) === undefined ? await referencesOf(id) : []
    if (references.length > 0) throw inUse(id, references)
  }

  return {
    create: async (input) => {
      const { id, apiKey, headers, ...given } = parseInput(schemas.create, input)
      assertFree(id)
      const opened = checkSecrets(id, optionsOf(given as ProviderDescription), { apiKey, headers })
      if (await records.get(id)) throw taken()
      const secret = withSecrets({}, { apiKey, headers }, await seal(secrets, id, opened))
      const at = now()
      const record = {
        id,
        ...given,
        ...secret,
        version: 1,
        createdAt: at,
        updatedAt: at,
      } as StoredProviderRecord
      await records.alter(id, (current) => {
        if (current) throw taken()
        return record
      })
      await table.changed(id, record)
      return table.describe(record)
    },
    get: async (id) => (await table.list()).find((each) => each.id === id),
    list: table.list,
    update: async (id, patch, given = {}) => {
      assertFree(id)
      const { apiKey, headers, ...plain } = parseInput(schemas.update, patch)
      const { version: expected } = parseInput(versionSchema, given)
      const merge = (current: StoredProviderRecord | undefined) => {
        if (!current) throw wrong('id', `names no stored provider: "${id}"`)
        assertVersion({ what: 'provider', id, stored: current.version, expected })
        return withoutNull({ ...current, ...plain } as StoredProviderRecord)
      }
      const opened = checkSecrets(id, optionsOf(merge(await records.get(id))), { apiKey, headers })
      const sealed = await seal(secrets, id, opened)
      const record = await records.alter(id, (current): StoredProviderRecord => {
        const next = merge(current)
        rules.configure(id, optionsOf(next))
        const secret = withSecrets(next, { apiKey, headers }, sealed)
        return { ...next, ...secret, version: next.version + 1, updatedAt: now() }
      })
      await table.changed(id, record)
      return table.describe(record)
    },
    delete: async (id) => {
      const record = await records.get(id)
      if (!record) {
        assertFree(id)
        return false
      }
      await assertUnused(id)
      const wasThere = await records.delete(id)
      try {
        // Something may have come to name it since the first look.
        await assertUnused(id)
      } catch (error) {
        await records.create(id, record)
        throw error
      }
      await table.changed(id, undefined)
      return wasThere
    },
  }
}

/** No headers are nothing to seal. */
function isSome(headers: GivenSecrets['headers']): boolean {
  return headers != null && Object.keys(headers).length > 0
}

interface GivenSecrets {
  readonly apiKey: string | null | undefined
  readonly headers: Readonly<Record<string, string>> | null | undefined
}

interface Sealed {
  readonly sealed: SealedProviderSecrets
  readonly headerNames: readonly string[]
}

async function seal(secrets: ProviderSecrets, id: string, opened: OpenedSecrets): Promise<Sealed> {
  return { sealed: await secrets.seal(id, opened), headerNames: Object.keys(opened.headers ?? {}) }
}

/** What was given takes the place of what was there, and null of nothing. */
function withSecrets(
  { sealed: before = {}, headerNames: names = [] }: Partial<Sealed>,
  { apiKey, headers }: GivenSecrets,
  { sealed, headerNames }: Sealed,
): Sealed {
  const { apiKey: oldKey, headers: oldHeaders } = before
  return {
    sealed: {
      ...(apiKey === undefined && oldKey && { apiKey: oldKey }),
      ...(headers === undefined && oldHeaders && { headers: oldHeaders }),
      ...sealed,
    },
    headerNames: headers === undefined ? names : headerNames,
  }
}

/** A record, or what is given for one, as the option would have it, without secrets. */
export function optionsOf(record: Partial<StoredProviderRecord>): ProviderOptions {
  const { baseUrl, query, dialects, parameters, allowPrivateNetwork, disabled, models } = record
  const given = { baseUrl, query, dialects, parameters, allowPrivateNetwork, disabled, models }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function taken(): GatewayError {
  return wrong('id', 'is taken already')
}

function wrong(param: string, problem: string): GatewayError {
  return new GatewayError({ code: 'invalid_request', message: `"${param}" ${problem}.`, param })
}

function inUse(id: string, references: readonly string[]): GatewayError {
  const message = `The provider "${id}" is named by ${references.join(', ')}.`
  return new GatewayError({ code: 'in_use', message, param: 'id' })
}
