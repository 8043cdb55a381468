import { compatibleProvider, variablesOf } from './compatible.ts'

/** xAI. Its Chat Completions count reasoning beside the completion. */
export const xai = compatibleProvider({
  id: 'xai',
  displayName: 'xAI',
  baseUrl: 'https://api.x.ai/v1',
  environment: variablesOf('XAI'),
  dialects: ['openai-chat', 'openai-responses'],
  quirks: { reasoningOutsideCompletion: true },
  // Only the small model of the third generation shows what it thinks.
  hidesReasoning: (upstreamId) => !/^grok-(2|3)/.test(upstreamId) && !/non-reasoning/.test(upstreamId),
  strictSchemas: true,
})
