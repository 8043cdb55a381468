import { GatewayError } from '../../errors/gateway-error.ts'
import type { ProviderOptions } from '../../options/options.ts'
import { assertVersion, versionSchema, withoutNull } from '../member-input.ts'
import { parseInput } from '../parse-input.ts'
import { givenOptions, onlyGiven, type ReadSecrets, sealGiven, withSecrets } from './given-secrets.ts'
import type { ProviderRecords } from './provider-records.ts'
import type { ProviderSecrets } from './provider-secrets.ts'
import type { Providers } from './providers.ts'
import {
  optionsOf,
  type Provider,
  type ProviderDescription,
  type StoredProviderRecord,
} from './stored-provider.ts'
import { createProviderSchemas, type ProviderShape } from './stored-provider-input.ts'

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
  readonly records: ProviderRecords
  readonly rules: ProviderRules
  readonly secrets: ProviderSecrets
  readonly table: ProviderTable
  /** What names a provider, in words: `2 provider keys (pk_1, pk_2)`. */
  readonly referencesOf: (id: string) => Promise<readonly string[]>
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
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
  const assertUnused = async (id: string) => {
    // What is left out, because the options have one of its name, is named by nobody.
    const references = rules.reserved(id) === undefined ? await referencesOf(id) : []
    if (references.length > 0) throw inUse(id, references)
  }

  return {
    create: async (input) => {
      const { id, apiKey, headers, ...given } = parseInput(schemas.create, input)
      assertFree(id)
      const members = { apiKey, headers }
      const options = { ...optionsOf(given as ProviderDescription), ...givenOptions(members) }
      const opened = onlyGiven(rules.configure(id, options), members)
      if (await records.get(id)) throw taken()
      const secret = withSecrets({}, members, await sealGiven(secrets, id, opened))
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
      const members = { apiKey, headers }
      const checked = { ...optionsOf(merge(await records.get(id))), ...givenOptions(members) }
      const opened = onlyGiven(rules.configure(id, checked), members)
      const sealed = await sealGiven(secrets, id, opened)
      const record = await records.alter(id, (current): StoredProviderRecord => {
        const next = merge(current)
        rules.configure(id, optionsOf(next))
        const secret = withSecrets(next, members, sealed)
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
        await records.alter(id, (current) => current ?? record)
        throw error
      }
      await table.changed(id, undefined)
      return wasThere
    },
  }
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
