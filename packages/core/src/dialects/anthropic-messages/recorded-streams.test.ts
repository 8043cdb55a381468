import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ChatAnswer,
  collectChat,
  translateStream,
} from '../../../../../test/translation/messages-to-chat.ts'
import { recordedFiles, recording } from '../../../../../test/upstream/wire.ts'

const files = recordedFiles().filter((file) => file.startsWith('anthropic/'))
const several = 'anthropic/anthropic-programmatic-tool-calling.1.chunks.txt'

function bytesOf(file: string): Uint8Array[] {
  return recording(file).events.map((event) => Buffer.from(event))
}

function read(name: string, answerTool?: string): ChatAnswer {
  const answer = answerTool === undefined ? undefined : { answerTool }
  return collectChat(translateStream(bytesOf(`anthropic/${name}.chunks.txt`), { answer }))
}

const tokens = ({ usage }: ChatAnswer) => {
  const { prompt_tokens, completion_tokens, total_tokens } = usage as Record<string, number>
  return [prompt_tokens, completion_tokens, total_tokens]
}

describe('every recorded Messages stream, for a Chat client', () => {
  test.each(files)('P27 T37 %s is the same however its bytes arrive', (file) => {
    const pieces = bytesOf(file)
    const whole = Buffer.concat(pieces)
    const expected = translateStream([whole])
    expect(translateStream(pieces)).toBe(expected)
    const returns = Buffer.from(whole.toString().replaceAll('\n', '\r\n'))
    expect(translateStream([returns])).toBe(expected)
    expect(translateStream([whole.subarray(0, -1)])).toBe(expected)
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), whole.length]
        const parts = edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge))
        expect(translateStream(parts)).toBe(expected)
      }),
      { numRuns: 5 },
    )
  })

  test.each(files.filter((file) => file !== several))(
    'P23 T25 %s never looks finished when it is cut',
    (file) => {
      const pieces = bytesOf(file)
      const whole = translateStream(pieces)
      for (let length = 0; length < pieces.length; length += Math.ceil(pieces.length / 50)) {
        const cut = translateStream(pieces.slice(0, length))
        expect(whole.startsWith(cut)).toBe(true)
        expect(collectChat(cut)).toMatchObject({ done: false, finishReasons: [] })
      }
    },
  )

  test.each(files)('%s has one id, one finish and one end', (file) => {
    const answer = collectChat(translateStream(bytesOf(file)))
    expect(answer.ids.size).toBe(1)
    if (file.includes('spliced')) return
    for (const call of answer.toolCalls) expect(JSON.parse(call.function.arguments)).toBeTypeOf('object')
    expect(answer).toMatchObject({ done: true, finishReasons: [expect.any(String)] })
  })
})

