import type { ErrorCodeName } from '../../errors/codes.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { ModelIndex, Resolution } from '../model-index.ts'
import { autoName } from './auto-name.ts'
import type { TargetStrategyName } from './candidate.ts'

/** A model that a call may be tried at. */
export interface PlannedModel {
  /** `openai:gpt-4o`, whatever name led to it. */
  readonly id: string
  readonly resolution: Resolution
  /** Among the targets of its virtual model. */
  readonly weight: number
  /** The virtual model that it was named by, as the client wrote it. */
  readonly virtualModel: string | undefined
}

/** What one name stands for. */
export interface PlannedGroup {
  /** The name's own; undefined where that of the call goes for it. */
  readonly strategy: TargetStrategyName | undefined
  readonly models: readonly PlannedModel[]
}

/** What will not be tried, and why. */
export interface SkippedModel {
  /** As the client, or the virtual model, named it. */
  readonly name: string
  /** Goes behind the name: `takes no images`. */
  readonly reason: string
  /** What the client is told where nothing else is left. */
  readonly code: ErrorCodeName
}

export interface NamePlan {
  /** In the order of the names. None is empty, and no model is in two of them. */
  readonly groups: readonly PlannedGroup[]
  readonly skipped: readonly SkippedModel[]
}

/** What a virtual model stands for. */
export interface VirtualTargets {
  /** @default that of the call */
  readonly strategy?: TargetStrategyName | undefined
  readonly targets: readonly { readonly model: string; readonly weight?: number | undefined }[]
}

export interface PlanOptions {
  readonly models: Pick<ModelIndex, 'lookUp' | 'offers'>
  /** Of a name that is no model's. */
  readonly virtualModel: (name: string) => VirtualTargets | undefined
  /** What `tollgate/auto` stands for, for this call. */
  readonly automatic: () => readonly Resolution[]
  /** The providers of a bare id are all candidates where something chooses among them. */
  readonly isChosen: boolean
}

/**
 * What the names of a call stand for: each model once, where it was named first. A name that nobody has is skipped,
 * so that a list outlives the models in it.
 *
 * @example
 * planNames(['gpt-4o', 'fast'], { models, virtualModel: find, automatic: () => [], isChosen: false })
 */
export function planNames(names: readonly string[], options: PlanOptions): NamePlan {
  const seen = new Set<string>()
  const skipped: SkippedModel[] = []
  const isNew = ({ id }: PlannedModel) => !seen.has(id) && seen.add(id)
  const groups = names
    .map((name) => planName(name, options, skipped))
    .map(({ strategy, models }) => ({ strategy, models: models.filter(isNew) }))
    .filter(({ models }) => models.length > 0)
  return { groups, skipped }
}

function planName(name: string, options: PlanOptions, skipped: SkippedModel[]): PlannedGroup {
  if (name.toLowerCase() === autoName) {
    const models = options.automatic().map((resolution) => plan(resolution, { virtualModel: autoName }))
    if (models.length === 0) skipped.push({ name, reason: 'found no model', code: 'unsupported_parameter' })
    // They are the cheapest of all; for this call they may be so in another order.
    return { strategy: 'price', models }
  }
  const resolutions = offered(name, options, options.isChosen)
  if (resolutions.length > 0) return { strategy: undefined, models: resolutions.map((each) => plan(each)) }
  const virtual = options.virtualModel(name)
  if (virtual) return planVirtual({ name, virtual }, options, skipped)
  skipped.push({ name, reason: 'is not known', code: 'model_not_found' })
  return { strategy: undefined, models: [] }
}

/** A target that is gone is passed over: the others are there for that. */
function planVirtual(
  { name, virtual }: { readonly name: string; readonly virtual: VirtualTargets },
  options: PlanOptions,
  skipped: SkippedModel[],
): PlannedGroup {
  const { strategy, targets } = virtual
  const isChosen = strategy === undefined ? options.isChosen : strategy !== 'order' && strategy !== 'weighted'
  const models = targets.flatMap(({ model, weight }) => {
    const resolutions = offered(model, options, isChosen)
    if (resolutions.length === 0)
      skipped.push({ name: model, reason: 'is not known', code: 'model_not_found' })
    return resolutions.map((each) => plan(each, { weight, virtualModel: name }))
  })
  return { strategy, models }
}

function offered(name: string, { models }: PlanOptions, isChosen: boolean): readonly Resolution[] {
  if (isChosen) return models.offers(name)
  const resolution = models.lookUp(name)
  return resolution ? [resolution] : []
}

function plan(
  resolution: Resolution,
  named: { readonly weight?: number | undefined; readonly virtualModel?: string } = {},
): PlannedModel {
  const { weight = 1, virtualModel } = named
  return { id: idOf(resolution), resolution, weight, virtualModel }
}

/**
 * One name for one model of one provider.
 *
 * @example
 * idOf(models.resolve('GPT-4o')) // 'openai:gpt-4o'
 */
export function idOf({ provider, upstreamId, entry }: Resolution): string {
  return `${provider}:${entry?.id ?? upstreamId}`
}

/**
 * The error of a call of which nothing is left to try; one reason for all of them decides its code.
 *
 * @param skipped At least one.
 */
export function nothingLeft(skipped: readonly SkippedModel[]): GatewayError {
  const [first] = skipped
  const told = skipped.map(({ name, reason }) => `"${name}" ${reason}`).join('; ')
  const code = skipped.every((each) => each.code === first?.code) ? first?.code : 'unsupported_parameter'
  return new GatewayError({
    code: code ?? 'model_not_found',
    message: `No model is left that could serve this call: ${told}.`,
    param: 'model',
  })
}
