import type {
  CallPolicy,
  PolicyLimits,
  PolicyTimeouts,
  ScopeRefusal,
  SelectionStrategyName,
} from '../policy.ts'
import type { FindSteps } from './compile-routing.ts'
import type { CompiledScope } from './compile-scope.ts'
import { type Limiter, leastOf } from './limit-set.ts'

/** What a key, a configuration or an account has to say of calls. */
export interface PolicyLayer {
  readonly owner: string
  readonly scope: CompiledScope | undefined
  readonly limits: PolicyLimits | undefined
  readonly tags: readonly string[]
}

/** What only a configuration has to say. */
export interface ConfiguredPolicy {
  readonly id: string
  readonly findSteps: FindSteps | undefined
  readonly timeouts: PolicyTimeouts | undefined
  readonly strategy: SelectionStrategyName | undefined
}

/** Undefined where neither layers nor configuration restrict or name anything. */
export function compilePolicy(
  layers: readonly PolicyLayer[],
  configured: ConfiguredPolicy | undefined,
): CallPolicy | undefined {
  const maxInput = leastOf(layers as readonly Limiter[], (limits) => limits.maxInputTokens)
  const maxOutput = leastOf(layers as readonly Limiter[], (limits) => limits.maxOutputTokens)
  const tags = [...new Set(layers.flatMap((layer) => layer.tags))]
  const scoped = layers.filter((layer) => layer.scope !== undefined)
  if (!configured && !maxInput && !maxOutput && tags.length === 0 && scoped.length === 0) return undefined
  const refusal = scopeRefusal(scoped)
  const findSteps = configured?.findSteps
  return Object.freeze({
    allows: (provider: string, model: string) => refusal(provider, model) === undefined,
    refusal,
    stepsFor: (provider: string, model: string) => findSteps?.(provider, model.toLowerCase()),
    maxInputTokens: maxInput?.amount,
    maxOutputTokens: maxOutput?.amount,
    owners: Object.freeze({
      ...(maxInput && { maxInputTokens: maxInput.owner }),
      ...(maxOutput && { maxOutputTokens: maxOutput.owner }),
    }),
    timeouts: configured?.timeouts,
    strategy: configured?.strategy,
    configuration: configured?.id,
    tags: Object.freeze(tags),
  })
}

/** Every layer must allow a call. */
function scopeRefusal(layers: readonly PolicyLayer[]): CallPolicy['refusal'] {
  return (provider, model): ScopeRefusal | undefined => {
    const name = model.toLowerCase()
    for (const { owner, scope } of layers) {
      const list = scope?.refusal(provider, name)
      if (list) return { owner, list }
    }
    return undefined
  }
}
