import type { Resolution } from '../model-index.ts'
import { askStrategy } from './ask-strategy.ts'
import type { SelectionFunction, SelectionRequest, SelectionStrategyName } from './candidate.ts'
import { createDescriber, createDollarsOf } from './describe-candidate.ts'
import type { Metrics } from './metrics.ts'
import { type Needs, unmetNeed } from './needs.ts'
import { type Measures, orderCandidates } from './order-candidates.ts'
import type { NamePlan, PlannedGroup, PlannedModel, SkippedModel } from './plan-names.ts'

/** What is asked of a call's candidates, beside the names that led to them. */
export interface SelectModelsOptions {
  readonly strategy: SelectionStrategyName | SelectionFunction
  readonly needs: Needs
  readonly request: SelectionRequest
  readonly metrics: Metrics
  /** Of the conversation; undefined leaves each call to chance. */
  readonly key: string | undefined
  /** The candidate that served the conversation last. */
  readonly last: string | undefined
  /** Milliseconds since the epoch. */
  readonly at: number
  /** In [0, 1). @default Math.random */
  readonly random?: () => number
  /** Why a model may not be called here, beside its needs: policies, dialects, credentials. */
  readonly refuse?: (resolution: Resolution) => Omit<SkippedModel, 'name'> | undefined
  /** False for what has failed just now; it is tried after all others. @default always true */
  readonly isHealthy?: (resolution: Resolution) => boolean
}

export interface Selection {
  /** The first to be tried first; empty where nothing can serve the call. */
  readonly models: readonly PlannedModel[]
  readonly skipped: readonly SkippedModel[]
}

/**
 * The models that a call is tried at, in order. Those that may not or cannot serve it are left out, with reasons. A
 * strategy orders all that the client named; a virtual model with a strategy of its own stays together, at the
 * place of its first target. Whoever served the conversation last goes first while it is healthy, except where the
 * order is somebody's word: that of `order`, or of a function.
 */
export function selectModels(plan: NamePlan, options: SelectModelsOptions): Selection {
  const skipped = [...plan.skipped]
  const isUsable = ({ id, resolution }: PlannedModel): boolean => {
    const refusal = options.refuse?.(resolution) ?? refuseByNeed(options.needs, resolution)
    if (refusal) skipped.push({ name: id, ...refusal })
    return refusal === undefined
  }
  const groups = plan.groups
    .map(({ strategy, models }) => ({ strategy, models: models.filter(isUsable) }))
    .filter(({ models }) => models.length > 0)
  return { models: healthyFirst(orderGroups(groups, options), options), skipped }
}

function refuseByNeed(needs: Needs, { entry }: Resolution): Omit<SkippedModel, 'name'> | undefined {
  const reason = unmetNeed(needs, entry)
  return reason === undefined ? undefined : { reason, code: 'unsupported_parameter' }
}

function orderGroups(groups: readonly PlannedGroup[], options: SelectModelsOptions): readonly PlannedModel[] {
  const { strategy, request, last } = options
  const measures = createMeasures(options)
  const isLast = ({ id }: PlannedModel) => id === last
  const blocks = groups.flatMap(({ strategy: own, models }): (readonly PlannedModel[])[] => {
    // Models that the client named itself, and the providers of one name, are each for themselves.
    if (own === undefined) return models.map((model) => [model])
    const ordered = orderCandidates(models, { ...measures, strategy: own })
    return [own === 'order' ? ordered : bringForward(ordered, isLast)]
  })
  if (typeof strategy === 'function') {
    const models = blocks.flat()
    return models.length < 2
      ? models
      : askStrategy(strategy, { models, describe: createDescriber(options), request })
  }
  if (strategy === 'order') return blocks.flat()
  const byFirst = new Map(blocks.map((block) => [block[0] as PlannedModel, block]))
  const firsts = orderCandidates([...byFirst.keys()], { ...measures, strategy })
  const ordered = firsts.map((first) => byFirst.get(first) as readonly PlannedModel[])
  return bringForward(ordered, (block) => block.some(isLast)).flat()
}

function createMeasures(options: SelectModelsOptions): Measures<PlannedModel> {
  const { metrics, request, key, random = Math.random } = options
  return {
    metrics: ({ resolution }) => metrics.of(resolution.provider, resolution.upstreamId),
    estimatedDollars: createDollarsOf(options),
    stream: request.stream,
    key,
    random,
  }
}

/** What fits goes first; all others keep their order. */
function bringForward<Item>(items: readonly Item[], fits: (item: Item) => boolean): readonly Item[] {
  if (items.length < 2 || !items.slice(1).some(fits)) return items
  return [...items.filter(fits), ...items.filter((item) => !fits(item))]
}

function healthyFirst(
  models: readonly PlannedModel[],
  { isHealthy }: SelectModelsOptions,
): readonly PlannedModel[] {
  return isHealthy ? bringForward(models, ({ resolution }) => isHealthy(resolution)) : models
}
