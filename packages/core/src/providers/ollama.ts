import { compatibleProvider, variablesOf } from './compatible.ts'

/** Ollama, on this machine unless told otherwise. */
export const ollama = compatibleProvider({
  id: 'ollama',
  displayName: 'Ollama',
  baseUrl: 'http://localhost:11434/v1',
  environment: variablesOf('OLLAMA'),
  keyless: true,
  dialects: ['openai-chat', 'openai-embeddings', 'openai-completions'],
  chatReasoning: 'reasoning',
})
