import type { ModelIndex } from '../models/model-index.ts'
import { virtualModelRules } from '../models/selection/virtual-model-rules.ts'
import type { GatewayOptions, TargetStrategyName } from './options.ts'
import type { Problems } from './problems.ts'

/** A virtual model of the options. */
export interface FixedVirtualModel {
  readonly name: string
  readonly targets: readonly { readonly model: string; readonly weight?: number }[]
  readonly strategy?: TargetStrategyName
}

/** The virtual models of the options, each in full. What is wrong with one is a problem by its path. */
export function readVirtualModels(
  given: GatewayOptions['virtualModels'] = {},
  models: ModelIndex,
  problems: Problems,
): readonly FixedVirtualModel[] {
  const rules = virtualModelRules(models)
  const names = new Set<string>()
  return Object.entries(given).map(([name, options]) => {
    const { targets, strategy } = 'targets' in options ? options : { targets: options, strategy: undefined }
    const named = targets.map((target) => (typeof target === 'string' ? { model: target } : target))
    const virtual = { name, targets: named, ...(strategy && { strategy }) }
    const fault = rules.faultOf(virtual)
    if (fault) problems.add(`virtualModels.${name}: "${fault.param}" ${fault.problem}.`)
    if (names.has(name.toLowerCase())) problems.add(`virtualModels.${name}: the name is there twice.`)
    names.add(name.toLowerCase())
    return virtual
  })
}
