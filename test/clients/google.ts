import { ApiError, type Content, type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { type ClientKind, type ClientTarget, type OfficialClient, weatherSchema } from './client.ts'
import { saysOverloaded } from './client-providers.ts'

const tools = [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: weatherSchema }] }]

function create({ url, token, model }: ClientTarget): OfficialClient {
  // Without `retryOptions` it does not retry, and with its defaults it waits for seconds.
  const retryOptions = { attempts: 3, initialDelay: 0.01 }
  const { models } = new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: url, retryOptions } })
  return {
    ask: async (contents) => textOf(await models.generateContent({ model, contents })),
    async stream(contents) {
      let text = ''
      for await (const chunk of await models.generateContentStream({ model, contents })) text += textOf(chunk)
      return text
    },
    async useTool(prompt) {
      const asked: Content = { role: 'user', parts: [{ text: prompt }] }
      const config = { tools }
      const turn: Content[] = []
      for await (const { candidates } of await models.generateContentStream({
        model,
        contents: [asked],
        config,
      }))
        if (candidates?.[0]?.content) turn.push(candidates[0].content)
      const call = turn
        .flatMap(({ parts = [] }) => parts)
        .find(({ functionCall }) => functionCall)?.functionCall
      if (typeof call?.args?.city !== 'string') throw new Error('No tool was called.')
      const { id, name } = call
      const result = {
        functionResponse: { ...(id && { id }), ...(name && { name }), response: { output: 'sunny' } },
      }
      const contents: Content[] = [asked, ...turn, { role: 'user', parts: [result] }]
      return textOf(await models.generateContent({ model, contents, config }))
    },
  }
}

/** Its own `text` writes a warning about everything that is none. */
function textOf({ candidates }: GenerateContentResponse): string {
  return (candidates?.[0]?.content?.parts ?? []).map(({ text = '' }) => text).join('')
}

function see(error: unknown): object {
  if (!(error instanceof ApiError)) return { error: String(error) }
  return { kind: error.name, status: error.status, reason: /"status":"(\w+)"/.exec(error.message)?.[1] }
}

const kind = 'ApiError'

export const googleClients: readonly ClientKind[] = [
  {
    name: '@google/genai',
    create,
    triesOnRateLimit: 3,
    see: see as ClientKind['see'],
    errors: {
      badKey: { kind, status: 401, reason: 'UNAUTHENTICATED' },
      noCredits: { kind, status: 402, reason: 'FAILED_PRECONDITION' },
      unknownModel: { kind, status: 404, reason: 'NOT_FOUND' },
      rateLimited: { kind, status: 429, reason: 'RESOURCE_EXHAUSTED' },
      midStream: (provider) =>
        saysOverloaded(provider)
          ? { kind, status: 503, reason: 'UNAVAILABLE' }
          : { kind, status: 500, reason: 'INTERNAL' },
      truncated: { kind, status: 502, reason: 'UNAVAILABLE' },
    },
  },
]
