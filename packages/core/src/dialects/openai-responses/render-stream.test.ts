import { describe, expect, test } from 'vitest'
import { collectResponses, eventsOf } from '../../../../../test/translation/responses-answer.ts'
import { answerContext, renderStream } from '../../../../../test/translation/translation.ts'
import { createAnswerFilter } from '../answer-filters/answer-filters.ts'
import type { Delta } from '../delta.ts'
import type { AnswerContext } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { unpackSeal, unsealed } from '../seal.ts'
import { renderResponsesAnswer } from './render-answer.ts'
import { createResponsesStreamRenderer } from './render-stream.ts'

const start: Delta = { type: 'start', id: 'msg_1', model: 'claude-1' }
const usage = { inputUncached: 10, cacheRead: 1000, cacheWrite: 100, output: 50, reasoning: 20 }
const finish: Delta = { type: 'finish', reason: 'stop', usage }

const textBlock = (index: number, ...pieces: string[]): Delta[] => [
  { type: 'text-start', index },
  ...pieces.map((text): Delta => ({ type: 'text', index, text })),
  { type: 'block-stop', index },
]
const callBlock = (index: number, ...json: string[]): Delta[] => [
  { type: 'tool-start', index, id: `toolu_${index}`, name: 'f' },
  ...json.map((piece): Delta => ({ type: 'tool-arguments', index, json: piece })),
  { type: 'block-stop', index },
]

const wireOf = (deltas: readonly Delta[], context: Partial<AnswerContext> = {}): string =>
  renderStream('openai-responses', [start, ...deltas], context)
const read = (deltas: readonly Delta[], context: Partial<AnswerContext> = {}) =>
  collectResponses(wireOf(deltas, context))
const answer = (deltas: readonly Delta[], request: JsonObject = {}): JsonObject =>
  renderResponsesAnswer([start, ...deltas], { ...answerContext, request: () => request })

test('10.3 every event in its order, numbered from 0', () => {
  const { events } = read([
    { type: 'thinking-start', index: 0 },
    { type: 'thinking', index: 0, text: 'Hm' },
    { type: 'thinking', index: 0, text: '.' },
    { type: 'seal', index: 0, seal: { origin: 'anthropic', value: 'sig' } },
    { type: 'block-stop', index: 0 },
    ...textBlock(1, 'Hi', ' you'),
    ...callBlock(2, '{"a":', '1}'),
    finish,
  ])
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index))
  expect(events.map(({ type, output_index = '' }) => `${type} ${output_index}`.trim())).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added 0',
    'response.reasoning_summary_part.added 0',
    'response.reasoning_summary_text.delta 0',
    'response.reasoning_summary_text.delta 0',
    'response.reasoning_summary_text.done 0',
    'response.reasoning_summary_part.done 0',
    'response.output_item.done 0',
    'response.output_item.added 1',
    'response.content_part.added 1',
    'response.output_text.delta 1',
    'response.output_text.delta 1',
    'response.output_text.done 1',
    'response.content_part.done 1',
    'response.output_item.done 1',
    'response.output_item.added 2',
    'response.function_call_arguments.delta 2',
    'response.function_call_arguments.delta 2',
    'response.function_call_arguments.done 2',
    'response.output_item.done 2',
    'response.completed',
  ])
  const place = { item_id: 'msg_msg_1_1', output_index: 1, content_index: 0 }
  expect(events.slice(9, 14)).toEqual([
    {
      type: 'response.output_item.added',
      output_index: 1,
      item: { id: 'msg_msg_1_1', type: 'message', status: 'in_progress', role: 'assistant', content: [] },
      sequence_number: 9,
    },
    {
      type: 'response.content_part.added',
      ...place,
      part: { type: 'output_text', text: '', annotations: [], logprobs: [] },
      sequence_number: 10,
    },
    { type: 'response.output_text.delta', ...place, delta: 'Hi', logprobs: [], sequence_number: 11 },
    { type: 'response.output_text.delta', ...place, delta: ' you', logprobs: [], sequence_number: 12 },
    { type: 'response.output_text.done', ...place, text: 'Hi you', logprobs: [], sequence_number: 13 },
  ])
})

