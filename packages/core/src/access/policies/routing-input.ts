import { z } from 'zod'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { RoutingRule, RoutingStep } from '../policy.ts'
import type { PolicyNames } from './policy-names.ts'
import { resolveModel, resolveProvider } from './resolve-names.ts'

/** How calls find their credentials. */
export interface Routing {
  /** At most one for a model, and at most one for a provider. */
  readonly rules: readonly RoutingRule[]
}

const key = z.strictObject({
  id: z.string().min(1).max(255),
  weight: z.int().min(1).max(1_000_000).optional(),
})

const step = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('managed') }),
  z.strictObject({
    type: z.literal('own'),
    strategy: z.enum(['ordered', 'round_robin', 'weighted', 'least_errors']).optional(),
    keys: z.array(key).min(1).max(100).optional(),
  }),
])

const rule = z
  .strictObject({
    provider: z.string().min(1).max(255).optional(),
    model: z.string().min(1).max(256).optional(),
    steps: z.array(step).min(1).max(20),
  })
  .refine(({ provider, model }) => provider ?? model, 'must name a provider or a model')

/** The shape of routing; what its names stand for is looked up by `resolveRouting`. */
export const routingSchema = z.strictObject({ rules: z.array(rule).min(1).max(1000) })

export interface RoutingContext {
  readonly names: PolicyNames
  /** Whose keys steps may name. */
  readonly account: string | undefined
  readonly findProviderKey: (id: string) => Promise<ProviderKeyPlace | undefined>
}

/** Where a provider key belongs. */
export interface ProviderKeyPlace {
  readonly account: string
  readonly provider: string
}

/**
 * The rules as they are kept: each with its provider, those for a model with its id.
 *
 * @throws GatewayError `invalid_request` that names the member: `routing.rules.0.steps.1.keys.0.id`.
 */
export async function resolveRouting({ rules }: Routing, context: RoutingContext): Promise<Routing> {
  const resolved = rules.map((each, index) => resolveRule(each, context.names, `routing.rules.${index}`))
  const seen = new Set<string>()
  for (const [index, { provider, model }] of resolved.entries()) {
    const target = model === undefined ? `the provider "${provider}"` : `the model "${provider}:${model}"`
    if (seen.has(target)) throw wrong(`routing.rules.${index}`, `there is a rule for ${target} already`)
    seen.add(target)
  }
  for (const [index, each] of resolved.entries()) await checkKeys(each, context, `routing.rules.${index}`)
  return { rules: resolved }
}

type ResolvedRule = RoutingRule & { readonly provider: string }

function resolveRule(
  { provider, model, steps }: RoutingRule,
  names: PolicyNames,
  path: string,
): ResolvedRule {
  if (provider?.includes('*')) throw wrong(`${path}.provider`, 'a rule is for one provider')
  const owner = provider && resolveProvider(provider, names, `${path}.provider`)
  if (model === undefined) return { provider: owner as string, steps }
  const resolved = owner === undefined ? resolveModel(model, names, `${path}.model`) : undefined
  return resolved
    ? { provider: resolved.provider, model: resolved.id.toLowerCase(), steps }
    : { provider: owner as string, model: idAt(owner as string, model, names).toLowerCase(), steps }
}

/** Beside its provider a model may be written with it once more. */
function idAt(provider: string, model: string, names: PolicyNames): string {
  const bare = model.startsWith(`${provider}:`) ? model.slice(provider.length + 1) : model
  return names.find(provider, bare)?.id ?? bare
}

async function checkKeys({ provider, steps }: ResolvedRule, context: RoutingContext, path: string) {
  for (const [at, each] of steps.entries()) {
    const keys = each.type === 'own' ? (each.keys ?? []) : []
    const ids = keys.map(({ id }) => id)
    for (const [index, id] of ids.entries()) {
      const param = `${path}.steps.${at}.keys.${index}.id`
      if (ids.indexOf(id) < index) throw wrong(param, 'this key comes twice in its step')
      await checkKey({ id, provider, param }, context)
    }
  }
}

interface NamedKey {
  readonly id: string
  readonly provider: string
  readonly param: string
}

/** A key of somebody else is one that is not there. */
async function checkKey({ id, provider, param }: NamedKey, { account, findProviderKey }: RoutingContext) {
  if (account === undefined) {
    throw wrong(param, 'only a configuration of one account can name provider keys: set "account"')
  }
  const found = await findProviderKey(id)
  if (found?.account !== account) throw wrong(param, 'the account has no such provider key')
  if (found.provider !== provider) {
    throw wrong(param, `this key is for the provider "${found.provider}", not for "${provider}"`)
  }
}

function wrong(param: string, problem: string): GatewayError {
  return new GatewayError({ code: 'invalid_request', message: `"${param}": ${problem}.`, param })
}

/** Every provider key that steps name. */
export function namedKeys(steps: readonly RoutingStep[]): string[] {
  return steps.flatMap((each) => (each.type === 'own' ? (each.keys ?? []).map(({ id }) => id) : []))
}
