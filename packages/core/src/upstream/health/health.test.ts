import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Failure } from './failure.ts'
import { createHealth, type HealthAttempt, type HealthOptions } from './health.ts'

const [second, minute] = [1000, 60_000]
const key = { provider: 'openai', keyId: 'pk_1' }
const managed = { provider: 'openai' }

function watch(options: HealthOptions = {}) {
  const clock = { now: 1_790_000_000_000 }
  const health = createHealth({ now: () => clock.now, random: () => 1, ...options })
  const fail = (failure: Failure, target: { provider: string; keyId?: string } = managed) =>
    health.begin(target).failed(failure)
  const times = (count: number, act: () => void) => {
    for (let index = 0; index < count; index += 1) act()
  }
  return { clock, health, fail, times, start: clock.now }
}

describe('the circuit of a provider', () => {
  test('opens after five failures in a row and names the time', () => {
    const { health, fail, times, start } = watch()
    times(4, () => fail({ kind: 'server' }))
    expect(health.state('openai')).toEqual({ available: true })
    fail({ kind: 'network' })
    expect(health.state('openai')).toEqual({
      available: false,
      until: start + 2 * second,
      reason: 'circuit_open',
    })
    expect(health.state('openai', 'pk_1').available).toBe(false)
    expect(health.state('anthropic')).toEqual({ available: true })
  })

  test('stays closed when a success comes between failures', () => {
    const { health, fail, times } = watch()
    times(4, () => fail({ kind: 'timeout' }))
    health.begin(managed).succeeded()
    times(4, () => fail({ kind: 'timeout' }))
    expect(health.state('openai').available).toBe(true)
  })

  test('opens at half of twenty within a minute, and old ones do not count', () => {
    const mixed = ({ health, fail, times }: ReturnType<typeof watch>, count: number) =>
      times(count, () => {
        health.begin(managed).succeeded()
        fail({ kind: 'overloaded' })
      })
    const quick = watch()
    mixed(quick, 9)
    expect(quick.health.state('openai').available).toBe(true)
    mixed(quick, 1)
    expect(quick.health.state('openai').available).toBe(false)
    const slow = watch()
    mixed(slow, 9)
    slow.clock.now += 2 * minute
    mixed(slow, 9)
    expect(slow.health.state('openai').available).toBe(true)
  })

  test('is not opened by what is the credential’s trouble or the request’s', () => {
    const { health, fail, times } = watch()
    times(50, () => fail({ kind: 'auth' }, key))
    times(50, () => fail({ kind: 'quota' }, key))
    times(50, () => fail({ kind: 'rate' }, key))
    times(50, () => health.begin(managed).abandoned())
    expect(health.state('openai')).toEqual({ available: true })
  })

  test('lets exactly one probe through at a time, and closes when it succeeds', () => {
    const { clock, health, fail, times } = watch()
    times(5, () => fail({ kind: 'server' }))
    clock.now += 2 * second
    expect(health.state('openai')).toEqual({ available: true, probe: true })
    const probe = health.begin(managed)
    expect(health.state('openai')).toMatchObject({ available: false, reason: 'circuit_open' })
    probe.succeeded()
    expect(health.state('openai')).toEqual({ available: true })
    times(4, () => fail({ kind: 'server' }))
    expect(health.state('openai').available).toBe(true)
  })

  test('opens for twice as long after each probe that fails, at most a minute', () => {
    const { clock, health, fail, times } = watch()
    times(5, () => fail({ kind: 'server' }))
    const waits = Array.from({ length: 8 }, () => {
      const wait = (health.state('openai').until ?? 0) - clock.now
      clock.now += wait
      fail({ kind: 'server' })
      return wait / second
    })
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60])
  })

  test('spreads the wait over its upper half', () => {
    const { health, fail, times, start } = watch({ random: () => 0 })
    times(5, () => fail({ kind: 'server' }))
    expect(health.state('openai').until).toBe(start + second)
  })

  test('waits as long as an overloaded provider asks, at most a minute', () => {
    const { health, fail, times, start } = watch()
    times(5, () => fail({ kind: 'overloaded', retryAfterMs: 20 * second }))
    expect(health.state('openai').until).toBe(start + 20 * second)
  })

  test('gives the probe to another call when one said nothing, or never ended', () => {
    const { clock, health, fail, times } = watch()
    times(5, () => fail({ kind: 'server' }))
    clock.now += 2 * second
    health.begin(managed).abandoned()
    expect(health.state('openai')).toEqual({ available: true, probe: true })
    health.begin(managed)
    expect(health.state('openai').available).toBe(false)
    clock.now += minute
    expect(health.state('openai')).toEqual({ available: true, probe: true })
  })

  test('believes nothing that was begun before it opened', () => {
    const { health, fail, times, start } = watch()
    const early = [health.begin(managed), health.begin(managed)] as const
    times(5, () => fail({ kind: 'server' }))
    early[0].succeeded()
    early[1].failed({ kind: 'server' })
    expect(health.state('openai')).toMatchObject({ available: false, until: start + 2 * second })
  })

  test('counts no failure of before it opened once it has closed again', () => {
    const { clock, health, fail, times } = watch()
    const early = Array.from({ length: 5 }, () => health.begin(managed))
    times(5, () => fail({ kind: 'server' }))
    clock.now += 2 * second
    health.begin(managed).succeeded()
    for (const attempt of early) attempt.failed({ kind: 'server' })
    expect(health.state('openai')).toEqual({ available: true })
  })

  test('forgets the failures that opened it when it closes, and how long it was open once that is long ago', () => {
    const { clock, health, fail, times } = watch()
    times(10, () => {
      health.begin(managed).succeeded()
      fail({ kind: 'server' })
    })
    clock.now += 2 * second
    health.begin(managed).succeeded()
    fail({ kind: 'server' })
    expect(health.state('openai')).toEqual({ available: true })
    clock.now += 2 * minute
    times(5, () => fail({ kind: 'server' }))
    expect(health.state('openai').until).toBe(clock.now + 2 * second)
  })

  test('opens for longer when it has just closed', () => {
    const { clock, health, fail, times } = watch()
    times(5, () => fail({ kind: 'server' }))
    clock.now += 2 * second
    health.begin(managed).succeeded()
    times(5, () => fail({ kind: 'server' }))
    expect(health.state('openai').until).toBe(clock.now + 4 * second)
  })

  test('is not kept open by calls that were sent in spite of it, nor by one beside the probe', () => {
    const { clock, health, fail, times, start } = watch()
    times(5, () => fail({ kind: 'server' }))
    clock.now += second
    fail({ kind: 'server' })
    expect(health.state('openai').until).toBe(start + 2 * second)
    clock.now += second
    const probe = health.begin(managed)
    fail({ kind: 'server' })
    probe.succeeded()
    expect(health.state('openai')).toEqual({ available: true })
  })

  test('is closed by a call that was sent in spite of it and succeeded', () => {
    const { health, fail, times } = watch()
    times(5, () => fail({ kind: 'server' }))
    fail({ kind: 'server' })
    health.begin(managed).succeeded()
    expect(health.state('openai')).toEqual({ available: true })
  })
})

