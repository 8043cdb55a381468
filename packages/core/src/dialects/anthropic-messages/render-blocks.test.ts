import { describe, expect, test } from 'vitest'
import {
  call,
  hello,
  refusal,
  text,
  tool,
  translate,
  warned,
} from '../../../../../test/translation/chat-to-messages.ts'
import type { JsonObject } from '../json.ts'

describe('images, files and audio', () => {
  test('T15 carries images and documents', () => {
    const image = (url: string) => ({ type: 'image_url', image_url: { url, detail: 'low' } })
    const { body, warnings } = translate({
      body: {
        messages: [
          {
            role: 'user',
            content: [
              image('data:image/png;charset=x;base64,AAA'),
              image('data:application/pdf;base64,BBB'),
              image('https://example.com/a.png'),
              { type: 'file', file: { file_data: 'data:application/pdf;base64,CCC', filename: 'c.pdf' } },
              { type: 'file', file: { file_data: 'data:text/plain;base64,w7c=' } },
            ],
          },
        ],
      },
    })
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAA' } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'BBB' } },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'CCC' },
            title: 'c.pdf',
          },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: '÷' } },
        ],
      },
    ])
    expect(warnings).toEqual([])
  })

  test.each([
    ['an image of another type', { type: 'image_url', image_url: { url: 'data:image/bmp;base64,AAA' } }],
    ['an image over plain http', { type: 'image_url', image_url: { url: 'http://example.com/a.png' } }],
    ['a data URL that is not base64', { type: 'image_url', image_url: { url: 'data:image/png,AAA' } }],
    ['audio', { type: 'input_audio', input_audio: { data: 'AAA', format: 'wav' } }],
    ['a file by id', { type: 'file', file: { file_id: 'file-1' } }],
    ['a part of an unknown type', { type: 'hologram' }],
  ])('T15 refuses %s at its position', (_, part) => {
    const messages = [{ role: 'user', content: [text('See:'), part] }]
    expect(refusal({ body: { messages } })).toMatchObject({ param: 'messages.0.content.1', status: 400 })
  })
})

describe('earlier thinking', () => {
  const calling = (message: JsonObject) => [
    ...hello,
    { role: 'assistant', tool_calls: [call('a', 'f')], ...message },
    { role: 'tool', tool_call_id: 'a', content: '1' },
  ]

  test('T08 T10 sends signed and redacted thinking back as it came', () => {
    const { body, warnings } = translate({
      body: {
        reasoning_effort: 'low',
        messages: calling({
          reasoning_content: 'hm',
          thinking_blocks: [
            { type: 'thinking', thinking: 'hm', signature: 'S' },
            { type: 'redacted_thinking', data: 'opaque' },
          ],
        }),
      },
    })
    expect(body.messages).toMatchObject([
      {},
      {
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'S' },
          { type: 'redacted_thinking', data: 'opaque' },
          { type: 'tool_use' },
        ],
      },
      {},
    ])
    expect(body.thinking).toMatchObject({ type: 'enabled' })
    expect(warnings).toEqual([])
  })

  test('T08 does without thinking where the model wants to see the thinking that nobody kept', () => {
    const messages = calling({ reasoning_content: 'hm' })
    const rendered = translate({ body: { reasoning_effort: 'low', messages } })
    expect(rendered.body).not.toHaveProperty('thinking')
    expect((rendered.body.messages as JsonObject[])[1]?.content).toHaveLength(1)
    expect(warned(rendered)).toEqual(['reasoning_effort changed', 'messages.1.reasoning_content dropped'])
    const adaptive = translate({ model: 'claude-opus-5', body: { reasoning_effort: 'low', messages } })
    expect(adaptive.body.thinking).toMatchObject({ type: 'adaptive' })
  })

  test('T09 never sends a signature that a gateway made for another provider', () => {
    const rendered = translate({
      body: {
        messages: calling({ thinking_blocks: [{ type: 'thinking', signature: 'tollgate-oai-v1:x' }] }),
      },
    })
    expect(JSON.stringify(rendered.body)).not.toContain('tollgate')
  })
})

describe('cache breakpoints', () => {
  test('go where the client has put them, in the words of the API', () => {
    const { body } = translate({
      body: {
        tools: [{ ...tool('f'), cache_control: { type: 'ephemeral', ttl: '1h' } }],
        messages: [
          { role: 'system', content: 'S', cache_control: { type: 'ephemeral' } },
          {
            role: 'user',
            content: [
              { ...text('a'), prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
              { ...text('b'), prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } },
            ],
          },
        ],
      },
    })
    expect(body).toMatchObject({
      tools: [{ cache_control: { type: 'ephemeral', ttl: '1h' } }],
      system: [{ text: 'S', cache_control: { type: 'ephemeral' } }],
      messages: [{ content: [{ cache_control: { ttl: '1h' } }, { cache_control: { type: 'ephemeral' } }] }],
    })
  })

  test('beyond the fourth are left out', () => {
    const content = Array.from({ length: 6 }, () => ({ ...text('a'), cache_control: { type: 'ephemeral' } }))
    const rendered = translate({ body: { messages: [{ role: 'user', content }] } })
    expect(JSON.stringify(rendered.body).match(/cache_control/g)).toHaveLength(4)
    expect(warned(rendered)).toEqual(['messages.0.content.4 dropped'])
  })

  const ephemeral = { cache_control: { type: 'ephemeral' } }
  const conversation = [
    { role: 'system', content: 'S' },
    { role: 'user', content: 'one' },
    { role: 'assistant', content: 'two' },
    { role: 'user', content: 'three' },
    { role: 'assistant', content: 'four' },
    { role: 'user', content: 'five' },
  ]

  test('stand behind instructions and latest turns for who has a key for the prompt and no marks', () => {
    const { body, warnings } = translate({ body: { messages: conversation, prompt_cache_key: 'k' } })
    const said = (value: string) => [{ type: 'text', text: value }]
    expect(body.system).toEqual([{ type: 'text', text: 'S', ...ephemeral }])
    expect((body.messages as JsonObject[]).map(({ content }) => content)).toEqual([
      said('one'),
      said('two'),
      [{ type: 'text', text: 'three', ...ephemeral }],
      said('four'),
      [{ type: 'text', text: 'five', ...ephemeral }],
    ])
    expect(warnings).toEqual([])
  })

  test('are left to who sets them, and to who has no key', () => {
    const [, ...others] = conversation
    const messages = [{ role: 'system', content: [{ ...text('S'), ...ephemeral }] }, ...others]
    const marksIn = (body: JsonObject) => JSON.stringify(translate({ body }).body).match(/cache_control/g)
    expect(marksIn({ messages, prompt_cache_key: 'k' })).toHaveLength(1)
    expect(marksIn({ messages: conversation })).toBeNull()
  })
})