test('the items of its end are those of the JSON answer', () => {
  const deltas: Delta[] = [
    { type: 'thinking-start', index: 0 },
    { type: 'thinking', index: 0, text: 'Hm.' },
    { type: 'block-stop', index: 0 },
    ...textBlock(1, 'Hi'),
    ...callBlock(2, '{"a":1}'),
    { type: 'finish', reason: 'tool-calls', usage },
  ]
  const { response, items } = read(deltas)
  expect(answer(deltas)).toEqual(response)
  expect(response?.output).toEqual(items)
  expect(items).toEqual([
    {
      id: 'rs_msg_1_0',
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'Hm.' }],
      encrypted_content: unsealed,
    },
    {
      id: 'msg_msg_1_1',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Hi', annotations: [], logprobs: [] }],
    },
    {
      id: 'fc_msg_1_2',
      type: 'function_call',
      status: 'completed',
      call_id: 'toolu_2',
      name: 'f',
      arguments: '{"a":1}',
    },
  ])
})

describe('the response object', () => {
  test('repeats the request, with the defaults of what that leaves out', () => {
    const request = {
      model: 'mine',
      input: 'hi',
      instructions: 'Be brief.',
      tools: [{ type: 'web_search' }],
      tool_choice: 'required',
      temperature: 0.5,
      top_p: null,
      parallel_tool_calls: false,
      metadata: { team: 'a' },
      reasoning: { effort: 'low' },
      text: { verbosity: 'low' },
      store: true,
    }
    const response = answer([...textBlock(0, 'Hi'), finish], request)
    expect(response).toMatchObject({
      id: 'resp_msg_1',
      object: 'response',
      created_at: 1_700_000_000,
      completed_at: 1_700_000_000,
      status: 'completed',
      error: null,
      incomplete_details: null,
      model: 'claude-1',
      instructions: 'Be brief.',
      tools: [{ type: 'web_search' }],
      tool_choice: 'required',
      temperature: 0.5,
      top_p: null,
      parallel_tool_calls: false,
      metadata: { team: 'a' },
      reasoning: { effort: 'low' },
      text: { format: { type: 'text' }, verbosity: 'low' },
      store: false,
      previous_response_id: null,
      service_tier: 'default',
    })
    expect(response).not.toHaveProperty('input')
    const created = eventsOf(wireOf([], { request: () => request }))[0]?.response
    expect(created).toEqual({
      ...response,
      status: 'in_progress',
      completed_at: null,
      output: [],
      usage: null,
    })
  })

  test('T17 tells usage as its clients count it', () => {
    expect(read([finish]).response?.usage).toEqual({
      input_tokens: 1110,
      input_tokens_details: { cached_tokens: 1000, cache_write_tokens: 100 },
      output_tokens: 50,
      output_tokens_details: { reasoning_tokens: 20 },
      total_tokens: 1160,
    })
    expect(read([{ type: 'finish', reason: 'stop' }]).response?.usage).toBeNull()
  })

  test.each([
    ['stop', 'completed', null],
    ['tool-calls', 'completed', null],
    ['length', 'incomplete', { reason: 'max_output_tokens' }],
    ['content-filter', 'incomplete', { reason: 'content_filter' }],
  ] as const)('ends for the reason %s', (reason, status, incomplete_details) => {
    const deltas: Delta[] = [...textBlock(0, 'Hi'), { type: 'finish', reason, usage }]
    const { events, response } = read(deltas)
    expect(events.at(-1)?.type).toBe(`response.${status}`)
    expect(response).toMatchObject({ status, incomplete_details, usage: { output_tokens: 50 } })
    expect(answer(deltas)).toEqual(response)
  })

  test('has the id and model of the request where the provider names none, and keeps an id of its own kind', () => {
    const ids = (id: string) => {
      const wire = renderStream('openai-responses', [
        { type: 'start', id, model: '' },
        ...textBlock(0, 'a'),
        finish,
      ])
      const { response, items } = collectResponses(wire)
      return [response?.id, response?.model, items[0]?.id]
    }
    expect(ids('')).toEqual(['resp_req_1', 'model-1', 'msg_req_1_0'])
    expect(ids('resp_7')).toEqual(['resp_7', 'model-1', 'msg_7_0'])
  })

  test('names the tier that served in words of this dialect', () => {
    const tier = (serviceTier: string) => read([{ ...finish, serviceTier }]).response?.service_tier
    expect([tier('standard'), tier('priority')]).toEqual(['default', 'priority'])
  })
})

