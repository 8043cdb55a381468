import type { AllowDeny, Scope, ScopeRefusal } from '../policy.ts'
import { compileGlob, type Glob, isPattern } from './glob.ts'
import { nameParts } from './name-parts.ts'

/** A scope that is ready to be asked. */
export interface CompiledScope {
  /**
   * The list that does not allow it; undefined where both do.
   *
   * @param model In lower case.
   */
  refusal(provider: string, model: string): ScopeRefusal['list'] | undefined
}

type Matcher = (provider: string, model: string) => boolean

/**
 * Puts exact names into sets and makes each pattern once. Models are compared in lower case, providers as they are.
 *
 * @param scope Its names as `resolveScope` keeps them.
 * @example
 * compileScope({ models: { allow: ['openai:*'] } })?.refusal('openai-eu', 'gpt-4o') // 'models'
 */
export function compileScope(scope: Scope | undefined): CompiledScope | undefined {
  const providers = compileLists(scope?.providers, compileProviders)
  const models = compileLists(scope?.models, compileModels)
  if (!providers && !models) return undefined
  return {
    refusal: (provider, model) => {
      if (providers && !providers(provider, model)) return 'providers'
      return models && !models(provider, model) ? 'models' : undefined
    },
  }
}

function compileLists(
  lists: AllowDeny | undefined,
  compile: (names: readonly string[]) => Matcher,
): Matcher | undefined {
  const allowed = lists?.allow && compile(lists.allow)
  const denied = lists?.deny && lists.deny.length > 0 && compile(lists.deny)
  if (!denied) return allowed
  return (provider, model) => !denied(provider, model) && (!allowed || allowed(provider, model))
}

interface Names {
  readonly exact: Set<string>
  readonly patterns: Glob[]
}

const createNames = (): Names => ({ exact: new Set(), patterns: [] })

function add({ exact, patterns }: Names, name: string): void {
  if (isPattern(name)) patterns.push(compileGlob(name))
  else exact.add(name)
}

function has({ exact, patterns }: Names, name: string): boolean {
  return exact.has(name) || patterns.some((matches) => matches(name))
}

function compileProviders(list: readonly string[]): Matcher {
  const names = createNames()
  for (const name of list) add(names, name)
  return (provider) => has(names, provider)
}

function compileModels(list: readonly string[]): Matcher {
  const everywhere = createNames()
  const byProvider = new Map<string, Names>()
  const byPattern: (readonly [matches: Glob, names: Names])[] = []
  const namesOf = (provider: string | undefined): Names => {
    if (provider === undefined || provider === '*') return everywhere
    const names = byProvider.get(provider) ?? createNames()
    if (!isPattern(provider)) byProvider.set(provider, names)
    else byPattern.push([compileGlob(provider), names])
    return names
  }
  for (const entry of list) {
    const [provider, model] = nameParts(entry)
    add(namesOf(provider), model.toLowerCase())
  }
  return (provider, model) => {
    if (has(everywhere, model)) return true
    const own = byProvider.get(provider)
    if (own && has(own, model)) return true
    return byPattern.some(([matches, names]) => matches(provider) && has(names, model))
  }
}
