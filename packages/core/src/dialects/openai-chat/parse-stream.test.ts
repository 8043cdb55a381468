import { describe, expect, test } from 'vitest'
import { collectDeltas, outline } from '../../../../../test/translation/collect-deltas.ts'
import { parseStream } from '../../../../../test/translation/translation.ts'
import type { JsonObject } from '../json.ts'

const done = '[DONE]'

/** Chunks, each given as its first choice's delta or as members of its own. */
function parse(chunks: readonly (JsonObject | string)[]) {
  const frames = chunks.map((chunk) =>
    Buffer.from(
      `data: ${typeof chunk === 'string' ? chunk : JSON.stringify({ id: 'c-1', model: 'm', ...chunk })}\n\n`,
    ),
  )
  return collectDeltas(parseStream('openai-chat', frames))
}

const piece = (delta: JsonObject, more: JsonObject = {}) => ({ choices: [{ index: 0, delta, ...more }] })
const say = (content: string) => piece({ content })
const end = (reason: string) => piece({}, { finish_reason: reason })
const calls = (...pieces: JsonObject[]) => piece({ tool_calls: pieces })
const begin = (index: number, name: string, json = '') => ({
  index,
  id: `call_${index}`,
  type: 'function',
  function: { name, arguments: json },
})
const more = (index: number, json: string) => ({ index, function: { arguments: json } })

describe('tool calls', () => {
  test('T04 arguments in the first piece are one piece', () => {
    const { blocks, finish } = parse([
      say('ok'),
      calls(begin(0, 'weather', '{"location":"SF"}')),
      end('tool_calls'),
      { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } },
      done,
    ])
    expect(blocks.map(({ type }) => type)).toEqual(['text', 'tool'])
    expect(blocks[1]?.deltas).toEqual([{ type: 'tool-arguments', index: 1, json: '{"location":"SF"}' }])
    expect(finish).toMatchObject({ reason: 'tool-calls', usage: { inputUncached: 3, output: 4 } })
  })

  test('T06 calls that are written at once come one after another', () => {
    const answer = parse([
      calls(begin(0, 'f')),
      calls(begin(1, 'g')),
      calls(more(0, '{"a"')),
      calls(more(1, '{"a"')),
      calls(more(0, ':1}')),
      calls(more(1, ':2}')),
      end('tool_calls'),
      done,
    ])
    expect(outline(answer)).toEqual(['tool f {"a":1}', 'tool g {"a":2}'])
  })

  test('T06 a call behind a whole one does not wait for the end', () => {
    const { blocks, finish } = parse([
      calls(begin(0, 'f', '{"a":1}')),
      calls(begin(1, 'g')),
      calls(more(1, '{')),
    ])
    expect(finish).toBeUndefined()
    expect(blocks[1]?.text).toBe('{')
  })

  test('an index that begins at 1, and none at all', () => {
    expect(outline(parse([calls(begin(1, 'f', '{}')), end('tool_calls'), done]))).toEqual(['tool f {}'])
    const bare = (id: string, name: string, json: string) => ({ id, function: { name, arguments: json } })
    const answer = parse([
      calls(bare('a', 'f', '{"x"'), bare('', '', ':1}')),
      calls(bare('b', 'g', '{}')),
      end('stop'),
      done,
    ])
    expect(outline(answer)).toEqual(['tool f {"x":1}', 'tool g {}'])
  })

  test('one index for all calls', () => {
    const answer = parse([
      calls({ ...begin(0, 'f', '{"a":1}'), id: 'x' }),
      calls({ ...begin(0, 'g', '{"a":2}'), id: 'y' }),
      calls({ ...begin(0, 'h', '{"a":3}'), id: '' }),
      end('stop'),
      done,
    ])
    expect(outline(answer)).toEqual(['tool f {"a":1}', 'tool g {"a":2}', 'tool h {"a":3}'])
  })

  test('names and ids that are empty, repeated or late', () => {
    const answer = parse([
      calls({ index: 0, id: 'x' }),
      calls({ index: 0, function: { arguments: '{"a"' } }),
      calls({ index: 0, id: '', function: { name: 'f', arguments: '' } }),
      calls({ index: 0, id: 'x', function: { name: 'f', arguments: ':1' } }),
      calls({ index: 0, id: '', function: { name: '', arguments: '}' } }),
      end('tool_calls'),
      done,
    ])
    expect(outline(answer)).toEqual(['tool f {"a":1}'])
    expect(answer.blocks[0]?.start).toMatchObject({ id: 'x' })
  })

  test('calls without ids get their own', () => {
    const { blocks } = parse([
      calls({ ...begin(0, 'f', '{}'), id: '' }, { ...begin(1, 'g', '{}'), id: '' }),
      end('stop'),
      done,
    ])
    expect(blocks.map(({ start }) => 'id' in start && start.id)).toEqual(['call_c-1_0', 'call_c-1_1'])
  })

  test('no arguments are an empty object', () => {
    expect(outline(parse([calls(begin(0, 'f'), begin(1, 'g')), end('tool_calls'), done]))).toEqual([
      'tool f {}',
      'tool g {}',
    ])
  })

  test('a stop that calls tools', () => {
    expect(parse([calls(begin(0, 'f', '{}')), end('stop'), done]).finish?.reason).toBe('tool-calls')
    expect(parse([calls(begin(0, 'f', '{}')), end('length'), done]).finish?.reason).toBe('length')
  })

  test('tools that take free text, and Google’s signature', () => {
    const { blocks } = parse([
      calls({ index: 0, id: 'a', type: 'custom', custom: { name: 'patch', input: '*** ' } }),
      calls({ index: 0, custom: { input: 'Begin' } }),
      calls({ ...begin(1, 'f', '{}'), extra_content: { google: { thought_signature: 'S' } } }),
      end('tool_calls'),
      done,
    ])
    expect(blocks[0]).toMatchObject({ start: { custom: true, name: 'patch' }, text: '*** Begin' })
    expect(blocks[1]?.start).toMatchObject({ seal: { origin: 'google', value: 'S' } })
  })

  test('the call of before there were tools', () => {
    const legacy = (call: JsonObject) => piece({ function_call: call })
    const answer = parse([
      legacy({ name: 'f', arguments: '' }),
      legacy({ arguments: '{"a":1}' }),
      end('function_call'),
      done,
    ])
    expect(outline(answer)).toEqual(['tool f {"a":1}'])
    expect(answer.finish?.reason).toBe('tool-calls')
  })
})

