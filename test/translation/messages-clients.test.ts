import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../packages/core/src/dialects/json.ts'
import { recordedFiles, recording } from '../upstream/wire.ts'
import { readMessage, readWithAiSdk, wireEvents } from './messages-client.ts'
import { translateRequest, translateStream, warned } from './translation.ts'

const files = recordedFiles().filter((file) => recording(file).dialect === 'openai-chat')

function shown(file: string): string {
  const pieces = recording(file).events.map((event) => Buffer.from(event))
  return translateStream(['openai-chat', 'anthropic-messages'], pieces)
}

const chunk = (delta: JsonObject, finish_reason: string | null = null) =>
  Buffer.from(
    `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`,
  )
const done = Buffer.from('data: [DONE]\n\n')
const show = (...pieces: Buffer[]) => translateStream(['openai-chat', 'anthropic-messages'], pieces)

describe('recorded Chat streams, for Messages clients', () => {
  test.each(files)('%s is read by both official clients', async (file) => {
    const wire = shown(file)
    const starts = wireEvents(wire).filter(({ type }) => type === 'content_block_start')
    expect(starts.map(({ index }) => index)).toEqual(starts.map((_, place) => place))
    expect((await readMessage(wire)).stop_reason).toMatch(/^(end_turn|max_tokens|tool_use)$/)
    expect((await readWithAiSdk(wire)).errors).toEqual([])
  })

  test('T04 reasoning comes first, then the call', async () => {
    const { content } = await readMessage(shown('openai-compatible/xai-tool-call.chunks.txt'))
    expect(content).toMatchObject([
      { type: 'thinking' },
      { type: 'tool_use', name: 'weather', input: { location: 'San Francisco' } },
    ])
    expect(await readMessage(shown('groq/groq-tool-call.chunks.txt'))).toMatchObject({
      content: [{ type: 'tool_use', input: {} }],
      stop_reason: 'tool_use',
    })
  })

  test('T07 reasoning that nobody has signed, a call, and no text', async () => {
    const wire = shown('deepseek/deepseek-tool-call.chunks.txt')
    expect(wire).not.toContain('signature_delta')
    expect(await readMessage(wire)).toMatchObject({
      content: [
        { type: 'thinking', signature: '' },
        { type: 'tool_use', name: 'weather', input: { location: 'San Francisco' } },
      ],
      stop_reason: 'tool_use',
      usage: {
        input_tokens: 19,
        cache_read_input_tokens: 320,
        output_tokens: 83,
        output_tokens_details: { thinking_tokens: 39 },
      },
    })
  })

  test('T21 a first chunk without a choice is no beginning', async () => {
    expect(await readMessage(shown('openai/azure-model-router.1.chunks.txt'))).toMatchObject({
      model: expect.stringMatching(/^(gpt-5-nano|model-1)/),
      content: [{ type: 'text', text: 'Capital of Denmark.' }],
      usage: { input_tokens: 15, output_tokens: 78, output_tokens_details: { thinking_tokens: 64 } },
    })
  })
})

describe('Chat streams, for Messages clients', () => {
  const call = (index: number, members: JsonObject) => ({ tool_calls: [{ index, ...members }] })

  test('T06 calls that come at the same time follow each other', async () => {
    const wire = show(
      chunk(call(0, { id: 'a', function: { name: 'f', arguments: '' } })),
      chunk(call(1, { id: 'b', function: { name: 'g', arguments: '' } })),
      chunk(call(0, { function: { arguments: '{"a":1}' } })),
      chunk(call(1, { function: { arguments: '{"a":2}' } })),
      chunk({}, 'tool_calls'),
      done,
    )
    const blocks = wireEvents(wire).filter(({ type }) => String(type).startsWith('content_block'))
    expect(blocks.map(({ index }) => index)).toEqual([0, 0, 0, 1, 1, 1])
    expect((await readMessage(wire)).content).toMatchObject([
      { id: 'a', input: { a: 1 } },
      { id: 'b', input: { a: 2 } },
    ])
  })

  test('T35 T36 content and finish in one chunk, and no content at all', async () => {
    expect(await readMessage(show(chunk({ content: 'Hi' }, 'length'), done))).toMatchObject({
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'max_tokens',
    })
    expect(await readMessage(show(chunk({ content: '' }, 'stop'), done))).toMatchObject({ content: [] })
  })

  test('T25 an end without a finish never looks like one', async () => {
    const wire = show(chunk({ content: 'Hi' }))
    expect(wire).not.toContain('message_stop')
    await expect(readMessage(wire)).rejects.toThrow()
  })
})

