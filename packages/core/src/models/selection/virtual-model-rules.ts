import type { ModelIndex, Resolution } from '../model-index.ts'
import { idOf } from './plan-names.ts'

/** A name and what it stands for, as somebody wrote it. */
export interface VirtualDefinition {
  readonly name: string
  readonly targets: readonly { readonly model: string; readonly weight?: number | undefined }[]
}

/** What is wrong with a member: `{ param: 'targets.1', problem: 'names no model' }`. */
export interface DefinitionFault {
  readonly param: string
  readonly problem: string
}

/** What may be defined, and what has become of it. */
export interface VirtualModelRules {
  /** Undefined where nothing is wrong. */
  faultOf(definition: VirtualDefinition): DefinitionFault | undefined
  /** The same of the targets alone. */
  faultOfTargets(targets: VirtualDefinition['targets']): DefinitionFault | undefined
  /** What has changed since it was defined, in sentences. */
  warningsOf(definition: VirtualDefinition): readonly string[]
}

/** Names of virtual models: no colon and no slash, which divide providers from models. */
export const virtualNameRule = /^[A-Za-z0-9._-]{1,64}$/

const mostTargets = 10

/**
 * The rules for virtual models over a table of models. Their targets are models and nothing else, so that no name
 * leads in circles.
 *
 * @example
 * virtualModelRules(models).faultOf({ name: 'fast', targets: [{ model: 'gpt-40' }] })
 * // { param: 'targets.0', problem: 'names no model that this gateway has: "gpt-40"' }
 */
export function virtualModelRules(models: Pick<ModelIndex, 'lookUp'>): VirtualModelRules {
  const lookUp = (name: string) => safely(() => models.lookUp(name))
  return {
    faultOf({ name, targets }) {
      if (!virtualNameRule.test(name)) {
        const problem = 'must be 1 to 64 letters, digits, dots, underscores or hyphens'
        return { param: 'name', problem }
      }
      if (lookUp(name)) return { param: 'name', problem: `is a model's already: "${name}"` }
      return faultOfTargets(targets, lookUp)
    },
    faultOfTargets: (targets) => faultOfTargets(targets, lookUp),
    warningsOf({ name, targets }) {
      const taken = lookUp(name) ? [`The name "${name}" is a model's now, which is called in its place.`] : []
      return [...taken, ...targets.flatMap(({ model }) => warningsOfTarget(model, lookUp(model)))]
    },
  }
}

function faultOfTargets(
  targets: VirtualDefinition['targets'],
  lookUp: (name: string) => Resolution | undefined,
): DefinitionFault | undefined {
  if (targets.length < 1 || targets.length > mostTargets) {
    return { param: 'targets', problem: `must be 1 to ${mostTargets} models` }
  }
  const seen = new Set<string>()
  for (const [at, { model }] of targets.entries()) {
    const param = `targets.${at}`
    const resolution = lookUp(model)
    if (!resolution) return { param, problem: `names no model that this gateway has: "${model}"` }
    const id = idOf(resolution)
    if (seen.has(id)) return { param, problem: `names a model that is there already: "${model}"` }
    seen.add(id)
  }
  return undefined
}

function warningsOfTarget(model: string, resolution: Resolution | undefined): string[] {
  if (!resolution) return [`The target "${model}" is no model of this gateway any more; it is passed over.`]
  const { entry } = resolution
  if (entry && entry.prices.length > 0) return []
  return [`The target "${model}" has no price; only provider keys of an account's own open it.`]
}

/** What is no name at all is nobody's name. */
function safely<Answer>(question: () => Answer): Answer | undefined {
  try {
    return question()
  } catch {
    return undefined
  }
}
