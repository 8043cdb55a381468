import { compatibleProvider, variablesOf } from './compatible.ts'

/**
 * DeepSeek. Its reasoning is shown, and has to come back within a turn that calls tools. Anthropic's clients are
 * served at an address of their own.
 */
export const deepseek = compatibleProvider({
  id: 'deepseek',
  displayName: 'DeepSeek',
  baseUrl: 'https://api.deepseek.com',
  environment: variablesOf('DEEPSEEK'),
  dialects: ['openai-chat', 'anthropic-messages'],
  endpoints: {
    'anthropic-messages': { path: () => '/anthropic/v1/messages', credentialHeader: 'x-api-key' },
  },
  forwardedHeaders: ['anthropic-version', 'idempotency-key'],
  chatReasoning: 'reasoning_content',
})
