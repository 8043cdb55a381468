import type { ProviderDefinition } from './provider.ts'

/** Anthropic's own API. `ANTHROPIC_BASE_URL` is usually written without the version segment. */
export const anthropic: ProviderDefinition = {
  id: 'anthropic',
  displayName: 'Anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  impliedVersion: '/v1',
  environment: { apiKey: 'ANTHROPIC_API_KEY', baseUrl: 'ANTHROPIC_BASE_URL' },
  dialects: ['anthropic-messages'],
  countsTokens: ['anthropic-messages'],
  credentialHeader: 'x-api-key',
  defaultHeaders: { 'anthropic-version': '2023-06-01' },
  forwardedHeaders: ['anthropic-beta', 'anthropic-version', 'idempotency-key'],
  quirks: {},
  signedThinking: true,
  chatLimitMember: 'max_tokens',
  // What thinks, thinks because the request says so.
  hidesReasoning: () => false,
  streamOptions: true,
}
