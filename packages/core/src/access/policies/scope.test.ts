import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { policyNames } from '../../../../../test/policies/names.ts'
import type { AllowDeny, Scope } from '../policy.ts'
import { compileScope } from './compile-scope.ts'
import { resolveScope, scopeSchema } from './scope-input.ts'

const names = policyNames()
const kept = (models: AllowDeny) => resolveScope({ models }, names).models
const allows = (scope: Scope, provider: string, model: string) =>
  compileScope(resolveScope(scope, names))?.refusal(provider, model.toLowerCase()) === undefined

describe('names of models are kept', () => {
  test.each([
    ['by their own spelling', 'GPT-4o', ['gpt-4o']],
    ['with their provider', 'openai:GPT-4O', ['openai:gpt-4o']],
    ['as a slash in place of a colon says', 'openai/gpt-4o', ['openai:gpt-4o']],
    ['with a colon of their own', 'llama3:8b', ['*:llama3:8b']],
    ['of another provider, by an alias', 'openai-eu:claude-sonnet-4-6', ['openai-eu:claude-eu']],
    [
      'and by an alias that is an id elsewhere',
      'claude-sonnet-4-6',
      ['claude-sonnet-4-6', 'openai-eu:claude-eu'],
    ],
    ['as written where only the provider knows them', 'openai:gpt-99', ['openai:gpt-99']],
    ['as written where the provider is not set up', 'deepseek:deepseek-chat', ['deepseek:deepseek-chat']],
    ['as patterns', 'openai:gpt-4*', ['openai:gpt-4*']],
    ['as patterns of every provider', 'gpt-4*', ['gpt-4*']],
    ['as patterns with a colon of their own', 'ft:gpt-4o:*', ['*:ft:gpt-4o:*']],
    ['as patterns of patterns', '*:*:8b', ['*:*:8b']],
  ])('%s: %s', (_, name, expected) => {
    expect(kept({ allow: [name] })).toEqual({ allow: expected })
    expect(kept({ deny: [name] })).toEqual({ deny: expected })
    expect(kept({ allow: [...expected, name] })).toEqual({ allow: expected })
  })

  test.each([
    ['gpt-4oo', /Did you mean "gpt-4o"/],
    ['opnai:gpt-4o', /openai/],
    ['opnai:*', /There is no provider "opnai"/],
    ['OpenAI:gpt-4o', /openai/],
    ['openai:', /provider:model/],
    [':gpt-4o', /provider:model/],
  ])('"%s" is refused', (name, message) => {
    expect(() => kept({ deny: ['gpt-4o', name] })).toThrow(message)
    expect(() => kept({ deny: ['gpt-4o', name] })).toThrow(
      expect.objectContaining({ param: 'scope.models.deny.1' }),
    )
  })

  test('providers must be there, or might be', () => {
    const providers = { allow: ['openai', 'open*', 'deepseek'] }
    expect(resolveScope({ providers }, names)).toEqual({ providers })
    expect(() => resolveScope({ providers: { deny: ['opnai'] } }, names)).toThrow(/no provider "opnai"/)
    for (const name of ['OpenAI', 'a b', '']) {
      expect(scopeSchema.safeParse({ providers: { allow: [name] } }).success).toBe(false)
    }
  })
})

describe('P13 a scope', () => {
  test('of one provider is not of one whose name is longer', () => {
    for (const allow of [['openai:*'], ['openai:gpt-4o'], ['openai:gpt*']]) {
      expect(allows({ models: { allow } }, 'openai', 'gpt-4o')).toBe(true)
      expect(allows({ models: { allow } }, 'openai-eu', 'gpt-4o')).toBe(false)
    }
    expect(allows({ providers: { allow: ['openai'] } }, 'openai-eu', 'gpt-4o')).toBe(false)
    expect(allows({ models: { allow: ['openai*:gpt-4o'] } }, 'openai-eu', 'gpt-4o')).toBe(true)
  })

  test('without a provider is of the model ids of all, and of no provider by its name', () => {
    for (const allow of [['gpt-4o'], ['gpt-4*'], ['*:gpt-4o']]) {
      expect(allows({ models: { allow } }, 'openai', 'gpt-4o')).toBe(true)
      expect(allows({ models: { allow } }, 'openai-eu', 'gpt-4o')).toBe(true)
      expect(allows({ models: { allow } }, 'gpt-4o', 'other')).toBe(false)
    }
    expect(allows({ models: { allow: ['openai*'] } }, 'openai', 'gpt-4o')).toBe(false)
    expect(allows({ models: { deny: ['gpt-4o'] } }, 'openai-eu', 'GPT-4o')).toBe(false)
  })

  test('matches whole names: neither beginnings nor ends', () => {
    for (const model of ['gpt-4o-mini', 'my-gpt-4o', 'gpt-4']) {
      expect(allows({ models: { allow: ['gpt-4o'] } }, 'openai', model)).toBe(false)
    }
    expect(allows({ models: { allow: ['*-mini'] } }, 'openai', 'gpt-4o-mini-2024')).toBe(false)
  })

  test('with an empty list allows nothing, and without lists everything', () => {
    expect(allows({ models: { allow: [] } }, 'openai', 'gpt-4o')).toBe(false)
    expect(allows({ providers: { allow: [] } }, 'openai', 'gpt-4o')).toBe(false)
    expect(allows({ models: { deny: [] } }, 'openai', 'gpt-4o')).toBe(true)
    expect(compileScope({})).toBeUndefined()
    expect(compileScope({ models: {}, providers: { deny: [] } })).toBeUndefined()
  })

  test('denies what it allows and denies, and asks both lists', () => {
    const scope = { providers: { allow: ['openai'] }, models: { allow: ['gpt-4*'], deny: ['openai:gpt-4o'] } }
    expect(allows(scope, 'openai', 'gpt-4o-mini')).toBe(true)
    expect(compileScope(scope)?.refusal('openai', 'gpt-4o')).toBe('models')
    expect(compileScope(scope)?.refusal('openai-eu', 'gpt-4o-mini')).toBe('providers')
  })
})

const letters = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', 'b', '-', '*'), minLength: 1, maxLength })
const entry = fc.oneof(
  letters(4),
  fc.tuple(letters(3), letters(4)).map(([left, right]) => `${left}:${right}`),
)
const lists = (of: fc.Arbitrary<string>) => {
  const list = fc.option(fc.array(of, { maxLength: 4 }), { nil: undefined })
  return fc.record({ allow: list, deny: list })
}
const name = fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 4 })

/** As slow and as plain as it can be said. */
function isLike(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text)
}
function isListed(list: readonly string[], provider: string, model: string): boolean {
  return list.some((each) => {
    const [left, right] = each.includes(':') ? each.split(':') : ['*', each]
    return isLike(left ?? '', provider) && isLike(right ?? '', model)
  })
}
const passes = ({ allow, deny = [] }: AllowDeny, isIn: (list: readonly string[]) => boolean) =>
  !isIn(deny) && (allow === undefined || isIn(allow))

test('any scope says what its lists say', () => {
  fc.assert(
    fc.property(
      lists(letters(4)),
      lists(entry),
      fc.tuple(name, name),
      (providers, models, [provider, model]) => {
        const expected =
          passes(providers, (list) => list.some((each) => isLike(each, provider))) &&
          passes(models, (list) => isListed(list, provider, model))
        const refusal = compileScope({ providers, models })?.refusal(provider, model)
        expect(refusal === undefined).toBe(expected)
      },
    ),
    { numRuns: 3000 },
  )
})
