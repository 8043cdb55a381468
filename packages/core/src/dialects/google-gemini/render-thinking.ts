import type { Conversation, Reasoning } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { invalidMember } from '../members.ts'
import type { ThinkingControl } from './model-facts.ts'
import type { RenderContext } from './render-context.ts'

export interface RenderedThinking {
  readonly config?: JsonObject
  /** The model thinks, in tokens that are billed but not all shown. */
  readonly thinks: boolean
}

/** Of a model's largest budget, in hundredths. */
const shares: ReadonlyMap<string, number> = new Map([
  ['minimal', 2],
  ['low', 10],
  ['medium', 30],
  ['high', 60],
  ['xhigh', 90],
  ['max', 95],
])
const efforts = [...shares.keys()]

/** @param limit The request's own limit on output, which thinking counts against. */
export function renderThinking(
  conversation: Conversation,
  limit: number | undefined,
  context: RenderContext,
): RenderedThinking {
  const { reasoning } = conversation
  const { thinking } = context.facts
  if (thinking.by === 'none') return withoutThinking(reasoning, context)
  const byDefault = thinking.by === 'level' || thinking.onByDefault
  if (reasoning === undefined) return { thinks: byDefault }
  if (reasoning.effort !== undefined && !shares.has(reasoning.effort))
    throw invalidMember(context.field('reasoning'), `one of none, ${efforts.join(', ')}`)
  const shown = isShown(conversation) ? { includeThoughts: true } : {}
  const control =
    thinking.by === 'level'
      ? levelMember(reasoning, thinking.levels, context)
      : budgetMember(reasoning, { ...thinking, limit }, context)
  const thinks = control.thinkingBudget !== 0 && (byDefault || control.thinkingBudget !== undefined)
  const config = { ...control, ...(thinks ? shown : {}) }
  return { thinks, ...(Object.keys(config).length === 0 ? {} : { config }) }
}

function withoutThinking(
  reasoning: Reasoning | undefined,
  { warnings, field }: RenderContext,
): RenderedThinking {
  const { effort, budgetTokens } = reasoning ?? {}
  if (effort !== undefined || budgetTokens !== undefined)
    warnings.dropped(field('reasoning'), 'This model does not reason.')
  return { thinks: false }
}

/** Clients of the Responses API and of this one say when they want to see it; others are shown what there is. */
function isShown({ dialect, reasoning }: Conversation): boolean {
  if (reasoning?.disabled || reasoning?.summary === 'none') return false
  return reasoning?.summary !== undefined || (dialect !== 'openai-responses' && dialect !== 'google-gemini')
}

/** Levels by what is wanted: the first that the model knows is taken. */
const preferences: Readonly<Record<string, readonly string[]>> = {
  minimal: ['MINIMAL', 'LOW'],
  low: ['LOW'],
  medium: ['MEDIUM', 'HIGH'],
  high: ['HIGH'],
  xhigh: ['XHIGH', 'HIGH'],
  max: ['XHIGH', 'HIGH'],
}

function levelMember(
  reasoning: Reasoning,
  levels: readonly string[],
  { warnings, field }: RenderContext,
): { readonly thinkingLevel?: string; readonly thinkingBudget?: number } {
  if (reasoning.disabled)
    warnings.changed(field('reasoning'), 'This model always thinks; it is asked for as little as it can.')
  const { budgetTokens } = reasoning
  const wanted = reasoning.disabled ? 'minimal' : (reasoning.effort ?? effortOf(budgetTokens))
  if (wanted === undefined) return {}
  if (budgetTokens !== undefined && reasoning.effort === undefined)
    warnings.changed(
      field('reasoning'),
      `This model takes a level in place of a budget; "${wanted}" is used.`,
    )
  const level = preferences[wanted]?.find((name) => levels.includes(name)) ?? 'HIGH'
  if (level.toLowerCase() !== wanted && wanted !== 'minimal')
    warnings.changed(
      field('reasoning'),
      `This model does not know "${wanted}"; "${level.toLowerCase()}" is used.`,
    )
  return { thinkingLevel: level }
}

function effortOf(budget: number | undefined): string | undefined {
  if (budget === undefined) return undefined
  if (budget < 4000) return 'low'
  return budget < 16_000 ? 'medium' : 'high'
}

type Budget = Extract<ThinkingControl, { by: 'budget' }> & { readonly limit: number | undefined }

function budgetMember(
  reasoning: Reasoning,
  { minimum, maximum, canBeOff, onByDefault, limit }: Budget,
  { warnings, field }: RenderContext,
): { readonly thinkingBudget?: number } {
  if (reasoning.disabled) {
    if (canBeOff) return { thinkingBudget: 0 }
    warnings.changed(field('reasoning'), 'This model always thinks; it is asked for as little as it can.')
    return { thinkingBudget: minimum }
  }
  const { budgetTokens, effort, adaptive } = reasoning
  // -1 leaves it to the model, which needs no word where it thinks anyway.
  if (budgetTokens === undefined && effort === undefined)
    return adaptive || !onByDefault ? { thinkingBudget: -1 } : {}
  const most = Math.min(maximum, limit ?? maximum)
  const wanted = budgetTokens ?? Math.floor((most * (shares.get(effort ?? '') ?? 0)) / 100)
  const budget = Math.max(Math.min(wanted, most), minimum, 1)
  if (budgetTokens !== undefined && budget !== budgetTokens)
    warnings.changed(field('reasoning'), `This model thinks in ${minimum} to ${most} tokens here.`)
  return { thinkingBudget: budget }
}
