import type { Conversation, ResponseFormat } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { unsupportedMember } from '../members.ts'
import { mostOutput } from '../most-output.ts'
import type { RenderContext } from './render-context.ts'
import { isEnforced } from './render-tools.ts'

/** `max_tokens` or its successor, never above what the model writes at most. */
export function limitOutput({ conversation, target, warnings, field }: RenderContext): number | undefined {
  const { maxOutputTokens: wanted } = conversation
  const maximum = mostOutput(target)
  // Without a limit the server knows best what its context has room for.
  if (wanted === undefined) return target.affordable
  if (maximum === undefined || wanted <= maximum) return wanted
  warnings.changed(field('maxOutputTokens'), `This model writes at most ${maximum} tokens.`)
  return maximum
}

export function renderResponseFormat(context: RenderContext): JsonObject {
  const { responseFormat: format } = context.conversation
  if (format === undefined) return {}
  if (format.type === 'json-object') return { response_format: { type: 'json_object' } }
  return { response_format: { type: 'json_schema', json_schema: renderSchema(format, context) } }
}

function renderSchema(
  { name, description, schema, strict }: Extract<ResponseFormat, { type: 'json-schema' }>,
  context: RenderContext,
): JsonObject {
  const field = context.field('responseFormat')
  const isStrict = context.isOwn
    ? strict
    : isEnforced({ strict: strict === true, parameters: schema, field, subject: 'the answer' }, context)
  return {
    name,
    ...(description === undefined ? {} : { description }),
    schema,
    ...(isStrict === undefined || (strict === undefined && !isStrict) ? {} : { strict: isStrict }),
  }
}

/** What the answer consists of. A voice has to be chosen, for which other dialects have no word. */
export function renderModalities({ conversation, isOwn, isOpenAi, field }: RenderContext): JsonObject {
  const { modalities = ['text'] } = conversation
  if (isOwn && conversation.modalities !== undefined) return { modalities }
  if (modalities.every((kind) => kind === 'text')) return {}
  const missing = modalities.find((kind) => kind !== 'text' && (kind === 'audio' || isOpenAi))
  if (missing === undefined) return { modalities }
  throw unsupportedMember(field('modalities'), `Answers of ${missing} are not available on this model.`)
}

/** One answer is all that the others can show. */
export function renderChoices({ conversation, isOwn, field }: RenderContext): JsonObject {
  const { choices }: Conversation = conversation
  if (isOwn) return choices === undefined ? {} : { n: choices }
  if (choices === undefined || choices === 1) return {}
  throw unsupportedMember(
    field('choices'),
    `Only one answer a call is available; ${field('choices')} must be 1.`,
  )
}
