import { compatibleProvider, variablesOf } from './compatible.ts'

/** Fireworks AI. */
export const fireworks = compatibleProvider({
  id: 'fireworks',
  displayName: 'Fireworks AI',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  environment: variablesOf('FIREWORKS'),
  dialects: ['openai-chat', 'openai-embeddings', 'openai-completions'],
  chatReasoning: 'reasoning_content',
})
