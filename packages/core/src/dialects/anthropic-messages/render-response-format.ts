import type { Conversation, ResponseFormat } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import type { RenderContext } from './render-context.ts'
import { sanitizeSchema } from './sanitize-schema.ts'
import { fitsStructuredOutputs } from './schema-fit.ts'

export interface RenderedFormat {
  /** `output_config.format`. */
  readonly format?: JsonObject
  /** Offered in place of a format that the model cannot enforce. */
  readonly answerTool?: JsonObject & { readonly name: string }
  /** A line for the system prompt. */
  readonly instruction?: string
}

const instruction = 'Answer with one JSON object and nothing else.'

/** Structured output: by the model itself or, where it cannot, through a forced tool. */
export function renderResponseFormat(conversation: Conversation, context: RenderContext): RenderedFormat {
  const { responseFormat } = conversation
  if (responseFormat === undefined) return {}
  if (responseFormat.type === 'json-object') {
    context.warnings.dropped(
      context.field('responseFormat'),
      'JSON without a schema is asked for in the instructions only.',
    )
    return { instruction }
  }
  const { structuredOutputs, forcedTool } = context.facts
  if (structuredOutputs && context.isOwn) {
    return { format: { type: 'json_schema', schema: responseFormat.schema } }
  }
  const fits = fitsStructuredOutputs(responseFormat.schema)
  if (structuredOutputs && (fits || !forcedTool)) {
    if (!fits) {
      context.warnings.changed(
        context.field('responseFormat'),
        'This model cannot enforce all of this schema.',
      )
    }
    return { format: { type: 'json_schema', schema: sanitizeSchema(responseFormat.schema) } }
  }
  return { answerTool: renderAnswerTool(responseFormat, conversation) }
}

function renderAnswerTool(
  format: Extract<ResponseFormat, { type: 'json-schema' }>,
  { tools }: Conversation,
): JsonObject & { readonly name: string } {
  const names = new Set(tools.map(({ name }) => name))
  let name = 'json'
  while (names.has(name)) name += '_answer'
  const schema = { ...format.schema, type: 'object' }
  return { name, description: 'Answer with a JSON object.', input_schema: schema }
}
