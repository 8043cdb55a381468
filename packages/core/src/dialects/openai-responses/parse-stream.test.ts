import { describe, expect, test } from 'vitest'
import { collectChat, frame } from '../../../../../test/translation/messages-to-chat.ts'
import { parseStream, translateStream } from '../../../../../test/translation/translation.ts'
import type { Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { openaiResponses } from './openai-responses.ts'

const created = { type: 'response.created', response: { id: 'resp_1', model: 'gpt-5', output: [] } }
const usage = { input_tokens: 10, output_tokens: 5 }

const added = (output_index: number, item: JsonObject) => ({
  type: 'response.output_item.added',
  output_index,
  item,
})
const done = (output_index: number, item: JsonObject) => ({
  type: 'response.output_item.done',
  output_index,
  item,
})
const said = (output_index: number, delta: string, content_index = 0) => ({
  type: 'response.output_text.delta',
  output_index,
  content_index,
  delta,
})
const argued = (output_index: number, delta: string) => ({
  type: 'response.function_call_arguments.delta',
  output_index,
  delta,
})
const completed = (output: readonly JsonObject[] = [], more: JsonObject = {}) => ({
  type: 'response.completed',
  response: { id: 'resp_1', status: 'completed', output, usage, ...more },
})
const message = { type: 'message', role: 'assistant', content: [] }
const text = (...texts: string[]) => ({
  ...message,
  content: texts.map((part) => ({ type: 'output_text', text: part, annotations: [] })),
})
const call = (name: string, json: string, id = 'call_1') => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name,
  arguments: json,
  status: 'completed',
})

const parse = (events: readonly JsonObject[]) => parseStream('openai-responses', frame(events))
const whole = (response: JsonObject) => openaiResponses.parseAnswer?.(response)

/** What opens a line of an outline, and what goes on with it. */
function lineOf(delta: Delta): string | undefined {
  switch (delta.type) {
    case 'tool-start':
      return `${delta.id} ${delta.name} `
    case 'text-start':
      return delta.refusal ? 'refusal ' : 'text '
    case 'thinking-start':
      return 'thinking '
    case 'finish':
      return `finish ${delta.reason}`
    case 'error':
      return `error ${delta.kind}`
    case 'opaque':
      return `opaque ${delta.value.type}`
    case 'media':
      return `${delta.mediaType} ${delta.data}`
  }
}

function wordsOf(delta: Delta): string {
  if (delta.type === 'seal') return ` sealed ${delta.seal.value}`
  return delta.type === 'tool-arguments' ? delta.json : 'text' in delta ? delta.text : ''
}

/** One line for each block and for what is between them. */
function outline(deltas: readonly Delta[]): string[] {
  const lines: string[] = []
  for (const delta of deltas) {
    const line = lineOf(delta)
    if (line !== undefined) lines.push(line)
    else lines.push((lines.pop() ?? '') + wordsOf(delta))
  }
  return lines.filter((line) => line !== '')
}
const read = (...events: JsonObject[]) => outline(parse([created, ...events]))

