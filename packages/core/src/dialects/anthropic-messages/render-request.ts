import type { Conversation } from '../conversation.ts'
import { customToolNames } from '../custom-tool.ts'
import type { RenderedRequest, RenderTarget } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { unsupportedMember } from '../members.ts'
import { createWarnings, type Warnings } from '../warnings.ts'
import { factsOf } from './model-facts.ts'
import { createRenderContext } from './render-context.ts'
import { renderMessages } from './render-messages.ts'
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
  const context = createRenderContext(factsOf(target.model), warnings)
  refuseImpossible(conversation)
  const { format, answerTool, instruction } = renderResponseFormat(conversation, context)
  const { tools, choice, forced } = renderTools(conversation, context, answerTool)
  const { thinking, effort, maxTokens } = renderThinking(conversation, target, { ...context, forced })
  const { system, messages, systemInPlace } = renderMessages(conversation, context)
  const instructions = instruction === undefined ? system : [...system, { type: 'text', text: instruction }]
  const outputConfig = {
    ...(effort === undefined ? {} : { effort }),
    ...(format === undefined ? {} : { format }),
  }
  const customTools = customToolNames(conversation.tools)
  const thinks = thinking !== undefined && thinking.type !== 'disabled'
  remarkExtensions(conversation, warnings)
  return {
    body: {
      model: target.model,
      max_tokens: maxTokens,
      ...(instructions.length > 0 ? { system: instructions } : {}),
      messages,
      ...(tools.length > 0 ? { tools } : {}),
      ...(choice === undefined ? {} : { tool_choice: choice }),
      ...(thinking === undefined ? {} : { thinking }),
      ...(Object.keys(outputConfig).length > 0 ? { output_config: outputConfig } : {}),
      ...renderSampling(conversation, context, thinks),
      ...renderStop(conversation, warnings),
      ...(conversation.user === undefined ? {} : { metadata: { user_id: conversation.user } }),
      ...renderServiceTier(conversation, warnings),
      ...(conversation.stream ? { stream: true } : {}),
    },
    headers: {
      'anthropic-version': version,
      ...(systemInPlace ? { 'anthropic-beta': systemInPlaceBeta } : {}),
    },
    warnings: warnings.list,
    maxOutputTokens: maxTokens,
    thinks,
    answer: {
      ...(answerTool === undefined ? {} : { answerTool: answerTool.name }),
      ...(customTools === undefined ? {} : { customTools }),
    },
  }
}

function refuseImpossible({ choices = 1, extensions }: Conversation): void {
  if (choices > 1) throw unsupportedMember('n', 'This model gives one answer a call; `n` must be 1.')
  const modalities = extensions.get('modalities')
  const speaks = Array.isArray(modalities) && modalities.includes('audio')
  if (speaks || extensions.has('audio')) {
    throw unsupportedMember(speaks ? 'modalities' : 'audio', 'Audio output is not available on this model.')
  }
}

/** Hints to a cache or a router that mean nothing here and change no answer. */
const unremarkable = new Set([
  'modalities',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
])

function remarkExtensions({ extensions }: Conversation, warnings: Warnings): void {
  for (const [name, value] of extensions) {
    const unset = value === false || value === 0
    if (!unset && !unremarkable.has(name)) warnings.dropped(name, `${name} has no counterpart on this model.`)
  }
}

function renderStop({ stop = [] }: Conversation, warnings: Warnings): JsonObject {
  const visible = stop.filter((sequence) => sequence.trim() !== '')
  if (visible.length < stop.length) warnings.dropped('stop', 'Stop sequences of white space are not taken.')
  return visible.length > 0 ? { stop_sequences: visible } : {}
}

const serviceTiers: ReadonlyMap<string, string> = new Map([
  ['auto', 'auto'],
  ['default', 'standard_only'],
  ['priority', 'auto'],
  ['fast', 'auto'],
])

function renderServiceTier({ serviceTier }: Conversation, warnings: Warnings): JsonObject {
  if (serviceTier === undefined) return {}
  const tier = serviceTiers.get(serviceTier)
  if (tier !== undefined) return { service_tier: tier }
  warnings.dropped('service_tier', `The service tier "${serviceTier}" is not offered on this model.`)
  return {}
}
