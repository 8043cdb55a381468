import { expect, test } from 'vitest'
import {
  parseStream,
  renderStream,
  translateAnswer,
  translateRequest,
} from '../../../../../test/translation/translation.ts'
import { recordedLines, recording } from '../../../../../test/upstream/wire.ts'
import type { DialectId } from '../../providers/dialect-id.ts'
import type { JsonObject } from '../json.ts'

/** The next request of a client that keeps what it was answered, as its documentation says. */
const nextRequests: Readonly<Partial<Record<DialectId, (answer: JsonObject) => JsonObject>>> = {
  'openai-chat': ({ choices }) => {
    const [{ message }] = choices as [{ message: { tool_calls: { id: string }[] } }]
    const result = { role: 'tool', tool_call_id: message.tool_calls[0]?.id, content: 'sun' }
    return { messages: [{ role: 'user', content: 'Weather?' }, message, result] }
  },
  'anthropic-messages': ({ content }) => {
    const { id } = (content as { type: string; id: string }[]).find(({ type }) => type === 'tool_use') ?? {}
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'sun' }] }
    const turns = [{ role: 'user', content: 'Weather?' }, { role: 'assistant', content }, result]
    return { max_tokens: 100, messages: turns }
  },
  'openai-responses': ({ output }) => {
    const { call_id } =
      (output as { type: string; call_id: string }[]).find(({ type }) => type === 'function_call') ?? {}
    const result = { type: 'function_call_output', call_id, output: 'sun' }
    return { input: [{ role: 'user', content: 'Weather?' }, ...(output as JsonObject[]), result] }
  },
}

const file = 'google/google-tool-call-gemini3.chunks.txt'

/** The recorded answer, whole. */
function wholeAnswer(): { readonly answer: JsonObject; readonly thoughtSignature: string } {
  const [first, last] = recordedLines(file).map((line) => JSON.parse(line))
  const { content } = first.candidates[0]
  const answer = { ...last, candidates: [{ ...last.candidates[0], content }] }
  return { answer, thoughtSignature: content.parts[0].thoughtSignature }
}

test.each(Object.entries(nextRequests))('P27 by way of a client of %s', (client, nextRequest) => {
  const { answer, thoughtSignature } = wholeAnswer()
  const request = { model: 'm', max_tokens: 100, include: ['reasoning.encrypted_content'], store: false }
  const shown = translateAnswer(['google-gemini', client as DialectId], answer, { request: () => request })
  const body = { model: 'm', ...nextRequest(shown) }
  const rendered = translateRequest([client as DialectId, 'google-gemini'], body, {
    model: 'gemini-3-pro-preview',
  })
  const functionCall = { name: 'weather', args: { location: 'San Francisco' } }
  expect(rendered.body.contents).toMatchObject([
    { role: 'user', parts: [{ text: 'Weather?' }] },
    { role: 'model', parts: [{ functionCall, thoughtSignature }] },
    { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { output: 'sun' } } }] },
  ])
  expect(rendered.warnings).toEqual([])
})

test.each(Object.keys(nextRequests))('%s streams have the signature too', (client) => {
  const deltas = parseStream('google-gemini', [Buffer.from(recording(file).events.join(''))])
  const wire = renderStream(client as DialectId, deltas, { request: () => ({ store: false }) })
  const { thoughtSignature } = wholeAnswer()
  const packed = Buffer.from(JSON.stringify({ value: thoughtSignature })).toString('base64url')
  expect(wire.includes(thoughtSignature) || wire.includes(packed)).toBe(true)
})
