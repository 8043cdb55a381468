import { FunctionCallingConfigMode, GoogleGenAI, ThinkingLevel, Type } from '@google/genai'
import { expect, test } from 'vitest'
import {
  parseRequest,
  renderRequest,
  translateRequest,
  translateStream,
} from '../../../../../test/translation/translation.ts'
import { frameLines, recordedLines, recording } from '../../../../../test/upstream/wire.ts'
import type { JsonObject } from '../json.ts'

/** The official client with the answers it gets, one after another, and what it has sent. */
function clientFor(answers: readonly string[]) {
  const bodies: JsonObject[] = []
  const urls: string[] = []
  const left = [...answers]
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    urls.push(String(url))
    bodies.push(JSON.parse(String(init?.body)))
    return new Response(left.shift(), { headers: { 'content-type': 'text/event-stream' } })
  }
  return {
    bodies,
    urls,
    client: new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: 'http://gateway.test', fetch } }),
  }
}

const bytesOf = (events: readonly string[]) => events.map((event) => Buffer.from(event))
const end =
  'data: {"candidates":[{"content":{"parts":[{"text":"ok"}],"role":"model"},"finishReason":"STOP"}]}\n\n'

async function drain(stream: Promise<AsyncIterable<unknown>>): Promise<void> {
  for await (const _ of await stream);
}

test('T08 a chat brings the thinking of Claude back to Claude as it was', async () => {
  const file = 'anthropic/anthropic-clear-thinking.1.chunks.txt'
  const first = translateStream(['anthropic-messages', 'google-gemini'], bytesOf(recording(file).events))
  const { client, bodies } = clientFor([first, end])
  const chat = client.chats.create({ model: 'claude-sonnet-4-5' })
  await drain(chat.sendMessageStream({ message: 'One' }))
  await drain(chat.sendMessageStream({ message: 'Two' }))
  const { body } = translateRequest(['google-gemini', 'anthropic-messages'], bodies[1] ?? {}, {
    model: 'claude-sonnet-4-5',
  })
  const deltas = recordedLines(file).map((line) => JSON.parse(line).delta ?? {})
  const thinking = deltas.map((delta) => delta.thinking ?? '').join('')
  const { signature } = deltas.find((delta) => delta.type === 'signature_delta')
  expect(thinking).not.toBe('')
  expect(body.messages).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: [{ type: 'thinking', thinking, signature }, { text: '925 ÷ 5 = 185' }] },
    { role: 'user', content: [{ text: 'Two' }] },
  ])
})

test('a chat brings the signatures of Gemini back to Gemini, by way of a gateway that knows the hub alone', async () => {
  const file = 'google/google-tool-call-gemini3.chunks.txt'
  const lines = recordedLines(file)
  const first = translateStream(
    ['google-gemini', 'google-gemini'],
    bytesOf(frameLines(lines, 'google-gemini')),
  )
  const { client, bodies } = clientFor([first, end])
  const chat = client.chats.create({ model: 'gemini-3-pro-preview' })
  await drain(chat.sendMessageStream({ message: 'Weather?' }))
  const functionResponse = {
    id: 'call_QHiLaa6LBrb8vdIPoNztsAg_0',
    name: 'weather',
    response: { output: 'sun' },
  }
  await drain(chat.sendMessageStream({ message: [{ functionResponse }] }))
  const conversation = parseRequest('google-gemini', bodies[1] ?? {})
  const { body, warnings } = renderRequest('google-gemini', conversation, { model: 'gemini-3-pro-preview' })
  const { thoughtSignature } = JSON.parse(lines[0] ?? '').candidates[0].content.parts[0]
  expect(body.contents).toMatchObject([
    { role: 'user' },
    { role: 'model', parts: [{ functionCall: { name: 'weather' }, thoughtSignature }] },
    { role: 'user', parts: [{ functionResponse }] },
  ])
  expect(warnings).toEqual([])
})

test('its requests are read: schemas of its own kind, levels, choices; the model is in the path', async () => {
  const { client, bodies, urls } = clientFor([end])
  const parameters = { type: Type.OBJECT, properties: { city: { type: Type.STRING } } }
  const config = {
    systemInstruction: 'Be brief.',
    maxOutputTokens: 256,
    thinkingConfig: { thinkingLevel: ThinkingLevel.LOW, includeThoughts: true },
    tools: [{ functionDeclarations: [{ name: 'weather', parameters }] }],
    toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
  }
  await drain(client.models.generateContentStream({ model: 'gpt-5', contents: 'Hello', config }))
  expect(parseRequest('google-gemini', bodies[0] ?? {})).toMatchObject({
    messages: [
      { role: 'system', parts: [{ text: 'Be brief.' }] },
      { role: 'user', parts: [{ text: 'Hello' }] },
    ],
    maxOutputTokens: 256,
    reasoning: { effort: 'low', summary: 'auto' },
    tools: [{ parameters: { type: 'object', properties: { city: { type: 'string' } } } }],
    toolChoice: { type: 'required' },
    extensions: new Map(),
  })
  expect(urls[0]).toBe('http://gateway.test/v1/models/gpt-5:streamGenerateContent?alt=sse')
})
