import { compatibleProvider, variablesOf } from './compatible.ts'

/** Together AI. */
export const together = compatibleProvider({
  id: 'together',
  displayName: 'Together AI',
  baseUrl: 'https://api.together.xyz/v1',
  environment: variablesOf('TOGETHER'),
  dialects: ['openai-chat', 'openai-embeddings', 'openai-completions'],
  chatReasoning: 'reasoning',
})
