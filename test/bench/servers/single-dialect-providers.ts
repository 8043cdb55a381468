import type { GatewayOptions } from '@tollgate/core'
import { answerPrice } from '../recorded/answer-facts.ts'

const dialects = {
  chat: 'openai-chat',
  responses: 'openai-responses',
  messages: 'anthropic-messages',
  gemini: 'google-gemini',
} as const

/** For each dialect a provider that knows no other, with one model, so that the model's name says where a call goes. */
export function singleDialectProviders(baseUrl: string): NonNullable<GatewayOptions['providers']> {
  return Object.fromEntries(
    Object.entries(dialects).map(([name, dialect]) => [
      name,
      {
        apiKey: 'sk-upstream',
        baseUrl,
        dialects: [dialect],
        models: { [`${name}-model`]: { price: answerPrice, contextWindow: 200_000, maxOutputTokens: 8192 } },
      },
    ]),
  )
}
