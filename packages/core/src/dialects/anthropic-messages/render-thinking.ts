import type { Conversation, Message, Reasoning } from '../conversation.ts'
import type { RenderTarget } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { invalidMember } from '../members.ts'
import { mostOutput } from '../most-output.ts'
import type { ModelFacts } from './model-facts.ts'
import type { RenderContext } from './render-context.ts'

/** How much the model may think and write. */
export interface RenderedThinking {
  readonly thinking?: JsonObject
  readonly effort?: string
  /** Output tokens, thinking included. */
  readonly maxTokens: number
}

/** The smallest budget the API takes. */
const minimumBudget = 1024
/** Of a model's maximum output, in hundredths, on models that take a budget in place of an effort. */
const budgets: ReadonlyMap<string, number> = new Map([
  ['minimal', 2],
  ['low', 10],
  ['medium', 30],
  ['high', 60],
  ['xhigh', 90],
  ['max', 95],
])
/** For models whose maximum nobody has told us. */
const assumedMaximum = 32_000

/**
 * Reasoning and the output limit, which belong together: a budget comes out of the limit, so the limit is
 * raised by it, up to the model's maximum.
 *
 * @param forced The request forces a tool call, which excludes thinking.
 */
export function renderThinking(
  conversation: Conversation,
  target: RenderTarget,
  context: RenderContext & { readonly forced: boolean },
): RenderedThinking {
  const { facts, warnings, forced, field, isOwn } = context
  const maximum = mostOutput({ ...target, maxOutputTokens: target.maxOutputTokens ?? facts.maxOutput })
  const maxTokens = limitOutput(conversation, { ...target, maxOutputTokens: maximum }, context)
  const { reasoning } = conversation
  if (reasoning === undefined) return { maxTokens }
  if (reasoning.disabled) return { maxTokens, ...withoutThinking(reasoning, context) }
  if (facts.thinking === 'none') {
    warnings.dropped(field('reasoning'), 'This model does not reason.')
    return { maxTokens }
  }
  const effort = reasoning.effort === undefined ? {} : { effort: effortFor(reasoning.effort, context) }
  if (forced) {
    warnings.changed(field('reasoning'), 'This model does not think ahead of a forced tool call.')
    return { maxTokens, ...(facts.thinking === 'adaptive' ? effort : {}) }
  }
  if (isOwn && isEffortAlone(reasoning)) return { maxTokens, ...effort }
  if (!takesBudget(reasoning, context)) {
    return { maxTokens, thinking: { type: 'adaptive', ...displayOf(reasoning, context) }, ...effort }
  }
  const budget = { maxTokens, wanted: wantedBudget(reasoning, facts), maximum }
  return { ...withBudget(conversation, budget, context), ...(isOwn ? effort : {}) }
}

/** Clients of other dialects see reasoning unless they say that they do not want to. */
function displayOf({ summary }: Reasoning, { isOwn }: RenderContext): JsonObject {
  if (summary === undefined && isOwn) return {}
  return { display: summary === 'none' ? 'omitted' : 'summarized' }
}

/** In this dialect an effort is one of writing, too, and says nothing of whether the model thinks. */
function isEffortAlone({ adaptive, budgetTokens }: Reasoning): boolean {
  return !adaptive && budgetTokens === undefined
}

function takesBudget({ budgetTokens }: Reasoning, { facts, warnings, field }: RenderContext): boolean {
  if (facts.thinking === 'budget') return true
  if (budgetTokens === undefined || facts.budgetThinking) return budgetTokens !== undefined
  warnings.changed(
    field('reasoning'),
    'This model decides itself how much it thinks; the budget is left out.',
  )
  return false
}

function wantedBudget({ budgetTokens, effort = 'medium' }: Reasoning, { maxOutput }: ModelFacts): number {
  const share = budgets.get(effort) ?? 0
  return budgetTokens ?? Math.floor(((maxOutput ?? assumedMaximum) * share) / 100)
}

interface Budget {
  readonly maxTokens: number
  readonly wanted: number
  readonly maximum: number | undefined
}

function withBudget(
  conversation: Conversation,
  { maxTokens, wanted, maximum = Number.POSITIVE_INFINITY }: Budget,
  context: RenderContext,
): RenderedThinking {
  const { warnings, field, isOwn } = context
  const floor = Math.max(wanted, minimumBudget)
  const raised = isOwn ? maxTokens : Math.min(maxTokens + floor, maximum)
  const budget = Math.min(floor, raised - 1)
  if (budget < minimumBudget) {
    warnings.changed(field('reasoning'), 'The output limit leaves no room for thinking.')
    return { maxTokens }
  }
  if (continuesUnthought(conversation.messages)) {
    warnings.changed(
      field('reasoning'),
      'The tool call being answered came without signed thinking; thinking is off.',
    )
    return { maxTokens }
  }
  const display = isOwn ? displayOf(conversation.reasoning ?? {}, context) : {}
  return { maxTokens: raised, thinking: { type: 'enabled', budget_tokens: budget, ...display } }
}

/**
 * With a budget the API wants to see the thinking in front of the tool call whose results it is given, and
 * not every client keeps it.
 */
function continuesUnthought(messages: readonly Message[]): boolean {
  const last = messages.at(-1)
  if (last?.role !== 'tool' && !last?.parts.some(({ type }) => type === 'tool-result')) return false
  const caller = messages.findLast(({ role }) => role === 'assistant')
  return !caller?.parts.some((part) => part.type === 'thinking' && part.seal?.origin === 'anthropic')
}

function limitOutput(
  { maxOutputTokens }: Conversation,
  target: Omit<RenderTarget, 'maxOutputTokens'> & { readonly maxOutputTokens: number | undefined },
  { warnings, field }: RenderContext,
): number {
  const maximum = target.maxOutputTokens ?? Number.POSITIVE_INFINITY
  if (maxOutputTokens === undefined) return Math.min(target.defaultMaxOutputTokens, maximum)
  if (maxOutputTokens <= maximum) return maxOutputTokens
  warnings.changed(field('maxOutputTokens'), `This model writes at most ${maximum} tokens.`)
  return maximum
}

function withoutThinking({ effort }: Reasoning, context: RenderContext): Omit<RenderedThinking, 'maxTokens'> {
  const { facts, warnings, field } = context
  if (facts.thinking !== 'adaptive') return {}
  const kept = effort === undefined ? {} : { effort: effortFor(effort, context) }
  if (facts.withoutThinking === 'disabled') return { thinking: { type: 'disabled' }, ...kept }
  warnings.changed(field('reasoning'), 'This model always thinks; it is asked for as little as it can.')
  return facts.withoutThinking === 'effort'
    ? { effort: 'low' }
    : { thinking: { type: 'between_tools' }, ...kept }
}

function effortFor(effort: string, { facts, warnings, field, isOwn }: RenderContext): string {
  if (isOwn) return effort
  if (!budgets.has(effort))
    throw invalidMember(field('reasoning'), `one of none, ${[...budgets.keys()].join(', ')}`)
  if (effort === 'minimal') return 'low'
  if (effort !== 'xhigh' || facts.xhighEffort || facts.thinking !== 'adaptive') return effort
  warnings.changed(field('reasoning'), 'This model does not know the effort "xhigh"; "high" is used.')
  return 'high'
}
