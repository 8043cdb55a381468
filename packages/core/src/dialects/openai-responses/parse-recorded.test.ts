import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ChatAnswer, collectChat } from '../../../../../test/translation/messages-to-chat.ts'
import { parseStream, translateStream } from '../../../../../test/translation/translation.ts'
import { frameLines, recordedFiles, recordedLines, recording } from '../../../../../test/upstream/wire.ts'
import type { Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import { openaiResponses } from './openai-responses.ts'

const toChat = ['openai-responses', 'openai-chat'] as const
const loop = 'openai/openai-reasoning-encrypted-content.1.chunks.txt'
const wrapper = 'openai/parallel-tool-call-wrapper.1.chunks.txt'
const files = recordedFiles().filter((file) => recording(file).dialect === 'openai-responses')

/** Two lines of the recordings lack their last brace. */
function mended(line: string): string {
  try {
    JSON.parse(line)
    return line
  } catch {
    return `${line}}`
  }
}

/** The responses of a file, one after another. */
function responsesOf(file: string): readonly (readonly string[])[] {
  const lines = recordedLines(file).map(mended)
  const starts = lines.flatMap((line, index) => (JSON.parse(line).type === 'response.created' ? [index] : []))
  return starts.map((start, index) => lines.slice(start, starts[index + 1]))
}

function piecesOf(lines: readonly string[]): Buffer[] {
  return frameLines(lines, 'openai-responses').map((event) => Buffer.from(event))
}

const recorded = files.flatMap((file) =>
  responsesOf(file).map((lines, index) => ({ name: `${file} ${index + 1}`, pieces: piecesOf(lines), lines })),
)

/** Those whose end repeats all that their events have said. */
const repeated = recorded.flatMap(({ lines, ...rest }) => {
  const { response }: { response: JsonObject } = JSON.parse(lines.at(-1) ?? '')
  return (response.output as unknown[]).length > 0 ? [{ ...rest, response }] : []
})

/** Blocks with all that was said in them, and what is between them. */
function outline(deltas: readonly Delta[]): unknown[] {
  const blocks = new Map<number, { start: Delta; text: string; more: Delta[] }>()
  const shown: unknown[] = []
  for (const delta of deltas) {
    const block = 'index' in delta ? blocks.get(delta.index) : undefined
    if (block !== undefined && 'text' in delta) block.text += delta.text
    else if (block !== undefined && 'json' in delta) block.text += delta.json
    else if (block !== undefined) block.more.push(delta)
    else if ('index' in delta) {
      const opened = { start: delta, text: '', more: [] }
      blocks.set(delta.index, opened)
      shown.push(opened)
    } else shown.push(delta)
  }
  return shown
}

/** Ids may change with every event, and what is encrypted is encrypted anew for each. */
function readable(name: string, value: unknown): unknown {
  if (name === 'id' || name === 'encrypted_content') return typeof value
  return name === 'seal' ? Object.keys(value as JsonObject).sort() : value
}

function read(name: string, at = 0): ChatAnswer {
  const file = files.find((path) => path.includes(name)) ?? ''
  return collectChat(translateStream(toChat, piecesOf(responsesOf(file)[at] ?? [])))
}

function deltasOf(name: string): readonly Delta[] {
  const file = files.find((path) => path.includes(name)) ?? ''
  return parseStream('openai-responses', piecesOf(responsesOf(file)[0] ?? []))
}

const tokens = ({ usage }: ChatAnswer) => {
  const { prompt_tokens, completion_tokens, total_tokens } = usage as Record<string, number>
  return [prompt_tokens, completion_tokens, total_tokens]
}

test('ten files hold thirteen responses', () => {
  expect(files).toHaveLength(10)
  expect(recorded).toHaveLength(13)
  expect(repeated).toHaveLength(11)
})

describe('every recorded Responses stream', () => {
  test.each(recorded)('P27 T37 $name is the same however its bytes arrive', ({ pieces }) => {
    const whole = Buffer.concat(pieces)
    const expected = parseStream('openai-responses', [whole])
    expect(parseStream('openai-responses', pieces)).toEqual(expected)
    const bytes = Array.from(whole, (_, index) => whole.subarray(index, index + 1))
    expect(parseStream('openai-responses', bytes)).toEqual(expected)
    const returns = Buffer.from(whole.toString().replaceAll('\n', '\r\n'))
    expect(parseStream('openai-responses', [returns])).toEqual(expected)
    const wire = translateStream(toChat, [whole])
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), whole.length]
        const parts = edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge))
        expect(translateStream(toChat, parts)).toBe(wire)
      }),
      { numRuns: 3 },
    )
  })

  test.each(recorded)('P23 T25 $name never looks finished when it is cut', ({ pieces }) => {
    const whole = parseStream('openai-responses', pieces)
    for (let length = 0; length < pieces.length; length += Math.ceil(pieces.length / 50)) {
      const cut = parseStream('openai-responses', pieces.slice(0, length))
      expect(whole.slice(0, cut.length)).toEqual(cut)
      expect(cut.filter(({ type }) => type === 'finish')).toEqual([])
    }
  })

  test.each(recorded)('$name has blocks without gaps that do not overlap', ({ pieces }) => {
    const open = new Set<number>()
    let next = 0
    for (const delta of parseStream('openai-responses', pieces)) {
      if (!('index' in delta)) expect(open.size).toBe(0)
      else if (delta.type.endsWith('-start')) {
        expect(delta.index).toBe(next)
        expect(open.size).toBe(0)
        next += 1
        open.add(delta.index)
      } else if (delta.type === 'block-stop') expect(open.delete(delta.index)).toBe(true)
      else expect(open.has(delta.index)).toBe(true)
    }
  })

  test.each(repeated)('$name says as a whole answer what its stream says', ({ pieces, response }) => {
    const deltas = openaiResponses.parseAnswer?.(response) ?? []
    const streamed = parseStream('openai-responses', pieces)
    expect(JSON.stringify(outline(deltas), readable)).toBe(JSON.stringify(outline(streamed), readable))
  })
})

