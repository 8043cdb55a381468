import fc from 'fast-check'
import type { ResponseFormat, Tool, ToolChoice } from '../../../packages/core/src/dialects/conversation.ts'
import type { JsonObject } from '../../../packages/core/src/dialects/json.ts'
import { withoutAbsent } from '../../../packages/core/src/dialects/without-absent.ts'
import { among, maybe } from './draw.ts'
import { names } from './draw-exchanges.ts'
import { type Bare, drawCache } from './draw-parts.ts'
import type { Vocabulary } from './vocabulary.ts'

const schemas: readonly JsonObject[] = [
  { type: 'object', properties: { city: { type: 'string', minLength: 2 } }, required: ['city'] },
  {
    type: 'object',
    properties: {
      v: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/n' }] },
      tags: { type: 'array', items: { enum: ['a', 'b'] } },
    },
    $defs: { n: { type: ['number', 'null'] } },
    additionalProperties: false,
    required: ['v', 'tags'],
  },
  {
    type: 'object',
    description: 'Ünïcode',
    properties: { type: { const: 'x' }, properties: { type: 'object', properties: {} } },
  },
]

export function drawTools(words: Vocabulary): fc.Arbitrary<readonly Bare<Tool>[]> {
  const described = {
    description: maybe(fc.constantFrom('Says "hi" é.', 'line\nbreak')),
    cache: drawCache(words),
  }
  const functions = fc
    .record({
      name: among(names),
      parameters: maybe(among(schemas)),
      strict: maybe(fc.boolean()),
      ...described,
    })
    .map(({ name, parameters, strict, description, cache }) => ({
      type: 'function' as const,
      name,
      ...withoutAbsent({
        description,
        parameters,
        strict: words.strictTools ? strict : undefined,
        cache: words.toolCache ? cache : undefined,
      }),
    }))
  const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' }
  const custom = fc
    .record({ name: among(names), format: maybe(among([{ type: 'text' }, grammar])), ...described })
    .map(({ name, format, description }) => ({
      type: 'custom' as const,
      name,
      ...withoutAbsent({ description, format }),
    }))
  const server = words.serverTools.map((tool) => ({ type: 'server' as const, ...tool }))
  return fc
    .tuple(
      fc.array(words.customTools ? fc.oneof(functions, custom) : functions, { maxLength: 3 }),
      fc.subarray(server),
    )
    .map(([own, theirs]): readonly Bare<Tool>[] => [...own, ...theirs])
}

export function choiceOf(
  number: number,
  tools: readonly string[],
  words: Vocabulary,
): ToolChoice | undefined {
  const types = ['auto', 'none', 'required'] as const
  const type = types[number - 1]
  if (type !== undefined) return { type }
  const name = tools.find((tool) => !words.serverTools.some((server) => server.name === tool))
  const mode = words.allowed[number - 5]
  if (number === 4 && name !== undefined) return { type: 'tool', name }
  // Of one name Gemini cannot tell a subset from a choice.
  const some = tools.filter((tool) => !words.serverTools.some((server) => server.name === tool)).slice(0, 2)
  return mode !== undefined && some.length === 2 ? { type: 'allowed', names: some, mode } : undefined
}

export function drawFormat({ formats, formatMembers }: Vocabulary): fc.Arbitrary<ResponseFormat> {
  return fc
    .record({
      type: among(formats),
      schema: among(schemas),
      description: maybe(fc.constant('A person.')),
      strict: maybe(fc.boolean()),
    })
    .map(({ type, schema, description, strict }): ResponseFormat => {
      if (type === 'json-object') return { type }
      const has = (name: 'name' | 'description' | 'strict') => formatMembers.includes(name)
      return {
        type,
        name: has('name') ? 'person' : 'output',
        schema,
        ...withoutAbsent({
          description: has('description') ? description : undefined,
          strict: has('strict') ? strict : undefined,
        }),
      }
    })
}
