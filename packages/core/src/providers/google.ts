import { compatibleProvider } from './compatible.ts'

/** Gemini by its own API, and by the one that OpenAI's clients know. */
export const google = compatibleProvider({
  id: 'google',
  displayName: 'Google Gemini',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  environment: { apiKey: 'GEMINI_API_KEY', baseUrl: 'GEMINI_BASE_URL' },
  dialects: ['google-gemini', 'openai-chat', 'openai-embeddings'],
  endpoints: {
    'openai-chat': { path: () => '/openai/chat/completions', credentialHeader: 'bearer' },
    'openai-embeddings': { path: () => '/openai/embeddings', credentialHeader: 'bearer' },
  },
  countsTokens: ['google-gemini'],
  credentialHeader: 'x-goog-api-key',
  forwardedHeaders: ['x-goog-api-client', 'idempotency-key'],
  // Its Chat Completions may leave thoughts out of the completion, not out of the total.
  quirks: { reasoningOutsideCompletion: true },
  // Thoughts are shown as summaries at most.
  hidesReasoning: (upstreamId) => !/gemini-(1|2\.0)|gemma/.test(upstreamId),
  strictSchemas: true,
})