describe('items', () => {
  test('T06 items that interleave come one after another, the first as it is written', () => {
    const deltas = parse([
      created,
      added(0, call('f', '', 'a')),
      added(1, call('g', '', 'b')),
      argued(0, '{"x":'),
      argued(1, '{"y":'),
      argued(0, '1}'),
      argued(1, '2}'),
      done(1, call('g', '{"y":2}', 'b')),
      done(0, call('f', '{"x":1}', 'a')),
      completed(),
    ])
    expect(outline(deltas)).toEqual(['a f {"x":1}', 'b g {"y":2}', 'finish tool-calls'])
    expect(deltas.slice(1).map((delta) => ('index' in delta ? delta.index : -1))).toEqual([
      0, 0, 0, 0, 1, 1, 1, 1, -1,
    ])
  })

  test('the first piece of a call does not wait for its end', () => {
    const deltas = parse([created, added(0, call('f', '')), argued(0, '{')])
    expect(outline(deltas)).toEqual(['call_1 f {'])
  })

  test.each([
    ['only at their end', [done(0, call('f', '{"x":1}'))]],
    [
      'only in their own end',
      [
        { type: 'response.function_call_arguments.done', output_index: 0, arguments: '{"x":1}' },
        done(0, call('f', '')),
      ],
    ],
    ['in part', [argued(0, '{"x"'), done(0, call('f', '{"x":1}'))]],
    ['already in their beginning', [done(0, call('f', '{"x":1}'))]],
  ])('arguments that are there %s', (_, events) => {
    expect(read(added(0, call('f', '')), ...events, completed())).toEqual([
      'call_1 f {"x":1}',
      'finish tool-calls',
    ])
  })

  test('T05 a call without arguments has an empty object, unless it was cut off', () => {
    expect(read(added(0, call('f', '')), done(0, call('f', '')), completed())[0]).toBe('call_1 f {}')
    const cut = { ...call('f', ''), status: 'incomplete' }
    expect(read(added(0, cut), done(0, cut), completed())[0]).toBe('call_1 f ')
  })

  test('a name that comes late', () => {
    const nameless = { ...call('', '') }
    expect(
      read(added(0, nameless), argued(0, '{"x":1}'), done(0, call('f', '{"x":1}')), completed())[0],
    ).toBe('call_1 f {"x":1}')
  })

  test('texts of one message and of several are blocks of their own', () => {
    expect(
      read(
        added(0, message),
        said(0, 'a'),
        said(0, 'b', 1),
        done(0, text('a', 'b')),
        added(2, message),
        said(2, 'c'),
        done(2, text('c')),
        completed(),
      ),
    ).toEqual(['text a', 'text b', 'text c', 'finish stop'])
  })

  test('a part ends where the next one begins', () => {
    const deltas = parse([created, added(0, message), said(0, 'a'), said(0, 'b', 1), completed()])
    expect(deltas.map(({ type }) => type)).toEqual([
      'start',
      'text-start',
      'text',
      'block-stop',
      'text-start',
      'text',
      'block-stop',
      'finish',
    ])
  })

  test('a beginning that is said twice is one', () => {
    expect(read(added(0, message), said(0, 'a'), added(0, message), said(0, 'b'), completed())).toEqual([
      'text ab',
      'finish stop',
    ])
  })

  test('a custom call without a text has none', () => {
    const custom = { type: 'custom_tool_call', call_id: 'c', name: 'g', input: '' }
    expect(read(added(0, custom), done(0, custom), completed())[0]).toBe('c g ')
  })

  test('likelihoods belong to the text that they came with', () => {
    const logprobs = [{ token: 'a', logprob: 0 }]
    const likely = { ...message, content: [{ type: 'output_text', text: 'ab', logprobs }] }
    const texts = (...events: JsonObject[]) =>
      parse([created, added(0, message), ...events, done(0, likely), completed()]).filter(
        ({ type }) => type === 'text',
      )
    expect(texts()).toEqual([{ type: 'text', index: 0, text: 'ab', logprobs }])
    expect(texts({ ...said(0, 'a'), logprobs })).toEqual([
      { type: 'text', index: 0, text: 'a', logprobs },
      { type: 'text', index: 0, text: 'b' },
    ])
  })

  test('text that no piece has told is told once', () => {
    expect(
      read(added(0, message), said(0, 'Hel'), done(0, text('Hello')), completed([text('Hello')])),
    ).toEqual(['text Hello', 'finish stop'])
  })

  test('text that does not fit to what was told is left alone', () => {
    expect(read(added(0, message), said(0, 'Hel'), done(0, text('Goodbye')), completed())[0]).toBe('text Hel')
  })

  test('a refusal is a block that says so', () => {
    const refusal = { type: 'response.refusal.delta', output_index: 0, content_index: 0, delta: 'No.' }
    const part = { ...message, content: [{ type: 'refusal', refusal: 'No.' }] }
    const events = [created, added(0, message), refusal, done(0, part), completed()]
    expect(outline(parse(events))).toEqual(['refusal No.', 'finish stop'])
    const answer = collectChat(translateStream(['openai-responses', 'openai-chat'], frame(events)))
    expect(answer).toMatchObject({ content: '', refusal: 'No.' })
  })

  test('annotations that only the end shows', () => {
    const annotation = {
      type: 'url_citation',
      url: 'https://a.example',
      title: 'A',
      start_index: 0,
      end_index: 1,
    }
    const file = { type: 'file_citation', file_id: 'file_1', index: 0 }
    const cited = {
      ...message,
      content: [{ type: 'output_text', text: 'a', annotations: [file, annotation] }],
    }
    const deltas = parse([created, added(0, message), said(0, 'a'), done(0, cited), completed()])
    expect(deltas.filter(({ type }) => type === 'citation')).toEqual([
      { type: 'citation', index: 0, url: 'https://a.example', title: 'A', start: 0, end: 1 },
    ])
  })
})

