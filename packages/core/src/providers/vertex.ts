import { compatibleProvider } from './compatible.ts'
import type { CloudPlace, PathRequest } from './provider.ts'

/**
 * Google Vertex AI: Gemini, the Claude models by Anthropic's own API, and other publishers' models by the API that
 * OpenAI's clients know.
 */
export const vertex = compatibleProvider({
  id: 'vertex',
  displayName: 'Google Vertex AI',
  baseUrl: undefined,
  cloud: { vendor: 'google', address },
  environment: { apiKey: 'VERTEX_ACCESS_TOKEN', baseUrl: 'VERTEX_BASE_URL' },
  dialects: ['google-gemini', 'anthropic-messages', 'openai-chat'],
  dialectsOf(upstreamId) {
    if (upstreamId.startsWith('claude-')) return ['anthropic-messages']
    // Other publishers' are named with their publisher.
    return upstreamId.includes('/') ? ['openai-chat'] : ['google-gemini', 'openai-chat']
  },
  endpoints: {
    'google-gemini': {
      path: ({ model, stream }) =>
        `/publishers/google/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    },
    'anthropic-messages': {
      path: ({ model, stream }: PathRequest) =>
        `/publishers/anthropic/models/${model}:${stream ? 'streamRawPredict' : 'rawPredict'}`,
      members: () => ({ model: undefined, anthropic_version: 'vertex-2023-10-16' }),
    },
    'openai-chat': {
      path: () => '/endpoints/openapi/chat/completions',
      members: (model) => ({ model: model.includes('/') ? model : `google/${model}` }),
    },
  },
  forwardedHeaders: ['anthropic-beta', 'x-goog-api-client'],
  quirks: { reasoningOutsideCompletion: true },
  hidesReasoning: (upstreamId) => /gemini-(?!1|2\.0)/.test(upstreamId),
  signedThinking: true,
  strictSchemas: true,
})

/** Two continents have addresses of their own, as the whole world does. */
function address({ location, project }: CloudPlace): string {
  const host = /^(us|eu)$/.test(location)
    ? `aiplatform.${location}.rep.googleapis.com`
    : `${location === 'global' ? '' : `${location}-`}aiplatform.googleapis.com`
  return `https://${host}/v1/projects/${project}/locations/${location}`
}
