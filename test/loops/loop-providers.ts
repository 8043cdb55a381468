import { type Bench, startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import type { StrictApi } from './strict.ts'
import { strictChat } from './strict-chat.ts'
import { strictGemini } from './strict-gemini.ts'
import { strictMessages } from './strict-messages.ts'
import { strictResponses } from './strict-responses.ts'

export interface LoopProvider {
  readonly id: string
  readonly model: string
  readonly api: StrictApi
}

/** Two built in, which are strict about what comes back to them, and two that their options describe. */
export const providers = {
  anthropic: { id: 'anthropic', model: 'claude-sonnet-4-5', api: strictMessages },
  groq: { id: 'groq', model: 'gpt-5', api: strictChat },
  responses: { id: 'responses', model: 'gpt-5', api: strictResponses },
  gemini: { id: 'gemini', model: 'gemini-3-pro-preview', api: strictGemini },
} satisfies Record<string, LoopProvider>

/** Of those that are no provider by name. */
const dialects = { responses: ['openai-responses'], gemini: ['google-gemini'] } as const

const price = { input: '1.00', output: '2.00' }
const express = hosts.find(({ name }) => name === 'Express') as (typeof hosts)[number]

/** An Express application with a gateway, in front of all of them at one address. */
export function startLoops(): Promise<Bench> {
  return startBench(express, (url) => ({
    providers: Object.fromEntries(
      Object.values(providers).map(({ id, model }) => [
        id,
        {
          apiKey: 'key',
          baseUrl: `${url}/v1`,
          ...(id in dialects && { dialects: dialects[id as keyof typeof dialects] }),
          models: { [model]: { price } },
        },
      ]),
    ),
  }))
}
