import { z } from 'zod'
import type { AllowDeny, Scope } from '../policy.ts'
import type { PolicyNames } from './policy-names.ts'
import { resolveModelName, resolveProvider } from './resolve-names.ts'

const mostNames = 1000

const provider = z
  .string()
  .max(255)
  .regex(/^[a-z0-9._*-]+$/, 'must be the id of a provider, in lower case; "*" stands for any characters')

const model = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\s\p{Cc}]+$/u, 'must be the name of a model without spaces')

const lists = (name: z.ZodType<string>) => {
  const list = z.array(name).max(mostNames).optional()
  return z.strictObject({ allow: list, deny: list }).optional()
}

/** The shape of a scope; what its names stand for is looked up by `resolveScope`. */
export const scopeSchema = z.strictObject({ providers: lists(provider), models: lists(model) })

/**
 * The scope with its names as they are kept.
 *
 * @throws GatewayError `invalid_request` that names the entry: `scope.models.allow.0`.
 */
export function resolveScope({ providers, models }: Scope, names: PolicyNames): Scope {
  return {
    ...(providers && {
      providers: mapLists(providers, (list, path) =>
        list.map((name, index) => resolveProvider(name, names, `scope.providers.${path}.${index}`)),
      ),
    }),
    ...(models && {
      models: mapLists(models, (list, path) =>
        list.flatMap((name, index) => resolveModelName(name, names, `scope.models.${path}.${index}`)),
      ),
    }),
  }
}

type Resolve = (list: readonly string[], path: 'allow' | 'deny') => string[]

/** Each name once. */
function mapLists({ allow, deny }: AllowDeny, resolve: Resolve): AllowDeny {
  return {
    ...(allow && { allow: [...new Set(resolve(allow, 'allow'))] }),
    ...(deny && { deny: [...new Set(resolve(deny, 'deny'))] }),
  }
}