describe('a credential', () => {
  test.each([
    ['auth', undefined, 5 * minute],
    ['auth', 10, 5 * minute],
    ['quota', undefined, 10 * minute],
    ['quota', 30 * second, 30 * second],
    ['rate', 7 * second, 7 * second],
    ['rate', undefined, second],
    ['rate', 365 * 24 * 60 * minute, 60 * minute],
    ['rate', Number.NaN, second],
  ] as const)('that failed of %s, told to wait %s ms, rests %i ms', (kind, retryAfterMs, rest) => {
    const { clock, health, fail, start } = watch()
    fail({ kind, retryAfterMs }, key)
    expect(health.state('openai', 'pk_1')).toEqual({ available: false, until: start + rest, reason: kind })
    clock.now += rest
    expect(health.state('openai', 'pk_1').available).toBe(true)
  })

  test('rests alone: others of its provider, and the operator’s, go on', () => {
    const { health, fail } = watch()
    fail({ kind: 'auth' }, key)
    expect(health.state('openai', 'pk_2')).toEqual({ available: true })
    expect(health.state('openai')).toEqual({ available: true })
    fail({ kind: 'quota' })
    expect(health.state('openai')).toMatchObject({ available: false, reason: 'quota' })
    expect(health.state('anthropic')).toEqual({ available: true })
  })

  test('is tried by one call when it was refused, and by all when it was only too fast', () => {
    const { clock, health, fail } = watch()
    fail({ kind: 'auth' }, key)
    fail({ kind: 'rate', retryAfterMs: second }, { ...key, keyId: 'pk_2' })
    clock.now += 5 * minute
    expect(health.state('openai', 'pk_1')).toEqual({ available: true, probe: true })
    expect(health.state('openai', 'pk_2')).toEqual({ available: true })
    const probe = health.begin(key)
    expect(health.state('openai', 'pk_1')).toMatchObject({ available: false, reason: 'auth' })
    probe.succeeded()
    expect(health.state('openai', 'pk_1')).toEqual({ available: true })
  })

  test('rests longer each time it is too fast', () => {
    const { clock, health, fail, start } = watch()
    fail({ kind: 'rate' }, key)
    fail({ kind: 'rate' }, key)
    fail({ kind: 'rate' }, key)
    expect(health.state('openai', 'pk_1').until).toBe(start + 4 * second)
    clock.now += 4 * second
    health.begin(key).succeeded()
    fail({ kind: 'rate' }, key)
    expect(health.state('openai', 'pk_1').until).toBe(clock.now + second)
  })

  test('keeps the longer of two rests, whichever answer comes last', () => {
    const { health, fail, start } = watch()
    fail({ kind: 'quota' }, key)
    fail({ kind: 'rate', retryAfterMs: second }, key)
    expect(health.state('openai', 'pk_1')).toMatchObject({ until: start + 10 * minute, reason: 'quota' })
  })

  test('is not proven well by what was under way when it was refused', () => {
    const { health, fail } = watch()
    const early = health.begin(key)
    fail({ kind: 'auth' }, key)
    early.succeeded()
    expect(health.state('openai', 'pk_1')).toMatchObject({ available: false, reason: 'auth' })
    health.begin(key).succeeded()
    expect(health.state('openai', 'pk_1')).toEqual({ available: true })
  })

  test('with another value begins anew, and its old value’s failures come too late', () => {
    const { health, fail } = watch()
    const old = health.begin(key)
    fail({ kind: 'auth' }, key)
    health.forget('pk_1')
    expect(health.state('openai', 'pk_1')).toEqual({ available: true })
    old.failed({ kind: 'auth' })
    expect(health.state('openai', 'pk_1')).toEqual({ available: true })
    fail({ kind: 'auth' }, key)
    expect(health.state('openai', 'pk_1').available).toBe(false)
  })

  test('and its provider begin anew where that is elsewhere now; what was under way proves nothing of there', () => {
    const { health, fail, times } = watch()
    const underWay = [health.begin(managed), health.begin(managed)]
    fail({ kind: 'auth' })
    fail({ kind: 'auth' }, key)
    times(5, () => fail({ kind: 'server' }))
    expect(health.describe().providers).toMatchObject([{ provider: 'openai', circuit: 'open' }])
    health.forgetProvider('openai')
    expect(health.describe().providers).toEqual([])
    expect(health.state('openai')).toEqual({ available: true })
    expect(health.state('openai', 'pk_1').reason).toBe('auth')
    underWay[0]?.failed({ kind: 'auth' })
    underWay[1]?.failed({ kind: 'server' })
    expect(health.state('openai')).toEqual({ available: true })
    fail({ kind: 'auth' })
    expect(health.state('openai').reason).toBe('auth')
  })

  test('tells its share of errors within the last minute', () => {
    const { clock, health, fail } = watch()
    fail({ kind: 'server' }, key)
    health.begin(key).succeeded()
    health.begin(key).succeeded()
    health.begin(key).succeeded()
    expect(health.errorShare('openai', 'pk_1')).toBe(0.25)
    expect(health.errorShare('openai', 'pk_2')).toBe(0)
    clock.now += 2 * minute
    expect(health.errorShare('openai', 'pk_1')).toBe(0)
  })
})

