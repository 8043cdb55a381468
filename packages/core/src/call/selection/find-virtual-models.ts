import type { ModelIndex } from '../../models/model-index.ts'
import type { VirtualTargets } from '../../models/selection/plan-names.ts'

type Found = VirtualTargets | undefined

export interface VirtualModelSource {
  readonly models: Pick<ModelIndex, 'lookUp'>
  /** The account's virtual models, and everybody's: at once where they are remembered. */
  readonly virtualModels: { find(account: string, name: string): Found | Promise<Found> }
}

/** By the name that was asked for. */
export type VirtualModelsFound = ReadonlyMap<string, Found>

const none: VirtualModelsFound = new Map()

/**
 * The virtual models among the names of a call. A name that is a model's is asked about nowhere; there is nothing to
 * wait for where all others have been asked about lately.
 *
 * @example
 * const found = findVirtualModels(services, names, principal.account)
 * const virtual = found instanceof Promise ? await found : found
 * planNames(names, { …, virtualModel: (name) => virtual.get(name) })
 */
export function findVirtualModels(
  { models, virtualModels }: VirtualModelSource,
  names: readonly string[],
  account: string,
): VirtualModelsFound | Promise<VirtualModelsFound> {
  const others = names.filter((name) => models.lookUp(name) === undefined)
  if (others.length === 0) return none
  const answers = others.map((name) => virtualModels.find(account, name))
  const asMap = (found: readonly Found[]) => new Map(others.map((name, at) => [name, found[at]]))
  return answers.some((answer) => answer instanceof Promise)
    ? Promise.all(answers).then(asMap)
    : asMap(answers as readonly Found[])
}