describe('reasoning', () => {
  const item = { type: 'reasoning', id: 'rs_1', summary: [] }
  const summed = (summary_index: number, delta: string) => ({
    type: 'response.reasoning_summary_text.delta',
    output_index: 0,
    summary_index,
    delta,
  })
  const summary = (...texts: string[]) => texts.map((part) => ({ type: 'summary_text', text: part }))

  test('parts of a summary are separated by a blank line', () => {
    const last = { ...item, summary: summary('One', 'Two'), encrypted_content: 'E' }
    const events = [added(0, item), summed(0, 'O'), summed(0, 'ne'), summed(1, 'Two'), done(0, last)]
    expect(read(...events, completed())).toEqual(['thinking One\n\nTwo sealed E', 'finish stop'])
    expect(outline(whole({ output: [last], status: 'completed' }) ?? [])).toEqual([
      'thinking One\n\nTwo sealed E',
      'finish stop',
    ])
  })

  test('a seal is kept where nothing is shown, and nothing is made of nothing', () => {
    expect(read(added(0, item), done(0, { ...item, encrypted_content: 'E' }), completed())).toEqual([
      'thinking  sealed E',
      'finish stop',
    ])
    expect(read(added(0, item), done(0, item), completed())).toEqual(['finish stop'])
  })

  test('reasoning that is told twice is shown once', () => {
    const both = { ...item, summary: summary('Sum'), content: [{ type: 'reasoning_text', text: 'All' }] }
    expect(read(added(0, item), done(0, both), completed())[0]).toBe('thinking Sum')
    const spoken = { type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, delta: 'Al' }
    expect(read(added(0, item), spoken, done(0, both), completed())[0]).toBe('thinking All')
  })
})

describe('T44 calls in one', () => {
  const uses = [
    { recipient_name: 'functions.f', parameters: { x: 1 } },
    { recipient_name: 'functions.g', parameters: {} },
  ]
  const json = JSON.stringify({ tool_uses: uses })

  test.each(['parallel', 'multi_tool_use.parallel'])('%s is taken apart, wherever it is cut', (name) => {
    for (const at of [0, 1, 30, json.length]) {
      const pieces = [json.slice(0, at), json.slice(at)].map((piece) => argued(0, piece))
      expect(read(added(0, call(name, '')), ...pieces, done(0, call(name, json)), completed())).toEqual([
        'call_1_0 f {"x":1}',
        'call_1_1 g {}',
        'finish tool-calls',
      ])
    }
    expect(outline(whole({ output: [call(name, json)] }) ?? [])).toHaveLength(3)
  })

  test.each([
    '{"tool_uses":[]}',
    '{"tool_uses":[{"recipient_name":"f","parameters":{}}]}',
    '{"tool_uses":[{"recipient_name":"functions.f","parameters":1}]}',
    '{"jobs":2}',
    '{"tool_uses":',
  ])('a tool of the client’s own with that name keeps its arguments: %s', (own) => {
    expect(
      read(added(0, call('parallel', '')), argued(0, own), done(0, call('parallel', own)), completed()),
    ).toEqual([`call_1 parallel ${own}`, 'finish tool-calls'])
  })
})

