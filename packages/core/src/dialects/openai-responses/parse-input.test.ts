import { describe, expect, test } from 'vitest'
import { parseRequest } from '../../../../../test/translation/translation.ts'
import type { Message, Part } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { packSeal } from '../seal.ts'

const messagesOf = (...input: JsonObject[]): readonly Message[] =>
  parseRequest('openai-responses', { model: 'gpt-5', input }).messages

const partsOf = (content: unknown): readonly Part[] =>
  messagesOf({ role: 'user', content }).flatMap(({ parts }) => parts)

describe('content', () => {
  const path = 'input[0].content[0]'
  test.each<[JsonObject, JsonObject]>([
    [
      { type: 'input_text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
      { type: 'text', text: 'a', cache: { ttl: '12h' } },
    ],
    [
      { type: 'input_image', image_url: 'https://a/b.png', detail: 'high' },
      { type: 'image', source: { kind: 'url', url: 'https://a/b.png' }, detail: 'high' },
    ],
    [
      { type: 'input_image', image_url: 'data:image/png;base64,AAA', detail: 'low' },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAA' }, detail: 'low' },
    ],
    [
      { type: 'input_image', file_id: 'file-1', image_url: null },
      { type: 'image', source: { kind: 'file', id: 'file-1' } },
    ],
    [
      { type: 'input_file', file_data: 'data:application/pdf;base64,AAA', filename: 'a.pdf', detail: 'low' },
      {
        type: 'document',
        source: { kind: 'base64', mediaType: 'application/pdf', data: 'AAA' },
        title: 'a.pdf',
        extras: { detail: 'low' },
      },
    ],
    [
      { type: 'input_file', file_data: 'AAA' },
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AAA' } },
    ],
    [
      { type: 'input_file', file_url: 'https://a/b.pdf' },
      { type: 'document', source: { kind: 'url', url: 'https://a/b.pdf' } },
    ],
    [
      { type: 'input_file', file_id: 'file-1' },
      { type: 'document', source: { kind: 'file', id: 'file-1' } },
    ],
    [
      { type: 'input_audio', input_audio: { data: 'AAA', format: 'wav' } },
      { type: 'audio', data: 'AAA', format: 'wav' },
    ],
    [
      { type: 'refusal', refusal: 'no' },
      { type: 'refusal', text: 'no' },
    ],
  ])('%j', (part, expected) => {
    expect(partsOf([part])).toEqual([{ ...expected, path }])
  })

  test('a string', () => {
    expect(partsOf('a')).toEqual([{ type: 'text', text: 'a', path: 'input[0].content' }])
  })
})

describe('items', () => {
  test('of one turn are one assistant message', () => {
    const annotations = [{ type: 'url_citation', url: 'https://a', title: 'A', start_index: 0, end_index: 1 }]
    const messages = messagesOf(
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'a' },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }] },
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        phase: 'commentary',
        content: [
          { type: 'output_text', text: 'b', annotations },
          { type: 'refusal', refusal: 'c' },
          { type: 'output_hologram', data: 'd' },
        ],
      },
      { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'raw', namespace: 'ns' },
      { type: 'function_call_output', call_id: 'c1', output: '1', status: 'completed' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: [{ type: 'input_text', text: '2' }] },
      { role: 'assistant', content: 'd' },
    )
    expect(messages.map(({ role, path }) => `${role} ${path}`)).toEqual([
      'system input[0]',
      'user input[1]',
      'assistant input[2]',
      'tool input[7]',
      'tool input[8]',
      'assistant input[9]',
    ])
    expect(messages[2]?.parts).toEqual([
      { type: 'thinking', text: 'Hm.', path: 'input[2]', extras: { id: 'rs_1' } },
      {
        type: 'text',
        text: 'b',
        path: 'input[3].content[0]',
        extras: { annotations, message: { id: 'msg_1', status: 'completed', phase: 'commentary' } },
      },
      { type: 'refusal', text: 'c', path: 'input[3].content[1]' },
      { type: 'opaque', value: { type: 'output_hologram', data: 'd' }, path: 'input[3].content[2]' },
      {
        type: 'tool-call',
        id: 'c1',
        name: 'f',
        arguments: '{"a":1}',
        path: 'input[4]',
        extras: { id: 'fc_1' },
      },
      {
        type: 'opaque',
        value: { type: 'web_search_call', id: 'ws_1', status: 'completed' },
        path: 'input[5]',
      },
      {
        type: 'tool-call',
        id: 'c2',
        name: 'ns__g',
        arguments: 'raw',
        custom: true,
        path: 'input[6]',
        extras: { namespace: 'ns' },
      },
    ])
    expect([messages[3]?.parts, messages[4]?.parts]).toEqual([
      [
        {
          type: 'tool-result',
          callId: 'c1',
          parts: [{ type: 'text', text: '1', path: 'input[7].output' }],
          path: 'input[7]',
          extras: { status: 'completed' },
        },
      ],
      [
        {
          type: 'tool-result',
          callId: 'c2',
          custom: true,
          parts: [{ type: 'text', text: '2', path: 'input[8].output[0]' }],
          path: 'input[8]',
        },
      ],
    ])
  })

  test('of the client and of the model are told apart where only this API knows them', () => {
    const messages = messagesOf(
      { type: 'local_shell_call', id: 'a' },
      { type: 'local_shell_call_output', id: 'b', output: '' },
      { type: 'compaction', encrypted_content: 'c' },
      { type: 'mcp_approval_response', approve: true },
    )
    expect(messages.map(({ role }) => role)).toEqual(['assistant', 'user', 'assistant', 'user'])
    expect(messages.flatMap(({ parts }) => parts.map(({ type }) => type))).toEqual(Array(4).fill('opaque'))
  })
})

