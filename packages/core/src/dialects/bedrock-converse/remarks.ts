import type { Conversation } from '../conversation.ts'
import { unsupportedMember } from '../members.ts'
import type { ConverseContext } from './render-context.ts'

/** @throws GatewayError `unsupported_parameter` for what no answer of Converse can be. */
export function refuseImpossible(conversation: Conversation, { field }: ConverseContext): void {
  const { choices = 1, modalities = ['text'], extensions } = conversation
  if (choices > 1) throw unsupportedMember(field('choices'), 'This model gives one answer a call.')
  const listed = extensions.get('modalities')
  const wanted = [...modalities, ...(Array.isArray(listed) ? listed : [])]
  if (wanted.some((kind) => kind !== 'text') || extensions.has('audio')) {
    throw unsupportedMember(field('modalities'), 'Only text output is available on this model.')
  }
}

/** Fields of the hub that Converse has no member for. */
const unknownFields = [
  'seed',
  'frequencyPenalty',
  'presencePenalty',
  'logprobs',
  'verbosity',
  'user',
] as const satisfies readonly (keyof Conversation)[]

/** Hints to a cache or a router that mean nothing here and change no answer. */
const unremarkable = new Set([
  'modalities',
  'store',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
])

/** Says what is left out. Values that ask for nothing go without a word. */
export function remarkDropped(conversation: Conversation, { warnings, field }: ConverseContext): void {
  for (const name of unknownFields) {
    const value = conversation[name]
    const isUnset = value === undefined || (value === 0 && name !== 'logprobs')
    if (!isUnset) drop(field(name))
  }
  for (const [name, value] of conversation.extensions) {
    if (value !== false && value !== 0 && !unremarkable.has(name)) drop(name)
  }

  function drop(name: string): void {
    warnings.dropped(name, `${name} has no counterpart on this model.`)
  }
}