describe('text', () => {
  test('shows its sources, for the whole block where they do not say what they are for', () => {
    const { events, items } = read([
      { type: 'text-start', index: 0 },
      { type: 'citation', index: 0, url: 'https://a', title: 'A' },
      { type: 'text', index: 0, text: 'Hello' },
      { type: 'citation', index: 0, url: 'https://b', start: 1, end: 3 },
      { type: 'block-stop', index: 0 },
      finish,
    ])
    const annotations = [
      { type: 'url_citation', url: 'https://a', title: 'A', start_index: 0, end_index: 5 },
      { type: 'url_citation', url: 'https://b', title: '', start_index: 1, end_index: 3 },
    ]
    const added = events.filter(({ type }) => type === 'response.output_text.annotation.added')
    expect(added.map(({ annotation }) => annotation)).toEqual(annotations)
    expect(added.map(({ annotation_index }) => annotation_index)).toEqual([0, 1])
    expect(items[0]?.content).toMatchObject([{ annotations }])
  })

  test('shows how likely it was', () => {
    const logprob = { token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] }
    const { events, items } = read([
      { type: 'text-start', index: 0 },
      { type: 'text', index: 0, text: 'Hi', logprobs: [logprob] },
      { type: 'text', index: 0, text: '!' },
      { type: 'block-stop', index: 0 },
      finish,
    ])
    const told = events.filter(({ logprobs }) => logprobs !== undefined).map(({ logprobs }) => logprobs)
    expect(told).toEqual([[logprob], [], [logprob]])
    expect(items[0]?.content).toMatchObject([{ logprobs: [logprob] }])
  })

  test('that refuses is a refusal', () => {
    const { events, items } = read([
      { type: 'text-start', index: 0, refusal: true },
      { type: 'text', index: 0, text: 'No.' },
      { type: 'block-stop', index: 0 },
      finish,
    ])
    expect(items[0]?.content).toEqual([{ type: 'refusal', refusal: 'No.' }])
    expect(events.map(({ type }) => type).slice(3, -1)).toEqual([
      'response.content_part.added',
      'response.refusal.delta',
      'response.refusal.done',
      'response.content_part.done',
      'response.output_item.done',
    ])
  })

  test('T33 why nothing was said is a refusal, unless something was said', () => {
    const refused: Delta = { type: 'finish', reason: 'content-filter', refusal: 'Blocked.' }
    expect(read([refused])).toMatchObject({ refusal: 'Blocked.', response: { status: 'incomplete' } })
    expect(answer([refused])).toEqual(read([refused]).response)
    expect(read([...textBlock(0, 'a'), refused])).toMatchObject({ text: 'a', refusal: '' })
  })
})