describe('T09 reasoning', () => {
  const reasoning = (encrypted: string, ...summary: string[]) => ({
    type: 'reasoning',
    id: 'rs_1',
    summary: summary.map((text) => ({ type: 'summary_text', text })),
    encrypted_content: encrypted,
  })
  const call = { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' }
  const google = packSeal({ origin: 'google', value: 'gsig' }, 'openai')

  test('has the seal of its own provider, with the id it is known by', () => {
    expect(messagesOf(reasoning('gAAA', 'a', 'b'))[0]?.parts).toMatchObject([
      { text: 'a\n\nb', seal: { origin: 'openai', value: 'gAAA', id: 'rs_1' } },
    ])
  })

  test('has the seals of others that were packed for this dialect, hidden or not', () => {
    const signed = packSeal({ origin: 'anthropic', value: 'sig' }, 'openai')
    const hidden = packSeal({ origin: 'anthropic', value: 'data', redacted: true }, 'openai')
    const parts = messagesOf(reasoning(signed, 'a'), reasoning(hidden))[0]?.parts
    expect(parts).toMatchObject([
      { text: 'a', seal: { origin: 'anthropic', value: 'sig' } },
      { text: '', seal: { origin: 'anthropic', value: 'data' }, redacted: true },
    ])
    expect(parts?.[0]).not.toHaveProperty('redacted')
  })

  test('that is nothing but the seal of a call is that of the call behind it', () => {
    const parts = messagesOf(reasoning(google), call, { ...call, call_id: 'c2' })[0]?.parts
    expect(parts).toMatchObject([
      { type: 'tool-call', id: 'c1', seal: { origin: 'google', value: 'gsig' } },
      { type: 'tool-call', id: 'c2' },
    ])
    expect(parts?.[1]).not.toHaveProperty('seal')
  })

  test('keeps a seal of Google where it has text or no call follows', () => {
    const parts = messagesOf(reasoning(google, 'a'), call, reasoning(google))[0]?.parts
    expect(parts?.map(({ type }) => type)).toEqual(['thinking', 'tool-call', 'thinking'])
    expect(parts?.[1]).not.toHaveProperty('seal')
  })

  test('of open servers is told in full, and an empty item is nothing', () => {
    const content = [{ type: 'reasoning_text', text: 'Hm.' }]
    expect(messagesOf({ type: 'reasoning', id: 'rs_1', summary: [], content })[0]?.parts).toEqual([
      { type: 'thinking', text: 'Hm.', path: 'input[0]', extras: { id: 'rs_1', summary: [], content } },
    ])
    expect(messagesOf({ type: 'reasoning', id: 'rs_1', summary: [] })).toEqual([])
  })

  test('whose seal nobody of us packed has none', () => {
    expect(messagesOf(reasoning('tollgate-new-v9:abc', 'a'))[0]?.parts[0]).not.toHaveProperty('seal')
  })
})
