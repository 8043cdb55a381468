import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  APICallError,
  generateText,
  isStepCount,
  jsonSchema,
  type LanguageModel,
  RetryError,
  streamText,
  tool,
} from 'ai'
import { expect } from 'vitest'
import { type ClientKind, type ClientTarget, type OfficialClient, weatherSchema } from './client.ts'

const maxOutputTokens = 256
/** Nobody stores anything here, and by default its client of Responses refers to what was stored. */
const providerOptions = { openai: { store: false } }

function create(model: LanguageModel): OfficialClient {
  const tools = {
    weather: tool({
      inputSchema: jsonSchema<{ city: string }>(weatherSchema),
      execute: async ({ city }) => {
        if (typeof city !== 'string') throw new Error('No city was named.')
        return 'sunny'
      },
    }),
  }
  return {
    ask: async (prompt) => (await generateText({ model, prompt, maxOutputTokens })).text,
    async stream(prompt) {
      let text = ''
      let failure: unknown
      const { fullStream } = streamText({ model, prompt, maxOutputTokens, onError() {} })
      for await (const part of fullStream) {
        if (part.type === 'text-delta') text += part.text
        if (part.type === 'error') failure = part.error
      }
      if (failure !== undefined) throw failure
      return text
    },
    useTool: async (prompt) =>
      (
        await generateText({
          model,
          prompt,
          maxOutputTokens,
          tools,
          providerOptions,
          stopWhen: isStepCount(2),
        })
      ).text,
  }
}

/** The AI SDK's own retries end in a `RetryError` around the last answer. */
function see(error: unknown): object {
  const isRetry = RetryError.isInstance(error)
  const cause = isRetry ? error.lastError : error
  const kind = isRetry ? 'RetryError' : (error as Error).name
  if (!APICallError.isInstance(cause)) return { kind, message: String((cause as Error).message ?? cause) }
  return { kind, status: cause.statusCode, isRetryable: cause.isRetryable }
}

const refusal = (status: number) => ({ kind: 'AI_APICallError', status, isRetryable: false })

const errors = {
  badKey: refusal(401),
  noCredits: refusal(402),
  unknownModel: refusal(404),
  rateLimited: { kind: 'RetryError', status: 429, isRetryable: true },
  midStream: () => ({ kind: 'AI_StreamProviderError', message: 'The sandbox broke off, as asked.' }),
  truncated: {
    kind: 'AI_StreamProviderError',
    message: expect.stringContaining('ended the stream before its answer was complete'),
  },
}

const shared = { see: see as ClientKind['see'], errors, triesOnRateLimit: 3 }

export const aiClients: readonly ClientKind[] = [
  {
    name: 'ai with @ai-sdk/openai, Responses',
    ...shared,
    create: ({ url, token, model }: ClientTarget) =>
      create(createOpenAI({ baseURL: `${url}/v1`, apiKey: token })(model)),
  },
  {
    name: 'ai with @ai-sdk/openai, Chat Completions',
    ...shared,
    create: ({ url, token, model }: ClientTarget) =>
      create(createOpenAI({ baseURL: `${url}/v1`, apiKey: token }).chat(model)),
  },
  {
    name: 'ai with @ai-sdk/anthropic',
    ...shared,
    create: ({ url, token, model }: ClientTarget) =>
      create(createAnthropic({ baseURL: `${url}/v1`, apiKey: token })(model)),
  },
  {
    name: 'ai with @ai-sdk/openai-compatible',
    ...shared,
    create: ({ url, token, model }: ClientTarget) =>
      create(createOpenAICompatible({ name: 'tollgate', baseURL: `${url}/v1`, apiKey: token })(model)),
  },
  {
    name: 'ai with @ai-sdk/google',
    ...shared,
    create: ({ url, token, model }: ClientTarget) =>
      create(createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: token })(model)),
  },
]
