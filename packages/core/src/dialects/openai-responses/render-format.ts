import type { ResponseFormat } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { isStrictSchema } from '../openai-chat/strict-schema.ts'
import type { RenderContext } from './render-context.ts'
import { instruction } from './render-input.ts'

export interface RenderedFormat {
  readonly text?: JsonObject
  /** An item in front of the others. */
  readonly instruction?: JsonObject
}

/** `text`: the format of the answer and how verbose it is. */
export function renderFormat(context: RenderContext): RenderedFormat {
  const { responseFormat } = context.conversation
  const text = {
    ...(responseFormat === undefined ? {} : { format: formatOf(responseFormat, context) }),
    ...verbosityOf(context),
  }
  // JSON without a schema is refused unless the input speaks of JSON, which clients of other APIs need not know.
  const isTold = responseFormat?.type === 'json-object' && !context.isForOpenAi
  return {
    ...(Object.keys(text).length > 0 ? { text } : {}),
    ...(isTold ? { instruction: instruction('Answer with one JSON object and nothing else.', context) } : {}),
  }
}

function formatOf(format: ResponseFormat, context: RenderContext): JsonObject {
  if (format.type === 'json-object') return { type: 'json_object' }
  const { name, description, schema } = format
  const strict = strictOf(format, context)
  return {
    type: 'json_schema',
    name,
    ...(description === undefined ? {} : { description }),
    schema,
    ...(strict === undefined ? {} : { strict }),
  }
}

function strictOf(
  { strict, schema }: Extract<ResponseFormat, { type: 'json-schema' }>,
  { isOwn, target, warnings, field }: RenderContext,
): boolean | undefined {
  const isEnforced = target.traits.strictSchemas && isStrictSchema(schema)
  if (!strict || isOwn || isEnforced) return strict
  warnings.changed(field('responseFormat'), 'This model cannot enforce all of this schema.')
  return false
}

function verbosityOf({ conversation, mayReason, warnings, field, isOwn }: RenderContext): JsonObject {
  const { verbosity } = conversation
  if (verbosity === undefined) return {}
  if (mayReason || isOwn) return { verbosity }
  if (verbosity !== 'medium') warnings.dropped(field('verbosity'), 'This model takes no verbosity.')
  return {}
}
