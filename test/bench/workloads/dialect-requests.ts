import type { DialectName } from '../recorded/recorded-stream.ts'
import { instruction, question } from './bodies.ts'

/** What a request must still say wherever it arrives. */
export const requestTexts: readonly string[] = [question, instruction.content]

export interface DialectRequest {
  readonly path: string
  readonly body: Buffer
}

const temperature = 0.7
const messages = [{ role: 'user', content: question }]

const bodies: Readonly<Record<DialectName, (model: string) => object>> = {
  chat: (model) => ({
    model,
    messages: [instruction, ...messages],
    temperature,
    stream: true,
    stream_options: { include_usage: true },
  }),
  responses: (model) => ({
    model,
    instructions: instruction.content,
    input: question,
    temperature,
    // An answer that is kept costs a record of whose it is, which no translation has.
    store: false,
    stream: true,
  }),
  messages: (model) => ({
    model,
    system: instruction.content,
    messages,
    max_tokens: 1024,
    temperature,
    stream: true,
  }),
  gemini: () => ({
    systemInstruction: { parts: [{ text: instruction.content }] },
    contents: [{ role: 'user', parts: [{ text: question }] }],
    generationConfig: { temperature },
  }),
}

const paths: Readonly<Record<DialectName, (model: string) => string>> = {
  chat: () => '/v1/chat/completions',
  responses: () => '/v1/responses',
  messages: () => '/v1/messages',
  gemini: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
}

/** The same question for a stream, as the clients of a dialect ask it. */
export function dialectRequest(client: DialectName, model: string): DialectRequest {
  return { path: paths[client](model), body: Buffer.from(JSON.stringify(bodies[client](model))) }
}
