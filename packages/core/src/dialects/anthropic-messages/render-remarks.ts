import type { Conversation } from '../conversation.ts'
import { unsupportedMember } from '../members.ts'
import type { Field, RenderContext } from './render-context.ts'

/** What no Claude model can do and no client could do without. */
export function refuseImpossible(conversation: Conversation, { field }: RenderContext): void {
  const { choices = 1, modalities = [], extensions } = conversation
  if (choices > 1) {
    const name = field('choices')
    throw unsupportedMember(name, `This model gives one answer a call; \`${name}\` must be 1.`)
  }
  const listed = extensions.get('modalities')
  const speaks = modalities.includes('audio') || (Array.isArray(listed) && listed.includes('audio'))
  if (speaks || extensions.has('audio')) {
    throw unsupportedMember(
      speaks ? field('modalities') : 'audio',
      'Audio output is not available on this model.',
    )
  }
  if (modalities.length > 0 && !modalities.includes('text')) {
    throw unsupportedMember(field('modalities'), 'Image output is not available on this model.')
  }
}

/** Members of the hub that have no counterpart. */
const absent = [
  'seed',
  'frequencyPenalty',
  'presencePenalty',
  'logprobs',
  'verbosity',
  'metadata',
  'store',
] as const satisfies readonly (keyof Conversation)[]

/** Values that ask for nothing, because a model that does not know the member does the same. */
const unset: Readonly<Partial<Record<Field, unknown>>> = {
  frequencyPenalty: 0,
  presencePenalty: 0,
  verbosity: 'medium',
  store: false,
}

/** Says what is left out. */
export function remarkMembers(conversation: Conversation, context: RenderContext): void {
  const drop = (name: string) => context.warnings.dropped(name, `${name} has no counterpart on this model.`)
  for (const name of absent) {
    const value = conversation[name]
    const isAsked = value !== undefined && value !== unset[name] && !isEmpty(value)
    if (isAsked && !(context.isOwn && name === 'metadata')) drop(context.field(name))
  }
  if (conversation.modalities?.includes('image')) drop(context.field('modalities'))
  if (context.isOwn) return
  for (const [name, value] of conversation.extensions) {
    if (value !== false && value !== 0 && !unremarkable.has(name)) drop(name)
  }
}

/** Hints to a cache or a router that mean nothing here and change no answer. */
const unremarkable = new Set([
  'modalities',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
])

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
