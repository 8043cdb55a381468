import { alwaysThinks } from '../anthropic-messages/model-facts.ts'
import { renderSampling } from '../anthropic-messages/render-sampling.ts'
import { type RenderedThinking, renderThinking } from '../anthropic-messages/render-thinking.ts'
import type { Conversation } from '../conversation.ts'
import type { RenderTarget } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { mostOutput } from '../most-output.ts'
import { withoutAbsent } from '../without-absent.ts'
import type { ConverseContext } from './render-context.ts'

export interface RenderedInference {
  /** `inferenceConfig`. */
  readonly config: JsonObject
  /** `additionalModelRequestFields`. */
  readonly additional: JsonObject
  /** What is to be told of the answer beside what Converse tells anyway. */
  readonly paths: JsonObject
  readonly effort: string | undefined
  readonly maxTokens: number | undefined
  readonly thinks: boolean
}

type Context = ConverseContext & { readonly forced: boolean }

/** How much, how freely and how thoughtfully the model writes. */
export function renderInference(
  conversation: Conversation,
  target: RenderTarget,
  context: Context,
): RenderedInference {
  const { isClaude } = context.facts
  const limits = isClaude
    ? renderThinking(conversation, target, context)
    : withoutThinking(conversation, target, context)
  const { thinking, effort, maxTokens } = limits
  const thinks = thinking !== undefined && thinking.type !== 'disabled'
  const { temperature, top_p: topP, top_k } = sampling(conversation, context, thinks)
  const stopSequences = renderStop(conversation, context)
  return {
    config: withoutAbsent({ maxTokens, temperature, topP, stopSequences }),
    additional: withoutAbsent({ thinking, top_k }),
    // Which of them it was, only the model's own answer says.
    paths: stopSequences && isClaude ? { additionalModelResponseFieldPaths: ['/stop_sequence'] } : {},
    effort,
    maxTokens,
    thinks: thinks || (isClaude && alwaysThinks(context.facts)),
  }
}

/** Of other models each takes sampling in its own way, of which only these have names here. */
function sampling(conversation: Conversation, context: Context, thinks: boolean): JsonObject {
  if (context.facts.isClaude) return renderSampling(conversation, context, thinks)
  const { temperature, topP, topK } = conversation
  if (topK !== undefined) context.warnings.dropped(context.field('topK'), 'This model takes no top_k here.')
  if ((temperature ?? 0) > 1)
    context.warnings.changed(context.field('temperature'), 'This model takes a temperature of at most 1.')
  return { temperature: temperature === undefined ? undefined : Math.min(temperature, 1), top_p: topP }
}

/** How other models are told to reason differs from one to the next. Their own limit is the default. */
function withoutThinking(
  { reasoning, maxOutputTokens: asked }: Conversation,
  target: RenderTarget,
  { warnings, field }: Context,
): Omit<RenderedThinking, 'maxTokens'> & { readonly maxTokens: number | undefined } {
  const most = mostOutput(target)
  if (reasoning !== undefined && !reasoning.disabled)
    warnings.dropped(field('reasoning'), 'How much this model reasons cannot be said here.')
  if (most !== undefined && asked !== undefined && asked > most)
    warnings.changed(field('maxOutputTokens'), `This model writes at most ${most} tokens.`)
  const limits = [asked, most].filter((limit) => limit !== undefined)
  return { maxTokens: limits.length === 0 ? undefined : Math.min(...limits) }
}

function renderStop(
  { stop = [] }: Conversation,
  { warnings, field }: Context,
): readonly string[] | undefined {
  const visible = stop.filter((sequence) => sequence.trim() !== '')
  if (visible.length < stop.length)
    warnings.dropped(field('stop'), 'Stop sequences of white space are not taken.')
  return visible.length > 0 ? visible : undefined
}
