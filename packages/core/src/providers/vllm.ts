import { compatibleProvider, variablesOf } from './compatible.ts'

/** vLLM, on this machine unless told otherwise. */
export const vllm = compatibleProvider({
  id: 'vllm',
  displayName: 'vLLM',
  baseUrl: 'http://localhost:8000/v1',
  environment: variablesOf('VLLM'),
  keyless: true,
  dialects: ['openai-chat', 'openai-responses', 'openai-embeddings', 'openai-completions'],
  strictSchemas: true,
  readsReasoning: true,
  chatReasoning: 'reasoning_content',
})