describe('recorded answers', () => {
  test('an agent loop of four responses', () => {
    const answers = [0, 1, 2, 3].map((at) => read(loop, at))
    expect(answers.map(tokens)).toEqual([
      [134, 28, 162],
      [221, 26, 247],
      [260, 26, 286],
      [299, 12, 311],
    ])
    expect(answers.map(({ finishReasons }) => finishReasons)).toEqual([
      ['tool_calls'],
      ['tool_calls'],
      ['tool_calls'],
      ['stop'],
    ])
    const calls = answers
      .slice(0, 3)
      .map(({ toolCalls }) => JSON.parse(toolCalls[0]?.function.arguments ?? ''))
    expect(calls).toEqual([
      { a: 12, b: 7, op: 'add' },
      { a: 19, b: 3, op: 'multiply' },
      { a: 57, b: 10, op: 'multiply' },
    ])
    expect(answers[0]?.reasoning).toContain('multiply the result by 3')
    expect(answers[3]?.content).toContain('570')
  })

  test('sealed reasoning has the seal of its end and not of its beginning', () => {
    const [response = []] = responsesOf(loop)
    const items = response
      .map((line) => JSON.parse(line))
      .filter(({ item }) => item?.type === 'reasoning')
      .map(({ item }) => item)
    const seal = deltasOf(loop).find(({ type }) => type === 'seal')
    expect(seal).toMatchObject({
      seal: { origin: 'openai', value: items[1].encrypted_content, id: items[1].id },
    })
    expect(items[0].encrypted_content).not.toBe(items[1].encrypted_content)
  })

  test('T45 commentary and final answer are joined', () => {
    const answer = read('openai-phase.1')
    expect(answer.content).toMatch(
      /^Got it — I’ll quickly check [\s\S]*with links\.Here are a few \*\*AI headlines/,
    )
    expect(answer.content).toHaveLength(1638)
    expect(answer.finishReasons).toEqual(['stop'])
    expect(tokens(answer)).toEqual([7112, 463, 7575])
    expect(answer.usage).toMatchObject({
      prompt_tokens_details: { cached_tokens: 3072 },
      completion_tokens_details: { reasoning_tokens: 64 },
    })
  })

  test('T44 a wrapper of parallel calls is taken apart', () => {
    const answer = read(wrapper)
    expect(answer.toolCalls).toEqual([
      {
        id: 'call_parallel_0',
        type: 'function',
        function: { name: 'weather', arguments: '{"location":"San Francisco"}' },
      },
      {
        id: 'call_parallel_1',
        type: 'function',
        function: { name: 'cityAttractions', arguments: '{"city":"Rome"}' },
      },
    ])
    expect(answer.finishReasons).toEqual(['tool_calls'])
    expect(tokens(answer)).toEqual([34, 28, 62])
  })

  test('T25 an event that is no JSON ends the answer in an error', () => {
    const pieces = recording(wrapper).events.map((event) => Buffer.from(event))
    expect(parseStream('openai-responses', pieces)).toEqual([
      expect.objectContaining({ type: 'error', kind: 'upstream_error' }),
    ])
  })

  test('T24 a failure tells nothing of the operator’s account', () => {
    const answer = read('openai-error.1')
    expect(answer.error).toMatchObject({ code: 'upstream_quota_exhausted' })
    expect(answer).toMatchObject({ done: false, finishReasons: [], content: '' })
    expect(JSON.stringify(answer)).not.toMatch(/billing|plan/)
  })

  test('the input of a custom tool is its text', () => {
    const start = deltasOf('openai-custom-tool.1').find(({ type }) => type === 'tool-start')
    expect(start).toMatchObject({ id: 'call_custom_sql_001', name: 'write_sql', custom: true })
    const input = deltasOf('openai-custom-tool.1').map((delta) => ('json' in delta ? delta.json : ''))
    expect(input.join('')).toBe('SELECT * FROM users WHERE age > 25')
    expect(deltasOf('openai-custom-tool.1').at(-1)).toMatchObject({
      reason: 'tool-calls',
      usage: { inputUncached: 50, output: 20 },
    })
  })

  test('arguments that come without pieces, and reasoning that is no summary', () => {
    const answer = read('lmstudio-tool-call.1')
    expect(answer.toolCalls).toMatchObject([
      {
        id: 'call_2025306790300011',
        function: { name: 'weather', arguments: '{"location":"San Francisco"}' },
      },
    ])
    expect(answer.reasoning).toHaveLength(242)
    expect(answer.content).toBe("I'll get the current weather information for San Francisco for you.")
    expect(tokens(answer)).toEqual([182, 61, 243])
    const text = deltasOf('lmstudio-tool-call.1').find((delta) => delta.type === 'text')
    expect(text).toMatchObject({ text: 'I', logprobs: [{ token: 'I', logprob: 0 }] })
  })

  test('ids that change with every event', () => {
    const answer = read('github-copilot-id-rotation.1')
    expect(answer.content).toMatch(/^There are \*\*3\*\* letter/)
    expect(answer.reasoning).toBe('**Counting character occurrences**')
    expect(answer.thinkingBlocks).toEqual([])
    expect([...answer.ids]).toEqual(['capture-id-1'])
    expect(tokens(answer)).toEqual([19, 105, 124])
  })

  test('the provider’s own tools, compactions and patches are kept apart, in their order', () => {
    const kinds = (name: string) =>
      deltasOf(name).flatMap((delta) => (delta.type === 'opaque' ? [delta.value.type] : []))
    expect(kinds('openai-web-search-tool.1')).toEqual(Array(6).fill('web_search_call'))
    expect(kinds('openai-compaction.1')).toEqual(['compaction'])
    expect(kinds('openai-apply-patch-tool.1')).toEqual(['apply_patch_call'])
    expect(tokens(read('openai-apply-patch-tool.1'))).toEqual([642, 67, 709])
    expect(tokens(read('openai-compaction.1'))).toEqual([51_097, 2505, 53_602])
  })

  test('citations stand where the text says them', () => {
    const deltas = deltasOf('openai-web-search-tool.1')
    const text = deltas.map((delta) => (delta.type === 'text' ? delta.text : '')).join('')
    const citations = deltas.filter((delta) => delta.type === 'citation')
    expect(citations).toHaveLength(12)
    for (const { start, end, url } of citations) expect(text.slice(start, end)).toContain(url)
    expect(tokens(read('openai-web-search-tool.1'))).toEqual([31_073, 4416, 35_489])
  })
})
