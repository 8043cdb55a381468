import { createAnthropic } from '@ai-sdk/anthropic'
import Anthropic from '@anthropic-ai/sdk'
import { streamText } from 'ai'
import type { JsonObject } from '../../packages/core/src/dialects/json.ts'
import { createEventSplitter } from '../../packages/core/src/dialects/sse.ts'

const request = { model: 'claude', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] }

/** The official client, which is answered with this text whatever it asks. */
function clientOf(wire: string): Anthropic['messages'] {
  const headers = { 'content-type': 'text/event-stream' }
  const answer = async () => new Response(wire, { headers })
  return new Anthropic({ apiKey: 'key', maxRetries: 0, fetch: answer }).messages
}

/** The message that the official client puts together from a stream, without what it adds for its own user. */
export async function readMessage(wire: string): Promise<Anthropic.Message> {
  const { parsed_output, ...message } = await clientOf(wire).stream(request).finalMessage()
  return { ...message, content: message.content.map(withoutParsed) }
}

function withoutParsed(block: Anthropic.ContentBlock & { parsed_output?: unknown }): Anthropic.ContentBlock {
  const { parsed_output, ...plain } = block
  return plain
}

/** The events that the official client hands out; it throws at an error event. */
export async function readEvents(wire: string): Promise<readonly Anthropic.RawMessageStreamEvent[]> {
  const events: Anthropic.RawMessageStreamEvent[] = []
  for await (const event of await clientOf(wire).create({ ...request, stream: true })) events.push(event)
  return events
}

/** Every event as it is on the wire. Its name must be its type. */
export function wireEvents(wire: string): readonly JsonObject[] {
  return createEventSplitter()
    .push(Buffer.from(wire))
    .map(({ event, data }) => {
      const value: JsonObject = JSON.parse(data)
      if (value.type !== event) throw new Error(`An event of type ${value.type} is called ${event}.`)
      return value
    })
}

/** What the AI SDK makes of a stream. */
export async function readWithAiSdk(wire: string) {
  const headers = { 'content-type': 'text/event-stream' }
  const answer = async () => new Response(wire, { headers })
  const model = createAnthropic({ apiKey: 'key', fetch: answer })('claude')
  const errors: unknown[] = []
  const result = streamText({
    model,
    prompt: 'Hello',
    maxRetries: 0,
    maxOutputTokens: 100,
    onError: ({ error }) => void errors.push(error),
  })
  const parts = []
  for await (const part of result.fullStream) parts.push(part)
  return { parts, errors }
}
