import type { Provider, StoredProviderRecord } from './access/stored-providers/stored-provider.ts'
import type { LiveProviders } from './gateway-live-providers.ts'
import type { ProviderSetup } from './options/configure-providers.ts'
import type { Health } from './upstream/health/health.ts'

export interface ProviderDescriber {
  option(setup: ProviderSetup): Provider
  stored(record: StoredProviderRecord, problem: string | undefined): Provider
}

/** Shows providers with what this process knows of them, and without secrets. */
export function createProviderDescriber(
  live: Pick<LiveProviders, 'table'>,
  health: Pick<Health, 'describe'>,
): ProviderDescriber {
  const modelIds = (provider: string) =>
    live.table.models.list().flatMap((entry) => (entry.provider === provider ? [entry.id] : []))
  const healthOf = (provider: string): Provider['health'] => {
    const seen = health.describe().providers.find((each) => each.provider === provider)
    if (!seen) return { circuit: 'closed', consecutiveFailures: 0, errorShare: 0 }
    const { provider: _, ...shown } = seen
    return shown
  }
  return {
    option: ({ id, definition, baseUrl, search, apiKey, headers, models = {} }) => ({
      id,
      name: definition.displayName,
      baseUrl: withoutQuery(baseUrl) + search,
      dialects: definition.dialects,
      models,
      modelIds: modelIds(id),
      hasApiKey: apiKey !== undefined,
      headerNames: Object.keys(headers),
      isOption: true,
      health: healthOf(id),
      version: 0,
      createdAt: 0,
      updatedAt: 0,
    }),
    stored({ sealed = {}, headerNames = [], ...record }, problem) {
      const { id, models = {}, dialects = ['openai-chat'] } = record
      return {
        ...record,
        dialects,
        models,
        modelIds: problem === undefined ? modelIds(id) : [],
        hasApiKey: sealed.apiKey !== undefined,
        headerNames,
        isOption: false,
        health: healthOf(id),
        ...(problem !== undefined && { problem }),
      }
    },
  }
}

function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, '')
}