describe('reasoning', () => {
  const thinking = (seal: Extract<Delta, { type: 'seal' }>['seal'], text = '', redacted = false): Delta[] => [
    { type: 'thinking-start', index: 0, ...(redacted && { redacted: true as const }) },
    ...(text === '' ? [] : [{ type: 'thinking' as const, index: 0, text }]),
    { type: 'seal', index: 0, seal },
    { type: 'block-stop', index: 0 },
    ...textBlock(1, 'a'),
    finish,
  ]
  const first = (deltas: readonly Delta[]): JsonObject => ({ ...read(deltas).items[0] })

  test('T09 has the seals of others packed and its own bare, under the id they are known by', () => {
    const signed = first(thinking({ origin: 'anthropic', value: 'sig' }, 'Hm.'))
    expect(signed.summary).toEqual([{ type: 'summary_text', text: 'Hm.' }])
    expect(signed.encrypted_content).toMatch(/^tollgate-ant-v1:/)
    expect(unpackSeal(String(signed.encrypted_content), 'openai')).toEqual({
      origin: 'anthropic',
      value: 'sig',
    })
    expect(first(thinking({ origin: 'openai', value: 'gAAA', id: 'rs_9' }))).toEqual({
      id: 'rs_9',
      type: 'reasoning',
      summary: [],
      encrypted_content: 'gAAA',
    })
  })

  test('keeps the id that was told with its first text, and the seal keeps its own', () => {
    const { id, encrypted_content } = first(thinking({ origin: 'openai', value: 'gAAA', id: 'rs_9' }, 'Hm.'))
    expect(id).toBe('rs_msg_1_0')
    expect(unpackSeal(String(encrypted_content), 'openai')).toEqual({
      origin: 'openai',
      value: 'gAAA',
      id: 'rs_9',
    })
  })

  test('T10 that is hidden says so', () => {
    const { encrypted_content } = first(thinking({ origin: 'anthropic', value: 'data' }, '', true))
    expect(unpackSeal(String(encrypted_content), 'openai')).toEqual({
      origin: 'anthropic',
      value: 'data',
      redacted: true,
    })
  })

  test('without text and seal is nothing, and leaves no gap', () => {
    const { events, items } = read([
      { type: 'thinking-start', index: 0 },
      { type: 'block-stop', index: 0 },
      ...textBlock(1, 'a'),
      finish,
    ])
    expect(items.map(({ type }) => type)).toEqual(['message'])
    expect(events[2]).toMatchObject({ type: 'response.output_item.added', output_index: 0 })
  })
})

describe('calls', () => {
  test('T28 of a custom tool show its text, unwrapped from JSON that is cut anywhere', () => {
    const filter = createAnswerFilter({ customTools: new Set(['f']) })
    const json = JSON.stringify({ input: '*** "Begin"\n\tü\u0007' })
    const deltas = [...callBlock(0, ...json), finish].flatMap(filter)
    const { events, items, deltas: told } = read(deltas)
    expect(items).toEqual([
      {
        id: 'ctc_msg_1_0',
        type: 'custom_tool_call',
        status: 'completed',
        call_id: 'toolu_0',
        name: 'f',
        input: '*** "Begin"\n\tü\u0007',
      },
    ])
    expect(told.get('ctc_msg_1_0')).toBe('*** "Begin"\n\tü\u0007')
    expect(new Set(events.map(({ type }) => type))).toContain('response.custom_tool_call_input.delta')
    expect(events.find(({ type }) => type === 'response.custom_tool_call_input.done')).toMatchObject({
      input: '*** "Begin"\n\tü\u0007',
    })
    expect(events.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { usage: { total_tokens: 1160 } },
    })
  })

  test('of a namespace are named as the client named them', () => {
    const request = () => ({
      tools: [{ type: 'namespace', name: 'crm', tools: [{ type: 'function', name: 'find' }] }],
    })
    const deltas: Delta[] = [
      { type: 'tool-start', index: 0, id: 'c', name: 'crm__find' },
      { type: 'tool-arguments', index: 0, json: '{}' },
      { type: 'block-stop', index: 0 },
      finish,
    ]
    const { events, items } = read(deltas, { request })
    const named = { type: 'function_call', namespace: 'crm', name: 'find' }
    expect(items).toMatchObject([named])
    expect(events[2]?.item).toMatchObject(named)
  })

  test('that are signed come behind an item that is nothing but the seal', () => {
    const { events, items } = read([
      { type: 'tool-start', index: 0, id: 'c', name: 'f', seal: { origin: 'google', value: 'gsig' } },
      { type: 'tool-arguments', index: 0, json: '{}' },
      { type: 'block-stop', index: 0 },
      finish,
    ])
    expect(items).toMatchObject([
      { type: 'reasoning', summary: [], encrypted_content: expect.stringMatching(/^tollgate-goo-v1:/) },
      { type: 'function_call', call_id: 'c' },
    ])
    expect(events.map(({ output_index }) => output_index).filter(Number.isInteger)).toEqual([
      0, 0, 1, 1, 1, 1,
    ])
  })
})