describe('reasoning', () => {
  test.each([
    ['reasoning_content', { reasoning_content: 'hm' }],
    ['reasoning', { reasoning: 'hm' }],
    ['both names', { reasoning_content: 'hm', reasoning: 'hm' }],
    ['reasoning_details', { reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] }],
    [
      'reasoning beside its details',
      { reasoning: 'hm', reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] },
    ],
    ['parts', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }],
  ])('as %s', (_, delta) => {
    expect(outline(parse([piece(delta), say('Hi'), end('stop'), done]))).toEqual(['thinking hm', 'text Hi'])
  })

  test('that comes late does not split the text', () => {
    const late = piece({ reasoning_content: 'hm ' })
    const answer = parse([say('a'), late, say('b'), late, say('c'), end('stop'), done])
    expect(outline(answer)).toEqual(['text abc', 'thinking hm hm '])
  })

  test('stands before the call that it led to', () => {
    const answer = parse([
      say('a'),
      piece({ reasoning: 'hm' }),
      calls(begin(0, 'f', '{}')),
      end('tool_calls'),
      done,
    ])
    expect(outline(answer)).toEqual(['text a', 'thinking hm', 'tool f {}'])
  })

  test('with its signature', () => {
    const { blocks } = parse([
      piece({ reasoning_content: 'h' }),
      piece({ reasoning_content: 'm' }),
      piece({ thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'S' }] }),
      piece({ thinking_blocks: [{ type: 'redacted_thinking', data: 'D' }] }),
      piece({ reasoning_content: 'again' }),
      piece({ reasoning_content: '', thinking_blocks: [{ type: 'thinking', thinking: '', signature: 'T' }] }),
      end('stop'),
      done,
    ])
    expect(blocks.map(({ text }) => text)).toEqual(['hm', '', 'again'])
    const seals = blocks.map(({ deltas }) => deltas.at(-1))
    expect(seals).toMatchObject(['S', 'D', 'T'].map((value) => ({ seal: { origin: 'anthropic', value } })))
  })
})