describe('what is kept', () => {
  test('is bounded: of 100,000 credentials that fail the last ones are remembered, of working ones none', () => {
    const { health, fail, times } = watch({ size: 100 })
    let made = 0
    times(100_000, () => fail({ kind: 'auth' }, { provider: 'openai', keyId: `pk_${made++}` }))
    times(1000, () => health.begin({ provider: 'groq', keyId: `pk_${made++}` }).succeeded())
    expect(health.describe().credentials).toHaveLength(100)
    expect(health.state('openai', 'pk_99999').available).toBe(false)
    expect(health.state('openai', 'pk_0').available).toBe(true)
  })

  test('is what was asked for last', () => {
    const { health, fail } = watch({ size: 2 })
    fail({ kind: 'auth' }, key)
    fail({ kind: 'auth' }, { ...key, keyId: 'pk_2' })
    health.state('openai', 'pk_1')
    fail({ kind: 'auth' }, { ...key, keyId: 'pk_3' })
    expect(health.describe().credentials.map(({ keyId }) => keyId)).toEqual(['pk_1', 'pk_3'])
  })

  test('is given up once the last failure is a minute old and a call succeeds', () => {
    const { clock, health, fail } = watch()
    fail({ kind: 'server' }, key)
    clock.now += 2 * minute
    health.begin(key).succeeded()
    expect(health.describe().credentials).toEqual([])
  })

  test('is described for listings', () => {
    const { health, fail, start } = watch()
    fail({ kind: 'auth' }, key)
    fail({ kind: 'server' })
    expect(health.describe()).toEqual({
      providers: [{ provider: 'openai', circuit: 'closed', consecutiveFailures: 1, errorShare: 1 }],
      credentials: [
        {
          ...key,
          available: false,
          until: start + 5 * minute,
          reason: 'auth',
          consecutiveFailures: 1,
          errorShare: 1,
        },
        { provider: 'openai', keyId: undefined, available: true, consecutiveFailures: 1, errorShare: 1 },
      ],
    })
  })

  test('counts an attempt once', () => {
    const { health, times } = watch()
    const attempt = health.begin(key)
    times(10, () => attempt.failed({ kind: 'server' }))
    attempt.succeeded()
    expect(health.describe().providers).toMatchObject([{ consecutiveFailures: 1, errorShare: 1 }])
  })
})

