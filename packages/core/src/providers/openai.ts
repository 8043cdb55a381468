import type { ProviderDefinition } from './provider.ts'

/** OpenAI's own API. `OPENAI_BASE_URL` holds the version segment, as OpenAI's clients expect it to. */
export const openai: ProviderDefinition = {
  id: 'openai',
  displayName: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  environment: { apiKey: 'OPENAI_API_KEY', baseUrl: 'OPENAI_BASE_URL' },
  dialects: ['openai-chat', 'openai-responses', 'openai-embeddings', 'openai-completions'],
  countsTokens: ['openai-responses'],
  credentialHeader: 'bearer',
  defaultHeaders: {},
  forwardedHeaders: ['openai-beta', 'idempotency-key'],
  quirks: {},
  chatLimitMember: 'max_completion_tokens',
  hidesReasoning: (upstreamId) => !showsEverything.test(upstreamId),
  streamOptions: true,
  developerRole: true,
  strictMessages: true,
  strictSchemas: true,
}

/** The families from before reasoning, fine-tuned ones too; every later one may reason out of sight. */
const showsEverything = /^(ft:)?(gpt-4|gpt-3\.5|chatgpt-4o|davinci|babbage)/
