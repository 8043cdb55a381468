import type { Message } from '../../../packages/core/src/dialects/conversation.ts'
import type { JsonObject } from '../../../packages/core/src/dialects/json.ts'
import { withoutAbsent } from '../../../packages/core/src/dialects/without-absent.ts'
import type { WireDialect } from '../../upstream/wire.ts'
import type { Exchange } from './draw-exchanges.ts'
import type { BarePart } from './draw-parts.ts'

export interface Turn {
  readonly role: Message['role']
  readonly parts: readonly unknown[]
}
/** A conversation in pieces. */
export interface Drawn {
  readonly rounds: readonly Round[]
  readonly system: readonly BarePart[]
  readonly last: readonly BarePart[]
}
/** What the user says, what the model says, what its calls give, and instructions behind it. */
export interface Round {
  readonly user: readonly BarePart[]
  readonly assistant: readonly BarePart[]
  readonly exchanges: readonly Exchange[]
  readonly system: readonly BarePart[]
}

/** The turns in their order, with ids that no other call has. */
export function messagesOf(drawn: Drawn): readonly Turn[] {
  const turns: Turn[] = []
  const add = (role: Message['role'], parts: readonly unknown[]) => {
    if (parts.length > 0) turns.push({ role, parts })
  }
  let count = 0
  add('system', drawn.system)
  for (const { user, assistant, exchanges, system } of drawn.rounds) {
    add('user', user)
    const numbered = exchanges.map(({ call, ...rest }) => {
      count += 1
      return { ...rest, call: { ...call, id: `${call.id}${count}` } }
    })
    add('assistant', [...tidied(assistant), ...numbered.map(({ call }) => call)])
    for (const { call, result, isError, cache } of numbered)
      add('tool', [
        {
          type: 'tool-result',
          callId: call.id,
          parts: result,
          ...(isError && { isError }),
          ...(call.custom && { custom: true }),
          ...withoutAbsent({ cache }),
        },
      ])
    // Instructions behind a turn's end, so that they part no call from its result.
    if (exchanges.length === 0) add('system', system)
  }
  add('user', drawn.last)
  return turns
}

/** Chat Completions has one place for a refusal, behind what is said, and one for thinking that nobody signed. */
function tidied(parts: readonly BarePart[]): readonly BarePart[] {
  const refusal = parts.find(({ type }) => type === 'refusal')
  const thought = parts.find((part) => part.type === 'thinking' && part.seal === undefined)
  const others = parts.filter((part) => {
    if (part.type === 'thinking' && part.seal === undefined) return part === thought
    return part.type !== 'refusal'
  })
  return refusal === undefined ? others : [...others, refusal]
}

const mostMarks = 4

/** Gives every text its own mark, and every part its place; no API takes more than a few cache breakpoints. */
export function placed(turns: readonly Turn[], dialect: WireDialect, marks: number): readonly Message[] {
  const isListed = dialect === 'openai-responses'
  let texts = 0
  let caches = marks

  function located(part: JsonObject, path: string): JsonObject {
    const { text, parts, cache, ...rest } = part
    if (typeof text === 'string') texts += 1
    if (cache !== undefined) caches += 1
    return {
      ...rest,
      ...(typeof text === 'string' && { text: text.replace('@', `#${texts}#`) }),
      ...(Array.isArray(parts) && { parts: parts.map((item, at) => located(item, `${path}.output[${at}]`)) }),
      ...(cache !== undefined && caches <= mostMarks && { cache }),
      path,
    }
  }

  return turns.map(({ role, parts }, index) => {
    const path = isListed ? `input[${index}]` : `messages.${index}`
    // What an assistant says is a list of items in Responses.
    const itemOf = (at: number) =>
      role === 'assistant' ? `input[${index}${at}].content[0]` : `${path}.content[${at}]`
    const inside = parts.map((part, at) =>
      located(part as JsonObject, isListed ? itemOf(at) : `${path}.content.${at}`),
    )
    return { role, parts: inside, path } as unknown as Message
  })
}
