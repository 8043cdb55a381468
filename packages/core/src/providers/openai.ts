import type { ProviderDefinition } from './provider.ts'

/** OpenAI's own API. `OPENAI_BASE_URL` holds the version segment, as OpenAI's clients expect it to. */
export const openai: ProviderDefinition = {
  id: 'openai',
  displayName: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  environment: { apiKey: 'OPENAI_API_KEY', baseUrl: 'OPENAI_BASE_URL' },
  dialects: ['openai-chat', 'openai-responses', 'openai-embeddings'],
  credentialHeader: 'bearer',
  defaultHeaders: {},
  forwardedHeaders: ['openai-beta', 'idempotency-key'],
  quirks: {},
  streamOptions: true,
}
