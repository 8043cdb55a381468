import { describe, expect, test } from 'vitest'
import { parseStream } from '../../../../../test/translation/translation.ts'
import { recording } from '../../../../../test/upstream/wire.ts'
import type { Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { parseMessagesAnswer } from './parse-answer.ts'

function deltasOf(name: string): readonly Delta[] {
  const { events } = recording(`anthropic/${name}.chunks.txt`)
  return parseStream(
    'anthropic-messages',
    events.map((event) => Buffer.from(event)),
  )
}

const opaque = (deltas: readonly Delta[]): readonly JsonObject[] =>
  deltas.flatMap((delta) => (delta.type === 'opaque' ? [delta.value] : []))

describe('blocks that only this API knows pass whole', () => {
  test('calls of server tools with their input, and results', () => {
    const values = opaque(deltasOf('anthropic-web-search-tool.1'))
    expect(values).toMatchObject([
      { type: 'server_tool_use', name: 'web_search', input: { query: expect.any(String) } },
      { type: 'web_search_tool_result', tool_use_id: values[0]?.id },
    ])
    const code = opaque(deltasOf('anthropic-code-execution-20250825.1'))
    const inputs = code.filter(({ type }) => type === 'server_tool_use').map(({ input }) => input)
    expect(inputs.length).toBeGreaterThan(1)
    for (const input of inputs) expect(input).toHaveProperty('command')
  })

  test('T19 compactions, fallbacks and advisors', () => {
    const [compaction, ...others] = opaque(deltasOf('anthropic-compaction.1'))
    expect(others).toEqual([])
    expect(compaction).toEqual({ type: 'compaction', content: expect.stringContaining('## Summary') })
    expect(opaque(deltasOf('anthropic-fallback'))).toEqual([
      { type: 'fallback', from: { model: 'claude-fable-5' }, to: { model: 'claude-opus-4-8' } },
    ])
    expect(opaque(deltasOf('anthropic-advisor-stop-reasons')).map(({ type }) => type)).toEqual([
      'server_tool_use',
      'advisor_tool_result',
      'server_tool_use',
      'advisor_tool_result',
    ])
  })

  test('between the others, which have no gaps', () => {
    const deltas = deltasOf('anthropic-web-fetch-tool.1')
    const order = deltas.flatMap((delta) => {
      if (delta.type === 'opaque') return [String(delta.value.type)]
      return delta.type === 'text-start' ? [`text ${delta.index}`] : []
    })
    expect(order).toEqual(['text 0', 'server_tool_use', 'web_fetch_tool_result', 'text 1'])
  })

  test('and what has no type is nothing', () => {
    const message = { id: 'msg_1', content: [{ text: 'a' }, 'b', { type: 'text', text: 'c' }] }
    expect(parseMessagesAnswer(message)?.map(({ type }) => type)).toEqual([
      'start',
      'text-start',
      'text',
      'block-stop',
      'finish',
    ])
  })
})

describe('citations', () => {
  const cited = (citation: JsonObject) =>
    parseMessagesAnswer({ content: [{ type: 'text', text: 'a', citations: [citation] }] })?.filter(
      ({ type }) => type === 'citation',
    )

  test('have the words that are cited', () => {
    const url = 'https://a.example'
    expect(
      cited({ type: 'web_search_result_location', url, title: null, cited_text: 'so', encrypted_index: 'E' }),
    ).toEqual([{ type: 'citation', index: 0, url, citedText: 'so' }])
    const first = deltasOf('anthropic-web-search-tool.1').find(({ type }) => type === 'citation')
    expect(first).toMatchObject({ citedText: expect.stringContaining('Apple Ginza') })
  })

  test('of a search result are shown where its source is an address', () => {
    const type = 'search_result_location'
    const source = 'https://a.example/1'
    expect(cited({ type, source, title: 'A', cited_text: 'so' })).toEqual([
      { type: 'citation', index: 0, url: source, title: 'A', citedText: 'so' },
    ])
    expect(cited({ type, source: 'kb-1', title: 'A', cited_text: 'so' })).toEqual([])
    expect(cited({ type: 'char_location', cited_text: 'so', document_title: 'A' })).toEqual([])
  })
})

describe('the end', () => {
  test('T18 tells the searches and the tier', () => {
    expect(deltasOf('anthropic-web-search-tool.1').at(-1)).toEqual({
      type: 'finish',
      reason: 'stop',
      usage: { inputUncached: 15665, cacheRead: 0, cacheWrite: 0, output: 795, reasoning: 0, webSearches: 1 },
      serviceTier: 'standard',
    })
  })

  test.each([
    ['T31', { stop_reason: 'stop_sequence', stop_sequence: 'END' }, { reason: 'stop', stopSequence: 'END' }],
    ['T32', { stop_reason: 'pause_turn', stop_sequence: null }, { reason: 'stop' }],
    [
      'T33',
      { stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'Not that.' } },
      { reason: 'content-filter', refusal: 'Not that.' },
    ],
  ])('%s', (_, outcome, finish) => {
    expect(parseMessagesAnswer({ content: [], ...outcome })?.at(-1)).toEqual({ type: 'finish', ...finish })
  })
})
