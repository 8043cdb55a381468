import type { ProviderDefinition } from '../provider.ts'

/**
 * A provider inside this process, for trying the gateway without an upstream account. It needs no key and
 * reads no variables (`''` names none).
 */
export const sandboxProvider: ProviderDefinition = {
  id: 'sandbox',
  displayName: 'Sandbox',
  baseUrl: 'sandbox://local/v1',
  environment: { apiKey: '', baseUrl: '' },
  dialects: ['openai-chat', 'openai-responses', 'anthropic-messages', 'openai-embeddings'],
  countsTokens: ['anthropic-messages'],
  credentialHeader: 'bearer',
  defaultHeaders: {},
  forwardedHeaders: [],
  quirks: {},
  keepsNothing: true,
  chatLimitMember: 'max_tokens',
  hidesReasoning: () => false,
  streamOptions: true,
}
