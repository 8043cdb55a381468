import type { Message, Part, ToolCallPart } from '../conversation.ts'
import { invalidMember, memberOf, type Place } from '../members.ts'
import { parseItem } from './parse-item.ts'
import { listedPlaces } from './places.ts'

/** `input` as messages, each with the path of its first item in the client's body. */
export function parseInput(body: Place): readonly Message[] {
  const input = memberOf(body, 'input')
  if (typeof input === 'string') {
    return [{ role: 'user', path: 'input', parts: [{ type: 'text', text: input, path: 'input' }] }]
  }
  if (!Array.isArray(input)) throw invalidMember('input', 'a string or a list of items')
  return mergeTurns(listedPlaces(body, 'input').map(parseItem))
}

/** Reasoning, text and calls are items of their own here; together they are one turn of the model. */
function mergeTurns(messages: readonly Message[]): readonly Message[] {
  const turns: { message: Message; parts: Part[] }[] = []
  for (const message of messages) {
    if (message.parts.length === 0 && message.role === 'assistant') continue
    const last = turns.at(-1)
    if (message.role === 'assistant' && last?.message.role === 'assistant') last.parts.push(...message.parts)
    else turns.push({ message, parts: [...message.parts] })
  }
  return turns.map(({ message, parts }) =>
    message.role === 'assistant' ? { ...message, parts: moveCallSeals(parts) } : message,
  )
}

/**
 * A call that its provider signed is shown as two items, because a call has no place for a signature: reasoning
 * that is nothing but the seal, and the call.
 */
function moveCallSeals(parts: readonly Part[]): readonly Part[] {
  return parts.flatMap((part, index): Part[] => {
    const next = parts[index + 1]
    if (next?.type === 'tool-call' && isCallSeal(part)) return []
    const before = parts[index - 1]
    return part.type === 'tool-call' && isCallSeal(before) ? [sealed(part, before)] : [part]
  })
}

function isCallSeal(part: Part | undefined): part is Part & { type: 'thinking' } {
  return part?.type === 'thinking' && part.text === '' && part.seal?.origin === 'google'
}

function sealed(call: ToolCallPart, { seal }: Part & { type: 'thinking' }): ToolCallPart {
  return seal === undefined ? call : { ...call, seal }
}