describe('everything else', () => {
  test('a picture is the result of an image call', () => {
    const deltas: Delta[] = [{ type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAA' }, finish]
    const { items } = read(deltas)
    expect(items).toEqual([
      {
        id: 'ig_msg_1_0',
        type: 'image_generation_call',
        status: 'completed',
        result: 'AAA',
        output_format: 'png',
      },
    ])
    expect(answer(deltas).output).toEqual(items)
  })

  test('sound is told as it comes and whole in the end', () => {
    const sound = (data: string, transcript: string): Delta => ({
      type: 'media',
      kind: 'audio',
      mediaType: 'audio/wav',
      data,
      transcript,
    })
    const deltas = [sound('AAE=', 'a'), sound('AgM=', 'b'), finish]
    const { events, items } = read(deltas)
    expect(events.slice(2, 8).map(({ type, delta }) => `${type} ${delta}`)).toEqual([
      'response.audio.delta AAE=',
      'response.audio.transcript.delta a',
      'response.audio.delta AgM=',
      'response.audio.transcript.delta b',
      'response.audio.done undefined',
      'response.audio.transcript.done undefined',
    ])
    expect(items[0]?.content).toEqual([
      {
        type: 'output_text',
        text: 'ab',
        annotations: [],
        logprobs: [],
        audio: { data: 'AAECAw==', format: 'wav' },
      },
    ])
    expect(answer(deltas).output).toEqual(items)
  })

  test('items of this API come as they are, those of others not at all', () => {
    const item = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
    const { items } = read([
      { type: 'opaque', dialect: 'openai-responses', value: item },
      { type: 'opaque', dialect: 'anthropic-messages', value: { type: 'server_tool_use' } },
      ...textBlock(0, 'a'),
      finish,
    ])
    expect(items).toMatchObject([item, { type: 'message' }])
  })

  test('T23 an error is an error and a failed response, which keeps what was finished', () => {
    const error: Delta = { type: 'error', kind: 'overloaded_error', message: 'Overloaded' }
    const { events, response } = read([...textBlock(0, 'a'), error])
    expect(events.at(-2)).toEqual({
      type: 'error',
      error: { type: 'server_error', code: 'overloaded_error', message: 'Overloaded', param: null },
      sequence_number: 8,
    })
    expect(events.at(-1)).toMatchObject({ type: 'response.failed', sequence_number: 9 })
    expect(response).toMatchObject({
      id: 'resp_msg_1',
      status: 'failed',
      error: { code: 'overloaded_error', message: 'Overloaded' },
      output: [{ type: 'message' }],
      completed_at: null,
    })
    expect(answer([...textBlock(0, 'a'), error])).toEqual(response)
  })

  test('events of the gateway itself are numbered in between', () => {
    const renderer = createResponsesStreamRenderer(answerContext)
    const before = renderer.push(start)
    const heartbeat = renderer.nextSequence?.()
    const after = renderer.push(finish)
    expect(eventsOf(before + after).map(({ sequence_number }) => sequence_number)).toEqual([0, 1, 3])
    expect(heartbeat).toBe(2)
  })
})
