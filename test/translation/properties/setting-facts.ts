import type { Conversation } from '../../../packages/core/src/dialects/conversation.ts'
import { fieldName } from '../../../packages/core/src/dialects/field-names.ts'
import type { Say } from './facts.ts'

/** Members whose value is the whole of what they say. */
const scalars = [
  'parallelToolCalls',
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'seed',
  'frequencyPenalty',
  'presencePenalty',
  'logprobs',
  'stop',
  'verbosity',
  'modalities',
  'choices',
  'user',
  'serviceTier',
  'cacheKey',
  'metadata',
  'store',
] as const

/** What a conversation says beside its messages and tools. */
export function saySettings(conversation: Conversation, say: Say): void {
  const { dialect, toolChoice: choice } = conversation
  for (const name of scalars) {
    const kind = kindOfScalar(name, conversation)
    if (kind !== undefined) say(kind, conversation[name], fieldName(dialect, name))
  }
  sayReasoning(conversation, say)
  sayFormat(conversation, say)
  // What happens anyway is not said.
  if (choice !== undefined && choice.type !== 'auto') {
    const kind = choice.type === 'allowed' ? `choice allowed ${choice.mode}` : `choice ${choice.type}`
    const { type: _type, ...rest } = choice
    say(kind, rest, fieldName(dialect, 'toolChoice'))
  }
  for (const [name, value] of conversation.extensions) say(`extension ${name}`, value, name)
}

/** Undefined where it says nothing: the usual temperature, calls side by side where there are none. */
function kindOfScalar(name: (typeof scalars)[number], conversation: Conversation): string | undefined {
  const value = conversation[name]
  if (value === undefined) return undefined
  if ((name === 'temperature' || name === 'topP') && value === 1) return undefined
  if (name === 'parallelToolCalls' && conversation.toolChoice?.type === 'none') return undefined
  if (name === 'serviceTier') return `tier ${value}`
  return value === true ? `${name} on` : name
}

function sayReasoning({ dialect, reasoning = {} }: Conversation, say: Say): void {
  const place = fieldName(dialect, 'reasoning')
  const { effort, budgetTokens, disabled, adaptive, summary } = reasoning
  if (effort !== undefined) say(`effort ${effort}`, effort, place)
  if (budgetTokens !== undefined) say(`thinking budget ${budgetTokens}`, budgetTokens, place)
  if (effort !== undefined || budgetTokens !== undefined) say('amount of thinking', '', place)
  if (disabled) say('no thinking', true, place)
  if (adaptive) say('adaptive thinking', true, place)
  if (summary !== undefined) say('thinking shown', summary, place)
}

function sayFormat({ dialect, responseFormat: format }: Conversation, say: Say): void {
  const place = fieldName(dialect, 'responseFormat')
  if (format?.type === 'json-object') say('json object', true, place)
  if (format?.type !== 'json-schema') return
  const { name, schema, description, strict } = format
  say('json schema', schema, place)
  if (name !== 'output' && name !== 'response') say('format name', name, place)
  if (description !== undefined) say('format description', description, place)
  if (strict) say('strict format', true, place)
}