describe('text', () => {
  test('T35 content, finish and usage in one chunk', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
    const { blocks, finish } = parse([
      { ...piece({ content: 'Hi' }, { finish_reason: 'stop' }), usage },
      done,
    ])
    expect(blocks.map(({ text }) => text)).toEqual(['Hi'])
    expect(finish).toMatchObject({ reason: 'stop', usage: { inputUncached: 1, output: 2 } })
  })

  test('T36 empty content is no block', () => {
    const { blocks, finish } = parse([piece({ role: 'assistant', content: '' }), end('stop'), done])
    expect(blocks).toEqual([])
    expect(finish?.reason).toBe('stop')
  })

  test('behind the finish reason is not the answer’s', () => {
    expect(outline(parse([say('a'), end('stop'), say('b'), end('length'), done]))).toEqual(['text a'])
  })

  test('of other choices is not shown', () => {
    const other = { choices: [{ index: 1, delta: { content: 'b' }, finish_reason: 'length' }] }
    const answer = parse([other, say('a'), other, end('stop'), done])
    expect(outline(answer)).toEqual(['text a'])
    expect(answer.finish?.reason).toBe('stop')
  })

  test('refusals', () => {
    const answer = parse([piece({ refusal: 'No' }), piece({ refusal: '.' }), end('stop'), done])
    expect(outline(answer)).toEqual(['refusal No.'])
  })

  test('citations, counted from the block', () => {
    const source = { url: 'https://a.example', title: 'A', start_index: 1, end_index: 3 }
    const { blocks } = parse([
      say('abc'),
      piece({ annotations: [{ type: 'url_citation', url_citation: source }] }),
      end('stop'),
      done,
    ])
    expect(blocks[0]?.deltas.at(-1)).toEqual({
      type: 'citation',
      index: 0,
      url: 'https://a.example',
      title: 'A',
      start: 1,
      end: 3,
    })
  })

  test('log probabilities, of tokens that are no text yet too', () => {
    const token = (name: string) => ({ token: name, logprob: -1, bytes: [], top_logprobs: [] })
    const probable = (content: string, name: string) =>
      piece({ content }, { logprobs: { content: [token(name)], refusal: null } })
    const { blocks } = parse([probable('', '1'), probable('é', '2'), probable('', '3'), end('stop'), done])
    expect(blocks[0]?.deltas).toEqual([
      { type: 'text', index: 0, text: 'é', logprobs: [token('1'), token('2')] },
      { type: 'text', index: 0, text: '', logprobs: [token('3')] },
    ])
  })
})

test('pictures and sound', () => {
  const { media, blocks } = parse([
    say('Look'),
    piece({ images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }),
    end('stop'),
    done,
  ])
  expect(blocks).toHaveLength(1)
  expect(media).toEqual([{ type: 'media', kind: 'image', mediaType: 'image/png', data: 'AAAA' }])
  const spoken = parse([
    piece({ audio: { id: 'a', transcript: 'Hi' } }),
    piece({ audio: { data: 'AAAA' } }),
    end('stop'),
    done,
  ])
  expect(spoken.media).toMatchObject([
    { kind: 'audio', data: '', transcript: 'Hi' },
    { kind: 'audio', mediaType: 'audio/pcm', data: 'AAAA' },
  ])
})

describe('the end', () => {
  test('is the finish reason where nothing says [DONE]', () => {
    expect(parse([say('a'), end('length')]).finish?.reason).toBe('length')
  })

  test('is not there when the stream breaks off', () => {
    expect(parse([say('a')])).toMatchObject({ finish: undefined, error: undefined })
  })

  test('comes once', () => {
    expect(parse([say('a'), end('stop'), done, done, say('b')]).finish?.reason).toBe('stop')
  })

  test('has the last usage and the tier that served', () => {
    const counted = (count: number) => ({
      ...say('a'),
      service_tier: 'priority',
      usage: { prompt_tokens: 5, completion_tokens: count, total_tokens: 5 + count },
    })
    const { finish } = parse([counted(1), counted(2), end('stop'), done])
    expect(finish).toMatchObject({ usage: { inputUncached: 5, output: 2 }, serviceTier: 'priority' })
  })
})

describe('errors', () => {
  test.each<[string, JsonObject | string, string]>([
    [
      'an error object',
      { error: { message: 'Busy', type: 'server_error', code: 'overloaded' } },
      'overloaded',
    ],
    ['a status', { error: { message: 'Busy', code: 503 } }, 'upstream_overloaded'],
    ['words', { error: 'Busy' }, 'upstream_error'],
    ['vLLM’s', { object: 'error', message: 'Busy', code: 400 }, 'upstream_error'],
    [
      'OpenRouter’s',
      { error: { code: 429, message: 'Busy' }, choices: [{ finish_reason: 'error' }] },
      'rate_limit_exceeded',
    ],
    ['a finish reason', end('error'), 'upstream_error'],
    ['no JSON', '<html>', 'upstream_error'],
  ])('%s', (_, chunk, kind) => {
    const answer = parse([say('a'), chunk, say('b'), end('stop'), done])
    expect(answer.error?.kind).toBe(kind)
    expect(answer.finish).toBeUndefined()
  })

  test.each([
    [{ code: 'invalid_api_key', message: 'Key sk-123 is wrong' }, 'upstream_auth_error'],
    [{ code: 401, message: 'Key sk-123 is wrong' }, 'upstream_auth_error'],
    [
      { type: 'insufficient_quota', message: 'Organisation org-1 has no credits' },
      'upstream_quota_exhausted',
    ],
  ])('between operator and provider stay there: %j', (error, kind) => {
    const shown = parse([say('a'), { error }]).error
    expect(shown?.kind).toBe(kind)
    expect(shown?.message).toBe('The provider refused to go on with this answer.')
  })
})
