import type { Conversation } from '../conversation.ts'
import { customToolNames } from '../custom-tool.ts'
import type { RenderedRequest, RenderTarget } from '../dialect.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { createWarnings } from '../warnings.ts'
import { markPrompt } from './mark-prompt.ts'
import { alwaysThinks, factsOf } from './model-facts.ts'
import { createRenderContext, type RenderContext } from './render-context.ts'
import { renderMessages } from './render-messages.ts'
import { refuseImpossible, remarkMembers } from './render-remarks.ts'
import { renderResponseFormat } from './render-response-format.ts'
import { renderSampling } from './render-sampling.ts'
import { renderThinking } from './render-thinking.ts'
import { renderTools } from './render-tools.ts'

/** The newest version that takes temperature on the models that know it. */
const version = '2023-06-01'
const systemInPlaceBeta = 'mid-conversation-system-2026-04-07'

/**
 * A hub conversation as a Messages body.
 *
 * @throws GatewayError `unsupported_parameter` for content that no Claude model takes, and under `strict`
 * for everything that would have to be dropped.
 */
export function renderMessagesRequest(conversation: Conversation, target: RenderTarget): RenderedRequest {
  const warnings = createWarnings(target.strict)
  const context = createRenderContext(conversation, factsOf(target.model), warnings)
  refuseImpossible(conversation, context)
  const { format, answerTool, instruction } = renderResponseFormat(conversation, context)
  const { tools, choice, forced } = renderTools(conversation, context, answerTool)
  const { thinking, effort, maxTokens } = renderThinking(conversation, target, { ...context, forced })
  const { system, messages, systemInPlace } = renderMessages(conversation, context)
  const instructions = instruction === undefined ? system : [...system, { type: 'text', text: instruction }]
  const marked = markPrompt(conversation, context, { system: instructions, messages })
  const { output_config: config, ...extensions } = ownExtensions(conversation, context)
  const outputConfig = {
    ...(isJsonObject(config) ? config : {}),
    ...(effort === undefined ? {} : { effort }),
    ...(format === undefined ? {} : { format }),
  }
  const customTools = customToolNames(conversation.tools)
  const thinks = thinking !== undefined && thinking.type !== 'disabled'
  remarkMembers(conversation, context)
  return {
    body: {
      model: target.model,
      max_tokens: maxTokens,
      ...(marked.system.length > 0 ? { system: marked.system } : {}),
      messages: marked.messages,
      ...(tools.length > 0 ? { tools } : {}),
      ...(choice === undefined ? {} : { tool_choice: choice }),
      ...(thinking === undefined ? {} : { thinking }),
      ...(Object.keys(outputConfig).length > 0 ? { output_config: outputConfig } : {}),
      ...renderSampling(conversation, context, thinks),
      ...renderStop(conversation, context),
      ...renderMetadata(conversation, context),
      ...renderServiceTier(conversation, context),
      ...(conversation.stream ? { stream: true } : {}),
      ...extensions,
    },
    headers: {
      'anthropic-version': version,
      ...(systemInPlace ? { 'anthropic-beta': systemInPlaceBeta } : {}),
    },
    warnings: warnings.list,
    maxOutputTokens: maxTokens,
    thinks: thinks || alwaysThinks(context.facts),
    answer: {
      ...(answerTool === undefined ? {} : { answerTool: answerTool.name }),
      ...(customTools === undefined ? {} : { customTools }),
    },
  }
}

/** What only this dialect knows, where it is this dialect's. */
function ownExtensions({ extensions }: Conversation, { isOwn }: RenderContext): JsonObject {
  return isOwn ? Object.fromEntries(extensions) : {}
}

function renderMetadata({ user, metadata }: Conversation, { isOwn }: RenderContext): JsonObject {
  const members = { ...(user === undefined ? {} : { user_id: user }), ...(isOwn ? metadata : {}) }
  return Object.keys(members).length > 0 ? { metadata: members } : {}
}

function renderStop({ stop = [] }: Conversation, { warnings, field }: RenderContext): JsonObject {
  const visible = stop.filter((sequence) => sequence.trim() !== '')
  if (visible.length < stop.length)
    warnings.dropped(field('stop'), 'Stop sequences of white space are not taken.')
  return visible.length > 0 ? { stop_sequences: visible } : {}
}

const serviceTiers: ReadonlyMap<string, string> = new Map([
  ['auto', 'auto'],
  ['default', 'standard_only'],
  ['standard', 'standard_only'],
  ['priority', 'auto'],
  ['fast', 'auto'],
])

function renderServiceTier({ serviceTier }: Conversation, { warnings, field }: RenderContext): JsonObject {
  if (serviceTier === undefined) return {}
  const tier = serviceTiers.get(serviceTier)
  if (tier !== undefined) return { service_tier: tier }
  warnings.dropped(field('serviceTier'), `The service tier "${serviceTier}" is not offered on this model.`)
  return {}
}