describe('the end', () => {
  test('output that is in the end alone', () => {
    const output = [text('a'), call('f', '{"x":1}'), { type: 'web_search_call', id: 'ws' }]
    expect(read(completed(output))).toEqual([
      'text a',
      'call_1 f {"x":1}',
      'opaque web_search_call',
      'finish tool-calls',
    ])
    expect(read(added(0, message), said(0, 'a'), completed(output))).toEqual([
      'text a',
      'call_1 f {"x":1}',
      'opaque web_search_call',
      'finish tool-calls',
    ])
  })

  test('items without ends of their own end with the answer, each as it is there', () => {
    const events = [added(0, message), said(0, 'a'), added(3, message), said(3, 'b')]
    expect(read(...events, completed([text('ax'), text('by')]))).toEqual([
      'text ax',
      'text by',
      'finish stop',
    ])
  })

  test('reasoning that nobody told before the text is not told behind it', () => {
    const reasoning = { type: 'reasoning', summary: [], encrypted_content: 'E' }
    const end = completed([reasoning, text('a')])
    expect(read(added(0, message), said(0, 'a'), end)).toEqual(['text a', 'finish stop'])
    expect(read(end)).toEqual(['thinking  sealed E', 'text a', 'finish stop'])
  })

  test('events without the beginnings of their items, without an index, or without a start', () => {
    const bare = { type: 'response.output_text.delta', item_id: 'msg_1', content_index: 0, delta: 'a' }
    expect(outline(parse([bare, completed([text('ab')])]))).toEqual(['text ab', 'finish stop'])
    expect(parse([bare, completed()])[0]).toEqual({ type: 'start', id: '', model: '' })
  })

  test('items that one server numbers all alike', () => {
    const events = [
      added(0, message),
      said(0, 'a'),
      done(0, text('a')),
      added(0, call('f', '')),
      done(0, call('f', '{}')),
    ]
    expect(read(...events, completed())).toEqual(['text a', 'call_1 f {}', 'finish tool-calls'])
  })

  test('a picture is media', () => {
    const image = {
      type: 'image_generation_call',
      status: 'completed',
      result: 'AAAA',
      output_format: 'webp',
    }
    expect(read(added(0, { ...image, result: null }), done(0, image), completed())).toEqual([
      'image/webp AAAA',
      'finish stop',
    ])
  })

  test.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content-filter'],
    ['max_messages', 'stop'],
  ])('an answer that is incomplete because of %s finishes with %s', (reason, finish) => {
    const response = { status: 'incomplete', incomplete_details: { reason }, output: [call('f', '{')], usage }
    expect(read({ type: 'response.incomplete', response }).at(-1)).toBe(`finish ${finish}`)
    expect(outline(whole(response) ?? []).at(-1)).toBe(`finish ${finish}`)
  })

  test('usage and tier are those of the end', () => {
    const details = {
      input_tokens_details: { cached_tokens: 4 },
      output_tokens_details: { reasoning_tokens: 2 },
    }
    const end = completed([text('a')], { usage: { ...usage, ...details }, service_tier: 'flex' })
    expect(parse([created, end]).at(-1)).toEqual({
      type: 'finish',
      reason: 'stop',
      usage: { inputUncached: 6, cacheRead: 4, cacheWrite: 0, output: 5, reasoning: 2 },
      serviceTier: 'flex',
    })
  })

  test('what follows the end is not part of the answer', () => {
    const events = [created, completed([text('a')]), created, completed([text('b')])]
    expect(outline(parse(events))).toEqual(['text a', 'finish stop'])
  })

  test('what is no response is no answer', () => {
    expect(whole({ error: { message: 'no' } })).toBeUndefined()
  })
})

describe('failures', () => {
  test.each([
    ['nested', { type: 'error', error: { type: 'server_error', code: null, message: 'Oops' } }],
    ['flat', { type: 'error', code: 'server_error', message: 'Oops', param: null }],
    ['failed', { type: 'response.failed', response: { error: { code: 'server_error', message: 'Oops' } } }],
  ])('T23 an error that is %s', (_, event) => {
    const deltas = parse([created, added(0, message), said(0, 'a'), event, completed([text('ab')])])
    expect(deltas.at(-1)).toEqual({ type: 'error', kind: 'server_error', message: 'Oops' })
    expect(outline(deltas)).toEqual(['text a', 'error server_error'])
  })

  test.each([
    ['insufficient_quota', 'upstream_quota_exhausted'],
    ['billing_hard_limit_reached', 'upstream_quota_exhausted'],
    ['invalid_api_key', 'upstream_auth_error'],
    ['authentication_error', 'upstream_auth_error'],
    ['rate_limit_exceeded', 'rate_limit_exceeded'],
  ])('T24 %s is the operator’s business', (code, kind) => {
    const error = { code, message: 'Limit of organization org-secret, key sk-secret' }
    const [, delta] = parse([created, { type: 'response.failed', response: { error } }])
    expect(delta).toMatchObject({ type: 'error', kind })
    expect(JSON.stringify(delta)).not.toContain('secret')
  })

  test('a whole answer that failed is an error', () => {
    const response = { status: 'failed', error: { code: 'server_error', message: 'Oops' }, output: [] }
    expect(outline(whole(response) ?? [])).toEqual(['error server_error'])
  })

  test('odd shapes are passed over', () => {
    const odd = [
      added(0, 7 as unknown as JsonObject),
      { type: 'response.output_text.delta', output_index: 9, content_index: 0, delta: 7 },
      { type: 'response.content_part.done', output_index: 9, content_index: 0, part: null },
      { type: 'response.something.new', output_index: 0 },
      { type: '__proto__' },
      { type: 'constructor' },
      { type: 'keepalive' },
      done(3, { type: 'message', content: [null, 7] }),
    ]
    expect(read(...odd, completed([null as unknown as JsonObject]))).toEqual(['finish stop'])
  })

  test('an event that is no JSON ends the answer', () => {
    const pieces = [
      ...frame([created]),
      Buffer.from('data: {"type":\n\n'),
      ...frame([completed([text('a')])]),
    ]
    expect(outline(parseStream('openai-responses', pieces))).toEqual(['error upstream_error'])
  })
})
