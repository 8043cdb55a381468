import type { AnswerFilters } from '../answer-filters/answer-filters.ts'
import { renderResponseFormat } from '../anthropic-messages/render-response-format.ts'
import type { Conversation } from '../conversation.ts'
import { customToolNames } from '../custom-tool.ts'
import type { RenderedRequest, RenderTarget } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { createWarnings } from '../warnings.ts'
import { withoutAbsent } from '../without-absent.ts'
import { converseFactsOf } from './model-facts.ts'
import { refuseImpossible, remarkDropped } from './remarks.ts'
import { type ConverseContext, createConverseContext } from './render-context.ts'
import { renderInference } from './render-inference.ts'
import { renderMessages } from './render-messages.ts'
import { renderTools } from './render-tools.ts'

/**
 * A hub conversation as a body of Converse. What only Claude models take goes beside it, in
 * `additionalModelRequestFields`.
 *
 * @throws GatewayError `unsupported_parameter` for content that Converse has no block for, and under `strict` for
 * everything that would have to be dropped.
 */
export function renderConverseRequest(conversation: Conversation, target: RenderTarget): RenderedRequest {
  const warnings = createWarnings(target.strict)
  const context = createConverseContext(conversation, converseFactsOf(target.model), warnings)
  refuseImpossible(conversation, context)
  const { format, answerTool, instruction } = renderResponseFormat(conversation, context)
  const { system, messages, called } = renderMessages(conversation, context)
  const { toolConfig, forced } = renderTools(conversation, context, { answerTool, called })
  const inference = renderInference(conversation, target, { ...context, forced })
  remarkDropped(conversation, context)
  const instructions = instruction === undefined ? system : [...system, { text: instruction }]
  const outputConfig = withoutAbsent({
    effort: inference.effort,
    textFormat: format && wrapFormat(format),
  })
  return {
    body: {
      messages,
      ...(instructions.length > 0 ? { system: instructions } : {}),
      ...orNothing('inferenceConfig', inference.config),
      ...(toolConfig === undefined ? {} : { toolConfig }),
      ...orNothing('additionalModelRequestFields', inference.additional),
      ...inference.paths,
      ...orNothing('outputConfig', outputConfig),
      ...renderServiceTier(conversation, context),
      ...(conversation.metadata === undefined ? {} : { requestMetadata: conversation.metadata }),
    },
    warnings: warnings.list,
    ...(inference.maxTokens === undefined ? {} : { maxOutputTokens: inference.maxTokens }),
    thinks: inference.thinks,
    answer: answerFilters(conversation, answerTool?.name, context),
  }
}

/** What was disguised goes by the names under which it was sent. */
function answerFilters(
  { tools }: Conversation,
  answerTool: string | undefined,
  { toolNames }: ConverseContext,
): AnswerFilters {
  const custom = customToolNames(tools)
  const { changed } = toolNames
  return {
    ...(answerTool === undefined ? {} : { answerTool }),
    ...(custom === undefined ? {} : { customTools: new Set([...custom].map(toolNames.of)) }),
    ...(changed === undefined ? {} : { toolNames: changed }),
  }
}

function orNothing(name: string, members: JsonObject): JsonObject {
  return Object.keys(members).length > 0 ? { [name]: members } : {}
}

/** The schema is text here. */
function wrapFormat({ schema }: JsonObject): JsonObject {
  return { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(schema) } } }
}

const serviceTiers: ReadonlyMap<string, string | undefined> = new Map([
  ['auto', undefined],
  ['default', 'default'],
  ['standard_only', 'default'],
  ['priority', 'priority'],
  ['fast', 'priority'],
  ['flex', 'flex'],
])

function renderServiceTier({ serviceTier }: Conversation, { warnings, field }: ConverseContext): JsonObject {
  if (serviceTier === undefined) return {}
  const type = serviceTiers.get(serviceTier)
  if (type !== undefined) return { serviceTier: { type } }
  if (!serviceTiers.has(serviceTier)) {
    warnings.dropped(field('serviceTier'), `The service tier "${serviceTier}" is not offered on this model.`)
  }
  return {}
}
