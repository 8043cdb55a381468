import type { ProviderDefinition } from './provider.ts'

type Named = Pick<ProviderDefinition, 'id' | 'displayName' | 'baseUrl' | 'environment'>

/**
 * Describes a provider that speaks Chat Completions as most do, but for what is said of it.
 *
 * @example
 * compatibleProvider({ id: 'groq', displayName: 'Groq', baseUrl, environment })
 */
export function compatibleProvider(facts: Named & Partial<ProviderDefinition>): ProviderDefinition {
  return {
    dialects: ['openai-chat'],
    credentialHeader: 'bearer',
    defaultHeaders: {},
    forwardedHeaders: ['idempotency-key'],
    quirks: {},
    chatLimitMember: 'max_tokens',
    hidesReasoning: () => false,
    streamOptions: true,
    ...facts,
  }
}

/** The variables of a provider whose name they begin with: `GROQ_API_KEY`, `GROQ_BASE_URL`. */
export function variablesOf(prefix: string): ProviderDefinition['environment'] {
  return { apiKey: `${prefix}_API_KEY`, baseUrl: `${prefix}_BASE_URL` }
}
