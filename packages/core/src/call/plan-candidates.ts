import { autoName } from '../models/selection/auto-name.ts'
import { resolve } from './resolve.ts'
import type { CandidatePlan, PlannedCall } from './selection/candidate-plan.ts'
import { chooseModels } from './selection/choose-models.ts'
import { findVirtualModels, type VirtualModelsFound } from './selection/find-virtual-models.ts'
import { openProviders } from './selection/open-providers.ts'
import type { CallServices } from './services.ts'

const nothing: readonly never[] = []

/**
 * Where a call may go, in the order in which that is tried. A call that names one model, which is what nearly every
 * call does, is asked nothing further. At once, unless the store has to be asked what a name stands for.
 *
 * @throws GatewayError when the client named nothing that could serve it.
 */
export function planCandidates(
  services: CallServices,
  call: PlannedCall,
): CandidatePlan | Promise<CandidatePlan> {
  const { model, fallbacks } = call.envelope
  if (fallbacks.length === 0 && isOne(services, call)) return planOne(services, call)
  const names = [model, ...fallbacks]
  const virtual = findVirtualModels(services, names, call.principal.account)
  const providers = names.some(isAuto) ? openProviders(services, call.principal.account) : nothing
  const choose = (found: VirtualModelsFound, open: readonly string[]): CandidatePlan => {
    // The error of one name that is nobody's tells the nearest that there is.
    if (fallbacks.length === 0 && isNobodys(services, model, found)) return planOne(services, call)
    return chooseModels(services, call, { names, virtual: found, providers: open })
  }
  return virtual instanceof Promise || providers instanceof Promise
    ? Promise.all([virtual, providers]).then(([found, open]) => choose(found, open))
    : choose(virtual, providers)
}

/** The name is a model's, and there is nobody to choose among. */
function isOne({ models, choice }: CallServices, { envelope, principal }: PlannedCall): boolean {
  const strategy = principal.policy?.strategy ?? choice.strategy
  if (strategy === 'order') return models.lookUp(envelope.model) !== undefined
  return models.offers(envelope.model).length === 1
}

function isNobodys({ models }: CallServices, name: string, found: VirtualModelsFound): boolean {
  return !isAuto(name) && found.get(name) === undefined && models.lookUp(name) === undefined
}

const isAuto = (name: string) => name.toLowerCase() === autoName

function planOne(services: CallServices, call: PlannedCall): CandidatePlan {
  const candidates = [resolve(services, call, call.envelope.model)]
  return { candidates, skipped: nothing, conversation: undefined }
}
