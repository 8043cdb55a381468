import fc from 'fast-check'
import type {
  CacheMark,
  ToolCallPart,
  ToolResultPart,
} from '../../../packages/core/src/dialects/conversation.ts'
import { among } from './draw.ts'
import { type Bare, drawCache, drawTextPart } from './draw-parts.ts'
import { drawMedia } from './media.ts'
import type { Vocabulary } from './vocabulary.ts'

type BareResult = Bare<ToolResultPart['parts'][number]>

/** A call and what came back from it. */
export interface Exchange {
  readonly call: Omit<ToolCallPart, 'path'>
  readonly result: readonly BareResult[]
  readonly isError: boolean
  readonly cache: CacheMark | undefined
}

/** Of tools. */
export const names = ['weather', 'get_weather-2', 'a'.repeat(80), 'mcp.server/tool', 'ns__tool']
const args = [
  '',
  '{}',
  '{"a":1}',
  '{ "x" : [1, {"y": "é💡"}] }',
  'no json',
  '[1]',
  '{"input":"\\n\\"q\\""}',
  '"x"',
]
const ids = ['toolu_1', 'call_1', 'functions.Bash:0', 'ü|1', 'i'.repeat(70)]

export function drawExchange(words: Vocabulary): fc.Arbitrary<Exchange> {
  const result = fc.oneof(
    drawTextPart(words),
    drawMedia(words.resultMedia, words),
  ) as fc.Arbitrary<BareResult>
  return fc
    .record({
      id: among(ids),
      name: among(names),
      json: among(args),
      isCustom: fc.boolean(),
      isSealed: fc.boolean(),
      isError: fc.boolean(),
      cache: drawCache(words),
      result: fc.array(result, { maxLength: 2 }),
    })
    .map(({ id, name, json, isCustom, isSealed, isError, cache, result: parts }) => ({
      call: {
        type: 'tool-call',
        id,
        name,
        arguments: json,
        ...(isCustom && words.customTools && { custom: true }),
        ...(isSealed && words.callSeals && { seal: { origin: 'google', value: 'c2ln' } as const }),
      },
      result: words.manyResultTexts ? parts : oneText(parts),
      isError: isError && words.failures,
      cache:
        words.resultCache && parts.length > 0 && parts.every((part) => part.cache === undefined)
          ? cache
          : undefined,
    }))
}

function oneText(parts: readonly BareResult[]): readonly BareResult[] {
  const text = parts.find(({ type }) => type === 'text')
  return parts.filter((part) => part.type !== 'text' || part === text)
}
