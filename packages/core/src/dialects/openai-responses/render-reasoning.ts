import type { Reasoning } from '../conversation.ts'
import type { JsonObject } from '../json.ts'
import { invalidMember } from '../members.ts'
import type { RenderContext } from './render-context.ts'

export interface RenderedReasoning {
  readonly reasoning?: JsonObject
  /** The model reasons, as far as is known. */
  readonly thinks: boolean
}

/** All that there are, least first. */
const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** What servers know that do not tell which efforts they know. */
const commonEfforts = ['low', 'medium', 'high']

/** Below how many tokens a budget is which effort. */
const budgets: readonly (readonly [number, string])[] = [
  [4000, 'low'],
  [16_000, 'medium'],
  [32_000, 'high'],
]

/** How much the model shall reason, and whether it shall show it. */
export function renderReasoning(context: RenderContext): RenderedReasoning {
  const { conversation, warnings, field, mayReason, facts } = context
  const { reasoning } = conversation
  if (reasoning === undefined) return { thinks: facts.reasoning }
  if (!mayReason) {
    if (!reasoning.disabled) warnings.dropped(field('reasoning'), 'This model does not reason.')
    return { thinks: false }
  }
  const effort = effortOf(reasoning, context)
  const summary = summaryOf(reasoning, context)
  const rendered = {
    ...(effort === undefined ? {} : { effort }),
    ...(summary === undefined ? {} : { summary }),
  }
  return {
    thinks: effort !== 'none' && (effort !== undefined || !reasoning.disabled),
    ...(Object.keys(rendered).length > 0 ? { reasoning: rendered } : {}),
  }
}

/** A client that asks for reasoning in another dialect expects to see it; here it is shown on demand alone. */
function summaryOf({ summary, disabled }: Reasoning, { isOwn }: RenderContext): string | undefined {
  if (isOwn || disabled) return summary
  return summary === 'none' ? undefined : (summary ?? 'auto')
}

function effortOf(reasoning: Reasoning, context: RenderContext): string | undefined {
  const { facts, field, isOwn } = context
  const wanted = reasoning.disabled ? 'none' : (reasoning.effort ?? effortOfBudget(reasoning.budgetTokens))
  if (wanted === undefined || isOwn) return wanted
  if (!efforts.includes(wanted)) throw invalidMember(field('reasoning'), `one of ${efforts.join(', ')}`)
  // Not every server can leave reasoning out, and none of them says so.
  if (wanted === 'none' && facts.efforts.length === 0) return undefined
  const effort = nearest(wanted, facts.efforts.length > 0 ? facts.efforts : commonEfforts)
  if (effort !== wanted) remark(wanted, effort, context)
  return effort
}

function effortOfBudget(budgetTokens: number | undefined): string | undefined {
  if (budgetTokens === undefined) return undefined
  return budgets.find(([below]) => budgetTokens < below)?.[1] ?? 'xhigh'
}

/** The one itself; else the next one below that the model knows, or its least. */
function nearest(wanted: string, known: readonly string[]): string {
  const rank = efforts.indexOf(wanted)
  if (known.includes(wanted)) return wanted
  return known.findLast((effort) => efforts.indexOf(effort) <= rank) ?? known[0] ?? wanted
}

function remark(wanted: string, effort: string, { warnings, field }: RenderContext): void {
  const told =
    wanted === 'none'
      ? 'This model always reasons; it is asked for as little as it can.'
      : `This model does not know the effort "${wanted}"; "${effort}" is used.`
  warnings.changed(field('reasoning'), told)
}
