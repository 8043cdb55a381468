import { autoName } from '../models/selection/auto-name.ts'
import { type Candidate, resolve } from './resolve.ts'
import type { CandidatePlan, PlannedCall } from './selection/candidate-plan.ts'
import { chooseModels } from './selection/choose-models.ts'
import type { CallServices } from './services.ts'

const nothing: readonly never[] = []

/**
 * Where a call may go, in the order in which that is tried. A call that names one model, which is what nearly every
 * call does, is asked nothing further.
 *
 * @throws GatewayError when the client named nothing that could serve it.
 */
export function planCandidates(services: CallServices, call: PlannedCall): CandidatePlan {
  const { model, fallbacks } = call.envelope
  const strategy = call.principal.policy?.strategy ?? services.choice.strategy
  if (fallbacks.length === 0 && strategy === 'order' && !standsForOthers(services, call)) {
    return { candidates: [resolve(services, call, model)], skipped: nothing, conversation: undefined }
  }
  return only(services, call) ?? chooseModels(services, call, [model, ...fallbacks])
}

/** A name that is no model's, and something else's. */
function standsForOthers(services: CallServices, { envelope, principal }: PlannedCall): boolean {
  const { model } = envelope
  if (services.models.lookUp(model)) return false
  return (
    model.toLowerCase() === autoName || services.choice.virtualModel(model, principal.account) !== undefined
  )
}

/** With a strategy and one name that only one provider has, there is nothing to choose either. */
function only(services: CallServices, call: PlannedCall): CandidatePlan | undefined {
  const { model, fallbacks } = call.envelope
  if (fallbacks.length > 0 || services.models.offers(model).length !== 1) return undefined
  const candidates: readonly Candidate[] = [resolve(services, call, model)]
  return { candidates, skipped: nothing, conversation: undefined }
}
