import { type Access, createAccess } from './access/access.ts'
import type { PolicyNames } from './access/policies/policy-names.ts'
import type { ProviderKeyRecord } from './access/provider-key.ts'
import type { ProviderKeys } from './access/provider-keys.ts'
import { GatewayError } from './errors/gateway-error.ts'
import type { LiveTable } from './gateway-live-providers.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'
import { builtInProviders } from './providers/built-in.ts'
import type { Store } from './store/open-store.ts'
import type { RecordStore } from './store/record-store.ts'

export interface GatewayAccessParts {
  readonly resolved: Pick<ResolvedOptions, 'logger'>
  readonly live: LiveTable
  readonly store: Store
  readonly providerKeys: RecordStore<ProviderKeyRecord>
}

/** Keys, configurations and accounts, with the names of this gateway's providers and models. */
export function createGatewayAccess({ resolved, live, store, providerKeys }: GatewayAccessParts): Access {
  return createAccess({
    records: store.records,
    names: createPolicyNames(live),
    findProviderKey: (id) => providerKeys.get(id),
    logger: resolved.logger,
  })
}

/** Provider keys that cannot be deleted while a routing rule names them. */
export function guardProviderKeys<Keys extends Pick<ProviderKeys, 'delete'>>(
  providerKeys: Keys,
  { configurations }: Pick<Access, 'configurations'>,
): Keys {
  return {
    ...providerKeys,
    delete: async (id) => {
      const count = await configurations.countProviderKey(id)
      if (count === 0) return providerKeys.delete(id)
      const rules =
        count === 1 ? '1 access key configuration names' : `${count} access key configurations name`
      const message = `${rules} the provider key "${id}".`
      throw new GatewayError({ code: 'in_use', message, param: 'id' })
    },
  }
}

const builtIn: ReadonlySet<string> = new Set(builtInProviders.map(({ id }) => id))

/** Providers come and go, so each look-up is made in what there is then. */
function createPolicyNames(live: LiveTable): PolicyNames {
  return {
    get providers() {
      return [...live.providers.keys()]
    },
    hasProvider: (id) => live.providers.has(id) || builtIn.has(id),
    find: (provider, model) => live.models.find(provider, model),
    resolve: (name) => {
      const { provider, entry, upstreamId } = live.models.resolve(name)
      return { provider, id: entry?.id ?? upstreamId }
    },
  }
}
