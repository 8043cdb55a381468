import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collectChat } from '../../../../../test/translation/messages-to-chat.ts'
import { collectResponses } from '../../../../../test/translation/responses-answer.ts'
import { translateStream } from '../../../../../test/translation/translation.ts'
import { recordedFiles, recording } from '../../../../../test/upstream/wire.ts'

const files = recordedFiles().filter((file) => file.startsWith('anthropic/'))
/** Fifteen messages one after the other: the first is the answer. */
const several = 'anthropic/anthropic-programmatic-tool-calling.1.chunks.txt'
/** It begins again when it cannot any more, and ends in an error. */
const spliced = 'anthropic/spliced-message-start.chunks.txt'

const pieces = (file: string): Uint8Array[] => recording(file).events.map((event) => Buffer.from(event))
const translate = (parts: readonly Uint8Array[], answerTool?: string): string =>
  translateStream(['anthropic-messages', 'openai-responses'], parts, {
    answer: answerTool === undefined ? undefined : { answerTool },
  })
const read = (name: string, answerTool?: string) =>
  collectResponses(translate(pieces(`anthropic/${name}.chunks.txt`), answerTool))

describe('every recorded Messages stream, for a Responses client', () => {
  test.each(files)('P27 T37 %s is the same however its bytes arrive', (file) => {
    const whole = Buffer.concat(pieces(file))
    const expected = translate([whole])
    expect(translate(pieces(file))).toBe(expected)
    expect(translate(Array.from(whole, (_, at) => whole.subarray(at, at + 1)))).toBe(expected)
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), whole.length]
        expect(translate(edges.slice(1).map((edge, at) => whole.subarray(edges[at], edge)))).toBe(expected)
      }),
      { numRuns: 5 },
    )
  })

  test.each(files.filter((file) => file !== several))(
    'P23 T25 %s never looks finished when it is cut',
    (file) => {
      const events = pieces(file)
      const whole = translate(events)
      for (let length = 0; length < events.length; length += Math.ceil(events.length / 50)) {
        const cut = translate(events.slice(0, length))
        expect(whole.startsWith(cut)).toBe(true)
        expect(collectResponses(cut).response?.status ?? 'failed').toBe('failed')
      }
    },
  )

  test.each(files)('%s counts its events and items without gaps, and its deltas add up', (file) => {
    const { events, items, deltas, response } = collectResponses(translate(pieces(file)))
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index))
    const added = events.filter(({ type }) => type === 'response.output_item.added')
    expect(added.map(({ output_index }) => output_index)).toEqual(added.map((_, index) => index))
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
    for (const { id, type, arguments: json, content, summary } of items) {
      if (type === 'function_call') expect(JSON.parse(json ?? '')).toBeTypeOf('object')
      const text = [...(content ?? []), ...(summary ?? [])].map((part) => part.text ?? '').join('')
      if (!content?.[0]?.refusal) expect(deltas.get(id) ?? '').toBe(json ?? text)
    }
    if (file !== spliced) expect(response?.output).toEqual(items)
  })

  test.each(files)('%s says the same as for a Chat client', (file) => {
    const answer = collectResponses(translate(pieces(file)))
    const chat = collectChat(translateStream(['anthropic-messages', 'openai-chat'], pieces(file)))
    expect([answer.text, answer.reasoning, answer.refusal]).toEqual([
      chat.content,
      chat.reasoning,
      chat.refusal,
    ])
    if (file === spliced) return
    expect(answer.calls.map(({ name, arguments: json }) => [name, json])).toEqual(
      chat.toolCalls.map(({ function: call }) => [call.name, call.arguments]),
    )
    const usage = chat.usage as Record<string, unknown>
    expect(answer.response?.usage).toEqual({
      input_tokens: usage.prompt_tokens,
      input_tokens_details: usage.prompt_tokens_details,
      output_tokens: usage.completion_tokens,
      output_tokens_details: usage.completion_tokens_details,
      total_tokens: usage.total_tokens,
    })
  })
})

describe('recorded answers', () => {
  test('T05 a tool without arguments', () => {
    const { text, calls, response } = read('anthropic-tool-no-args')
    expect(text).toBe("I'll update the issue list for you.")
    expect(calls).toMatchObject([{ type: 'function_call', name: 'updateIssueList', arguments: '{}' }])
    expect(response).toMatchObject({
      status: 'completed',
      usage: { input_tokens: 565, output_tokens: 48, total_tokens: 613 },
    })
  })

  test('T14 structured output that took a tool is text', () => {
    const { text, calls, response } = read('anthropic-json-tool.2', 'json')
    expect(JSON.parse(text)).toEqual({
      elements: [{ location: 'San Francisco', temperature: 58, condition: 'sunny' }],
    })
    expect(calls).toEqual([])
    expect(response).toMatchObject({ status: 'completed', usage: { total_tokens: 896 } })
  })

  test('T18 a search shows its sources and none of its calls', () => {
    const { text, items, response } = read('anthropic-web-search-tool.1')
    expect(text).toHaveLength(2402)
    expect(new Set(items.map(({ type }) => type))).toEqual(new Set(['message']))
    const parts = items.flatMap(({ content }) => content ?? []) as { annotations?: unknown[] }[]
    expect(parts.flatMap(({ annotations }) => annotations ?? [])).toHaveLength(14)
    expect(response?.usage).toMatchObject({ input_tokens: 15_665, output_tokens: 795, total_tokens: 16_460 })
  })

  test('T33 a refusal without content', () => {
    const { refusal, text, response } = read('anthropic-refusal')
    expect(text).toBe('')
    expect(refusal).toContain('was blocked under')
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
      usage: { input_tokens: 18, output_tokens: 5, total_tokens: 23 },
    })
  })

  test('T34 an answer that begins again within a delivered call fails', () => {
    const { events, response } = read('spliced-message-start')
    expect(events.at(-2)).toMatchObject({ type: 'error', error: { code: 'upstream_error' } })
    expect(response).toMatchObject({ status: 'failed', error: { code: 'upstream_error' } })
  })
})
