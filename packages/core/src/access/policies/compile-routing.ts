import type { RoutingStep } from '../policy.ts'
import type { Routing } from './routing-input.ts'

/**
 * @param model In lower case.
 * @returns Undefined where no rule names them.
 */
export type FindSteps = (provider: string, model: string) => readonly RoutingStep[] | undefined

/** Rules by what they are for; one for the model comes before one for its provider. */
export function compileRouting(routing: Routing | undefined): FindSteps | undefined {
  if (!routing || routing.rules.length === 0) return undefined
  const ofProviders = new Map<string, readonly RoutingStep[]>()
  const ofModels = new Map<string, Map<string, readonly RoutingStep[]>>()
  for (const { provider = '', model, steps } of routing.rules) {
    if (model === undefined) ofProviders.set(provider, steps)
    else ofModels.set(provider, (ofModels.get(provider) ?? new Map()).set(model.toLowerCase(), steps))
  }
  return (provider, model) => ofModels.get(provider)?.get(model) ?? ofProviders.get(provider)
}