describe('recorded answers', () => {
  test('T05 a tool without arguments', () => {
    const answer = read('anthropic-tool-no-args')
    expect(answer.content).toBe("I'll update the issue list for you.")
    expect(answer.toolCalls).toMatchObject([
      { type: 'function', function: { name: 'updateIssueList', arguments: '{}' } },
    ])
    expect(answer.finishReasons).toEqual(['tool_calls'])
    expect(tokens(answer)).toEqual([565, 48, 613])
  })

  test('T14 native structured output is text', () => {
    const answer = read('anthropic-json-output-format.1')
    expect(Object.keys(JSON.parse(answer.content))).toEqual(['characters'])
    expect(answer.finishReasons).toEqual(['stop'])
    expect(tokens(answer)).toEqual([313, 305, 618])
  })

  test.each(['anthropic-json-tool.1', 'anthropic-json-tool.2'])('T14 %s is unwrapped into text', (name) => {
    const answer = read(name, 'json')
    expect(JSON.parse(answer.content)).toEqual({
      elements: [{ location: 'San Francisco', temperature: 58, condition: 'sunny' }],
    })
    expect(answer).toMatchObject({ toolCalls: [], finishReasons: ['stop'] })
    expect(tokens(answer)).toEqual([849, 47, 896])
  })

  test('T14 a call of another tool stays a call', () => {
    const answer = read('anthropic-json-other-tool.1', 'json')
    expect(answer.toolCalls).toHaveLength(1)
    expect(answer.toolCalls[0]?.function.name).toBe('weather')
    expect(JSON.parse(answer.toolCalls[0]?.function.arguments ?? '')).toEqual({ location: 'San Francisco' })
    expect(answer.finishReasons).toEqual(['tool_calls'])
    expect(tokens(answer)).toEqual([843, 28, 871])
  })

  test('T18 server tools leak no arguments, grow the input and leave their citations', () => {
    const answer = read('anthropic-web-search-tool.1')
    expect(answer.content).toHaveLength(2402)
    expect(answer.toolCalls).toEqual([])
    expect(answer.annotations).toHaveLength(14)
    for (const { type, url_citation } of answer.annotations as Record<string, Record<string, number>>[]) {
      expect(type).toBe('url_citation')
      expect(url_citation?.end_index).toBeGreaterThan(url_citation?.start_index ?? Number.NaN)
    }
    expect(JSON.stringify(answer.annotations[0])).toMatch(/"url":"https:.*"start_index":\d+,"end_index":\d+/)
    expect(answer.finishReasons).toEqual(['stop'])
    expect(tokens(answer)).toEqual([15_665, 795, 16_460])
    expect(tokens(read('anthropic-message-delta-input-tokens'))).toEqual([61, 2, 63])
  })

  test('T19 compaction, advisor and fallback show what is charged', () => {
    expect(tokens(read('anthropic-compaction.1'))).toEqual([60_997, 3341, 64_338])
    const fallback = read('anthropic-fallback')
    expect(fallback.content).toBe('The printing press was invented by Johannes Gutenberg around 1440.')
    expect(tokens(fallback)).toEqual([412, 264, 676])
    const advisor = read('anthropic-advisor-stop-reasons')
    expect(advisor).toMatchObject({ content: '', toolCalls: [], finishReasons: ['stop'] })
    expect(tokens(advisor)).toEqual([10, 20, 30])
  })

  test('T33 a refusal without content', () => {
    const answer = read('anthropic-refusal')
    expect(answer).toMatchObject({ content: '', finishReasons: ['content_filter'] })
    expect(answer.refusal).toContain('was blocked under')
    expect(tokens(answer)).toEqual([18, 5, 23])
  })

  test('T34 a repeated start is one answer', () => {
    const answer = read('duplicate-message-start')
    expect(answer.content).toBe('Hello, World!')
    expect(tokens(answer)).toEqual([17, 227, 244])
  })

  test('T34 an answer that begins again within a delivered call ends in an error, not in a broken call', () => {
    const wire = translateStream(bytesOf('anthropic/spliced-message-start.chunks.txt').slice(0, 6))
    expect(wire).toContain('toolu_first')
    const answer = collectChat(translateStream(bytesOf('anthropic/spliced-message-start.chunks.txt')))
    expect(answer).toMatchObject({ done: false, finishReasons: [], error: { code: 'upstream_error' } })
  })

  test('T37 thinking with its signature, and text beyond ASCII', () => {
    const answer = read('anthropic-clear-thinking.1')
    expect(answer.content).toContain('÷')
    expect(answer.thinkingBlocks).toHaveLength(1)
    expect(answer.thinkingBlocks[0]).toMatchObject({ type: 'thinking', thinking: answer.reasoning })
  })

  test('answers that come whole in their start', () => {
    const lines = recording(several).events
    const starts = lines.flatMap((line, index) => (line.includes('"message_start"') ? [index] : []))
    const answers = starts.map((start, index) =>
      collectChat(translateStream(lines.slice(start, starts[index + 1]).map((line) => Buffer.from(line)))),
    )
    expect(answers).toHaveLength(15)
    expect(answers.map(({ finishReasons }) => finishReasons.join())).toEqual([
      ...Array(14).fill('tool_calls'),
      'stop',
    ])
    const args = answers.map(({ toolCalls }) => toolCalls.map((call) => call.function.arguments).join())
    expect(args[1]).toBe('{"player":"player2"}')
    expect(args[14]).toBe('')
  })
})
