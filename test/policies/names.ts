import type { PolicyNames } from '../../packages/core/src/access/policies/policy-names.ts'
import { createModelIndex } from '../../packages/core/src/models/model-index.ts'
import type { ModelProvider } from '../../packages/core/src/models/model-table.ts'

const price = { input: '1', output: '1' }

/** Two catalogued providers and one of the operator's whose models share names with theirs. */
export const namedProviders: readonly ModelProvider[] = [
  { id: 'openai' },
  { id: 'anthropic' },
  {
    id: 'openai-eu',
    models: {
      'gpt-4o': { price },
      'llama3:8b': { price },
      'claude-eu': { price, aliases: ['claude-sonnet-4-6'] },
    },
  },
]

/** The names of these providers, and of one that is known and not set up. */
export function policyNames(setUp: readonly ModelProvider[] = namedProviders): PolicyNames {
  const index = createModelIndex({ providers: setUp })
  const providers = setUp.map(({ id }) => id)
  return {
    providers,
    hasProvider: (id) => providers.includes(id) || id === 'deepseek',
    find: index.find,
    resolve: (name) => {
      const { provider, entry, upstreamId } = index.resolve(name)
      return { provider, id: entry?.id ?? upstreamId }
    },
  }
}