describe('whatever happens in whatever order', () => {
  const targets: readonly { provider: string; keyId?: string }[] = [
    managed,
    key,
    { provider: 'groq', keyId: 'pk_2' },
  ]
  type World = ReturnType<typeof watch> & { readonly attempts: HealthAttempt[] }
  type Step = (world: World) => void

  const kind = fc.constantFrom('auth', 'quota', 'rate', 'overloaded', 'server', 'network', 'timeout')
  const failure = fc.record({ kind, retryAfterMs: fc.option(fc.nat(600 * minute), { nil: undefined }) })
  const attempt = fc.nat(20)
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.nat(2).map((index) => (world: World) => beginAt(world, targets[index] as (typeof targets)[number])),
    fc.nat(10 * minute).map((ms) => (world: World) => wait(world, ms)),
    attempt.map(
      (index) =>
        ({ attempts }: World) =>
          attempts[index]?.succeeded(),
    ),
    attempt.map(
      (index) =>
        ({ attempts }: World) =>
          attempts[index]?.abandoned(),
    ),
    fc.tuple(attempt, failure).map(
      ([index, failed]) =>
        ({ attempts }: World) =>
          attempts[index]?.failed(failed),
    ),
    fc.constant(({ health }: World) => health.forget('pk_1')),
  )

  /** An attempt that may find out is the only one. */
  const beginAt = ({ health, attempts }: World, target: (typeof targets)[number]) => {
    const before = health.state(target.provider, target.keyId)
    attempts.push(health.begin(target))
    if (before.probe) expect(health.state(target.provider, target.keyId).available).toBe(false)
  }
  const wait = ({ clock }: World, ms: number) => {
    clock.now += ms
  }
  const checkEnds = ({ health, clock }: World) => {
    for (const { provider, keyId } of targets) {
      const state = health.state(provider, keyId)
      if (state.available) continue
      expect(state.until).toBeGreaterThan(clock.now)
      expect(state.until).toBeLessThanOrEqual(clock.now + 60 * minute)
    }
  }

  test('every rest has an end that is known, a probe is one, and then a success opens everything', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const world: World = { ...watch(), attempts: [] }
        for (const take of steps) {
          take(world)
          checkEnds(world)
        }
        world.clock.now += 61 * minute
        for (const target of targets) {
          expect(world.health.state(target.provider, target.keyId).available).toBe(true)
          world.health.begin(target).succeeded()
          expect(world.health.state(target.provider, target.keyId)).toEqual({ available: true })
        }
      }),
      { numRuns: 300 },
    )
  })
})
