import { GatewayError } from '../../errors/gateway-error.ts'
import type { Resolution } from '../../models/model-index.ts'
import { nothingLeft, planNames, type SkippedModel } from '../../models/selection/plan-names.ts'
import { selectModels } from '../../models/selection/select-models.ts'
import type { Skipped } from '../attempts/course.ts'
import { type Candidate, candidateOf } from '../resolve.ts'
import type { CallServices } from '../services.ts'
import type { CandidatePlan, PlannedCall } from './candidate-plan.ts'
import { conversationKey } from './conversation-key.ts'
import type { VirtualModelsFound } from './find-virtual-models.ts'
import { readNeeds } from './read-needs.ts'
import { declareNeeds } from './read-requirements.ts'

/** The names of a call, and what is known of those that are no model's. */
export interface NamedModels {
  readonly names: readonly string[]
  readonly virtual: VirtualModelsFound
  /** Those that `tollgate/auto` may choose from. */
  readonly providers: readonly string[]
}

/**
 * The candidates of a call that names several models, one that stands for several, or one among whose providers
 * something chooses.
 *
 * @throws GatewayError when nothing is left that could serve it.
 */
export function chooseModels(
  services: CallServices,
  call: PlannedCall,
  { names, virtual, providers }: NamedModels,
): CandidatePlan {
  const { principal, exchange, envelope, dialect } = call
  const { choice } = services
  const strategy = principal.policy?.strategy ?? choice.strategy
  const needs = declareNeeds(readNeeds(envelope, dialect.requests ?? dialect.id), exchange.headers)
  const refuse = (resolution: Resolution) => refusalOf(services, call, resolution)
  const plan = planNames(names, {
    models: services.models,
    virtualModel: (name) => virtual.get(name),
    automatic: () =>
      choice.automatic.choose({
        needs,
        at: Date.now(),
        providers,
        scope: principal.policy,
        isUsable: (resolution) => refuse(resolution) === undefined,
      }),
    isChosen: strategy !== 'order',
  })
  const { account } = principal
  const { members } = envelope
  const key = conversationKey({ account, model: envelope.model, members, headers: exchange.headers })
  const last = choice.affinity?.recall(key)
  const selection = selectModels(plan, {
    strategy,
    needs,
    request: {
      account,
      accessKeyId: principal.accessKeyId,
      model: envelope.model,
      dialect: dialect.id,
      stream: envelope.stream,
      inputTokens: needs.inputTokens.likely,
      maxOutputTokens: envelope.maxOutputTokens,
      lastServedBy: last,
    },
    metrics: services.metrics,
    key,
    last,
    at: Date.now(),
    refuse,
  })
  if (selection.models.length === 0) throw nothingLeft(selection.skipped)
  return {
    candidates: selection.models.map((model) => ({
      ...(candidateOf(services, call, model.resolution) as Candidate),
      planned: model,
    })),
    skipped: selection.skipped.map(asSkipped),
    conversation: key,
  }
}

/** Why a model may not be called here at all. */
function refusalOf(
  services: CallServices,
  call: PlannedCall,
  resolution: Resolution,
): Omit<SkippedModel, 'name'> | undefined {
  const { provider, upstreamId, entry } = resolution
  const { policy } = call.principal
  if (policy && !policy.allows(provider, entry?.id ?? upstreamId))
    return { reason: 'is not one that may be called', code: 'model_not_allowed' }
  if (!candidateOf(services, call, resolution))
    return { reason: 'cannot be called through this endpoint', code: 'unsupported_parameter' }
  return undefined
}

function asSkipped({ name, reason, code }: SkippedModel): Skipped {
  const message = `The model "${name}" ${reason}.`
  return { model: name, reason: new GatewayError({ code, message, param: 'model' }) }
}
