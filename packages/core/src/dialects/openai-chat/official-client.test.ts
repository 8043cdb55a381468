import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { parseRequest, translateStream } from '../../../../../test/translation/translation.ts'
import { frameLines, recording } from '../../../../../test/upstream/wire.ts'

/** The message that the official client puts together out of a stream. */
async function finalMessage(wire: string) {
  const fetch = async () => new Response(wire, { headers: { 'content-type': 'text/event-stream' } })
  const client = new OpenAI({ baseURL: 'http://gateway.test/v1', apiKey: 'key', fetch })
  const messages = [{ role: 'user' as const, content: 'hi' }]
  const { choices } = await client.chat.completions.stream({ model: 'm', messages }).finalChatCompletion()
  return choices[0]?.message
}

const translated = (events: readonly string[]) =>
  translateStream(
    ['anthropic-messages', 'openai-chat'],
    events.map((event) => Buffer.from(event)),
  )

test('T18 all sources of an answer reach it, although it keeps the latest piece alone', async () => {
  const { events } = recording('anthropic/anthropic-web-search-tool.1.chunks.txt')
  const message = await finalMessage(translated(events))
  expect(message?.content).toHaveLength(2402)
  expect(message?.annotations).toHaveLength(14)
})

test('and so does all signed thinking, in whatever way a client joins it', async () => {
  const blocks = [
    { type: 'thinking', thinking: 'one', signature: 'A' },
    { type: 'redacted_thinking', data: 'B' },
    { type: 'text', text: 'Hi' },
    { type: 'thinking', thinking: 'two', signature: 'C' },
  ]
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], usage: {} }
  const lines = [
    { type: 'message_start', message },
    ...blocks.flatMap((content_block, index) => [
      { type: 'content_block_start', index, content_block },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } },
    { type: 'message_stop' },
  ]
  const events = frameLines(
    lines.map((line) => JSON.stringify(line)),
    'anthropic-messages',
  )
  const wire = translated(events)
  const { thinking_blocks: kept } = (await finalMessage(wire)) as unknown as { thinking_blocks: object[] }
  expect(kept).toEqual(blocks.filter(({ type }) => type !== 'text'))
  const joined = [...wire.matchAll(/"thinking_blocks":(\[.*?\])/g)].flatMap(([, list = '']) =>
    JSON.parse(list),
  )
  expect(joined.length).toBeGreaterThan(kept.length)
  const [fromKept, fromJoined] = [kept, joined].map((thinking_blocks) => {
    const { messages } = parseRequest('openai-chat', {
      model: 'm',
      messages: [{ role: 'assistant', content: 'Hi', thinking_blocks }],
    })
    return messages[0]?.parts.map(({ path: _path, ...part }) => part)
  })
  expect(fromJoined).toEqual(fromKept)
  expect(fromKept).toHaveLength(4)
})