describe('requests of Messages clients, for Chat providers', () => {
  const ask = (body: JsonObject) =>
    translateRequest(
      ['anthropic-messages', 'openai-chat'],
      { model: 'm', max_tokens: 100, ...body },
      { model: 'gpt-4.1' },
    )
  const call = (id: string, name = 'f') => ({ type: 'tool_use', id, name, input: {} })
  const result = (id: string, content: unknown) => ({ type: 'tool_result', tool_use_id: id, content })
  const text = (value: string) => ({ type: 'text', text: value })
  const hello = { role: 'user', content: 'Hello' }

  test('T02 T16 results come before what the user says, their pictures after them', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAA' } }
    const { body } = ask({
      messages: [
        hello,
        { role: 'assistant', content: [call('t1'), call('t2')] },
        { role: 'user', content: [text('note'), result('t1', [text('see'), image]), result('t2', 'ok')] },
      ],
    })
    expect((body.messages as JsonObject[]).slice(2)).toEqual([
      { role: 'tool', tool_call_id: 't1', content: 'see\n[image]' },
      { role: 'tool', tool_call_id: 't2', content: 'ok' },
      {
        role: 'user',
        content: expect.arrayContaining([
          text('note'),
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAA' } },
        ]),
      },
    ])
  })

  test('T30 long names of tools are the client’s own again in its stream', async () => {
    const name = `mcp__${'a'.repeat(75)}`
    const { body, answer } = ask({
      messages: [
        hello,
        { role: 'assistant', content: [call('t1', name)] },
        { role: 'user', content: [result('t1', 'ok')] },
      ],
      tools: [{ name, input_schema: { type: 'object' } }],
      tool_choice: { type: 'tool', name },
    })
    const [tool] = body.tools as { function: { name: string } }[]
    const short = tool?.function.name ?? ''
    expect(short).toHaveLength(64)
    expect(body.tool_choice).toMatchObject({ function: { name: short } })
    expect(JSON.stringify(body)).not.toContain(name)
    const pieces = [
      chunk(
        { tool_calls: [{ index: 0, id: 'a', function: { name: short, arguments: '{}' } }] },
        'tool_calls',
      ),
      done,
    ]
    const wire = translateStream(['openai-chat', 'anthropic-messages'], pieces, { answer })
    expect((await readMessage(wire)).content).toMatchObject([{ type: 'tool_use', name }])
  })

  test('T12 what a reasoning model does not take is left out with a word', () => {
    const rendered = translateRequest(
      ['anthropic-messages', 'openai-chat'],
      { model: 'm', max_tokens: 100, messages: [hello], temperature: 0.7 },
      { model: 'gpt-5' },
    )
    expect(rendered.body).not.toHaveProperty('temperature')
    expect(warned(rendered)).toEqual(['temperature dropped'])
  })

  test('the line that Claude Code signs its requests with goes to Anthropic alone', () => {
    const system = [text('x-anthropic-billing-header: cc_version=2'), text('Be brief.')]
    const { body } = ask({ system, messages: [hello] })
    expect(JSON.stringify(body)).not.toContain('billing-header')
    expect(JSON.stringify(body.messages)).toContain('Be brief.')
  })
})
