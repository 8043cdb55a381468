import type { Reasoning } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { invalidMember } from '../members.ts'
import type { RenderContext } from './render-context.ts'

/** Least first. */
const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max']
/** What servers know that do not tell which efforts they know. */
const commonEfforts = ['low', 'medium', 'high']

/** From how many tokens of thinking on an effort is meant. */
const budgets: readonly (readonly [number, string])[] = [
  [32_000, 'xhigh'],
  [16_000, 'high'],
  [4000, 'medium'],
  [0, 'low'],
]

/** `reasoning_effort`, as far as the model reasons. */
export function renderReasoning(context: RenderContext): JsonObject {
  const { conversation, facts, isOwn, isOpenAi, warnings } = context
  const { reasoning } = conversation
  if (reasoning === undefined) return {}
  if (reasoning.disabled) return withoutReasoning(context)
  const effort = wantedEffort(reasoning)
  if (effort !== undefined && !efforts.includes(effort))
    throw invalidMember(context.field('reasoning'), `one of none, ${efforts.join(', ')}`)
  if (isOwn) return renderOwn(reasoning)
  if (facts.reasoning) return { reasoning_effort: nearest(effort ?? 'medium', facts.efforts, context) }
  if (isOpenAi) {
    warnings.dropped(context.field('reasoning'), 'This model does not reason.')
    return {}
  }
  // Other servers decide themselves how much to reason where the client leaves it to the model.
  return effort === undefined ? {} : { reasoning_effort: nearest(effort, commonEfforts, context) }
}

function renderOwn({ effort, budgetTokens }: Reasoning): JsonObject {
  if (effort !== undefined && budgetTokens === undefined) return { reasoning_effort: effort }
  const thinking =
    budgetTokens === undefined ? { type: 'adaptive' } : { type: 'enabled', budget_tokens: budgetTokens }
  return { thinking, ...(effort === undefined ? {} : { reasoning_effort: effort }) }
}

function wantedEffort({ effort, budgetTokens }: Reasoning): string | undefined {
  if (effort !== undefined || budgetTokens === undefined) return effort
  return budgets.find(([least]) => budgetTokens >= least)?.[1]
}

function withoutReasoning({ facts, isOwn, field, warnings }: RenderContext): JsonObject {
  if (isOwn || facts.efforts.includes('none')) return { reasoning_effort: 'none' }
  const [least] = facts.efforts
  if (least === undefined) return {}
  warnings.changed(field('reasoning'), 'This model always reasons; it is asked for as little as it can.')
  return { reasoning_effort: least }
}

/** The effort itself, or else the most below it that the target knows, or the least of all. */
function nearest(effort: string, known: readonly string[], { field, warnings }: RenderContext): string {
  if (known.includes(effort)) return effort
  const offered = efforts.filter((name) => known.includes(name))
  const below = offered.filter((name) => efforts.indexOf(name) < efforts.indexOf(effort))
  const found = below.at(-1) ?? offered[0] ?? effort
  warnings.changed(field('reasoning'), `This model does not know the effort "${effort}"; "${found}" is used.`)
  return found
}
