import type { Access } from './access/access.ts'
import type { Configuration } from './access/configurations/configuration.ts'
import { isPattern } from './access/policies/glob.ts'
import { nameParts } from './access/policies/name-parts.ts'
import type { ProviderKeys } from './access/provider-keys.ts'
import type { VirtualModels } from './access/virtual-models/virtual-models.ts'
import type { LiveProviders } from './gateway-live-providers.ts'
import type { ResponseRecords } from './responses/response-records.ts'
import { collect } from './store/collect.ts'

export interface ReferenceParts {
  readonly live: LiveProviders
  readonly providerKeys: Pick<ProviderKeys, 'list'>
  readonly configurations: Pick<Access['configurations'], 'list'>
  readonly virtualModels: Pick<VirtualModels, 'list'>
  readonly responses: Pick<ResponseRecords, 'runs'>
}

/** Finds what would be left without its provider, in words: `2 provider keys (pk_1, pk_2)`. */
export function createReferencesOf(parts: ReferenceParts): (provider: string) => Promise<string[]> {
  const { live, providerKeys, configurations, virtualModels, responses } = parts
  return async (provider) => {
    const owns = (name: string) => ownerOf(name, live) === provider
    const [keys, policies, virtual, runs] = await Promise.all([
      providerKeys.list({ provider }),
      configurations.list(),
      virtualModels.list(),
      collect(responses.runs.list()),
    ])
    const ids = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id)
    return [
      ...told('provider key', ids(keys)),
      ...told('access key configuration', ids(policies.filter((each) => isNamedIn(each, provider, owns)))),
      ...told(
        'virtual model',
        ids(virtual.filter(({ targets }) => targets.some(({ model }) => owns(model)))),
      ),
      ...told('unfinished response', ids(runs.filter((run) => run.provider === provider))),
    ]
  }
}

/** Where a request for a name goes. */
function ownerOf(name: string, { models, table }: LiveProviders): string | undefined {
  const [provider] = nameParts(name)
  if (provider !== undefined && table.providers.has(provider)) return provider
  try {
    return models.lookUp(name)?.provider ?? provider
  } catch {
    return provider
  }
}

function isNamedIn(
  { scope, routing }: Configuration,
  provider: string,
  owns: (name: string) => boolean,
): boolean {
  const { providers = {}, models = {} } = scope ?? {}
  const listed = [...(providers.allow ?? []), ...(providers.deny ?? [])]
  const named = [...(models.allow ?? []), ...(models.deny ?? [])]
  return (
    listed.includes(provider) ||
    named.some((name) => (isPattern(name) ? nameParts(name)[0] === provider : owns(name))) ||
    routing?.rules.some((rule) => rule.provider === provider) === true
  )
}

const mostNamed = 3

function told(what: string, ids: readonly string[]): string[] {
  if (ids.length === 0) return []
  const names = ids.slice(0, mostNamed).join(', ')
  return [
    `${ids.length} ${what}${ids.length === 1 ? '' : 's'} (${names}${ids.length > mostNamed ? ', …' : ''})`,
  ]
}
