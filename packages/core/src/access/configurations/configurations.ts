import { z } from 'zod'
import { GatewayError } from '../../errors/gateway-error.ts'
import { collect } from '../../store/collect.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { randomBase62 } from '../base62.ts'
import { accountName, assertFuture, assertVersion, versionSchema, withoutNull } from '../member-input.ts'
import { parseInput } from '../parse-input.ts'
import type { PolicyNames } from '../policies/policy-names.ts'
import { namedKeys, type RoutingContext, resolveRouting } from '../policies/routing-input.ts'
import { resolveScope } from '../policies/scope-input.ts'
import type { Configuration, LinkedConfiguration } from './configuration.ts'
import {
  type CreateConfiguration,
  createConfigurationSchema,
  type UpdateConfiguration,
  updateConfigurationSchema,
} from './configuration-input.ts'

export interface ConfigurationsOptions {
  readonly records: RecordStore<Configuration>
  readonly names: PolicyNames
  readonly findProviderKey: RoutingContext['findProviderKey']
  /** How many keys link to it that are not revoked. */
  readonly countKeys: (configuration: string) => Promise<number>
  /** Called after every change, successful or not. */
  readonly onChange: () => void
  readonly now: () => number
}

/**
 * Policies that keys link to. Every method rejects with `store_unavailable` when the store is. A change is in force
 * here once it resolves, in other processes within a few seconds.
 */
export interface Configurations {
  /** @throws GatewayError `invalid_request` that names the member at fault. */
  create(input: CreateConfiguration): Promise<Configuration>
  /** Reads every key to count those that link to it. */
  get(id: string): Promise<LinkedConfiguration | undefined>
  /**
   * In the order of creation.
   *
   * @param filter `account`: those that only its keys can link to.
   */
  list(filter?: { readonly account?: string | undefined }): Promise<Configuration[]>
  /**
   * @param options `version` is what the change is based on; without it, it is made to whatever is stored.
   * @throws GatewayError `invalid_request` that names the member at fault, or `version_conflict`.
   */
  update(
    id: string,
    patch: UpdateConfiguration,
    options?: { readonly version?: number },
  ): Promise<Configuration>
  /**
   * Resolves to whether there was such a configuration.
   *
   * @throws GatewayError `in_use` while keys link to it, with their number.
   */
  delete(id: string): Promise<boolean>
  /** How many configurations have a rule that names a provider key. */
  countProviderKey(providerKey: string): Promise<number>
}

const listSchema = z.strictObject({ account: accountName.optional() })

/**
 * Access key configurations over a store.
 *
 * @example
 * const { id } = await configurations.create({ name: 'cheap', scope: { models: { allow: ['gpt-4o-mini'] } } })
 * await configurations.update(id, { limits: { rpm: 60 } }, { version: 1 })
 */
export function createConfigurations(options: ConfigurationsOptions): Configurations {
  const { records, names, findProviderKey, countKeys, onChange, now } = options

  const resolve = async ({ scope, routing }: NamedParts, account: string | undefined) => ({
    ...(scope && { scope: resolveScope(scope, names) }),
    ...(routing && { routing: await resolveRouting(routing, { names, account, findProviderKey }) }),
  })
  const readAll = async () => (await collect(records.list())).map(([, record]) => record)
  const assertUnused = async (id: string) => {
    const count = await countKeys(id)
    if (count > 0) throw inUse(id, count)
  }

  return {
    create: async (input) => {
      const parsed = parseInput(createConfigurationSchema, input)
      assertFuture(parsed.expiresAt, now())
      const named = await resolve(parsed, parsed.account)
      const at = now()
      const id = `cfg_${randomBase62(12)}`
      const record = { id, ...parsed, ...named, version: 1, createdAt: at, updatedAt: at } as Configuration
      await records.create(id, record).finally(onChange)
      return record
    },
    get: async (id) => {
      const record = await records.get(id)
      return record && { ...record, keyCount: await countKeys(id) }
    },
    list: async (filter = {}) => {
      const { account } = parseInput(listSchema, filter)
      return (await readAll())
        .filter((record) => account === undefined || record.account === account)
        .sort((left, right) => left.createdAt - right.createdAt)
    },
    update: async (id, patch, given = {}) => {
      const parsed = parseInput(updateConfigurationSchema, patch)
      const { version: expected } = parseInput(versionSchema, given)
      assertFuture(parsed.expiresAt, now())
      const found = await records.get(id)
      if (!found) throw unknownConfiguration(id)
      const named = await resolve(parsed, found.account)
      return records
        .alter(id, (current): Configuration => {
          if (!current) throw unknownConfiguration(id)
          const { version } = current
          assertVersion({ what: 'access key configuration', id, stored: version, expected })
          const next = { ...current, ...parsed, ...named, version: version + 1, updatedAt: now() }
          return withoutNull(next as Configuration)
        })
        .finally(onChange)
    },
    delete: async (id) => {
      const record = await records.get(id)
      if (!record) return false
      await assertUnused(id)
      const wasThere = await records.delete(id).finally(onChange)
      try {
        // A key may have been linked since the first look; whoever did that has looked again, too.
        await assertUnused(id)
      } catch (error) {
        await records.create(id, record).finally(onChange)
        throw error
      }
      return wasThere
    },
    countProviderKey: async (providerKey) => {
      const naming = (await readAll()).filter(({ routing }) =>
        routing?.rules.some(({ steps }) => namedKeys(steps).includes(providerKey)),
      )
      return naming.length
    },
  }
}

interface NamedParts {
  readonly scope?: CreateConfiguration['scope'] | null
  readonly routing?: CreateConfiguration['routing'] | null
}

function inUse(id: string, count: number): GatewayError {
  const keys = count === 1 ? '1 access key links' : `${count} access keys link`
  return new GatewayError({ code: 'in_use', message: `${keys} to the configuration "${id}".`, param: 'id' })
}

function unknownConfiguration(id: string): GatewayError {
  const message = `There is no access key configuration "${id}".`
  return new GatewayError({ code: 'invalid_request', message, param: 'id' })
}
