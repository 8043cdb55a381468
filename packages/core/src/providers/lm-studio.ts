import { compatibleProvider } from './compatible.ts'

/** LM Studio, on this machine unless told otherwise. */
export const lmStudio = compatibleProvider({
  id: 'lmstudio',
  displayName: 'LM Studio',
  baseUrl: 'http://localhost:1234/v1',
  environment: { apiKey: 'LM_STUDIO_API_KEY', baseUrl: 'LM_STUDIO_BASE_URL' },
  keyless: true,
  dialects: ['openai-chat', 'openai-responses', 'openai-embeddings', 'openai-completions'],
  strictSchemas: true,
  readsReasoning: true,
})
