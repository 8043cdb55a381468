import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import { inspect } from 'node:util'
import { collect } from '../../store/collect.ts'
import { createCallId } from '../call-id.ts'
import { longestTtlMs } from '../requests/check-hold.ts'
import { badCredits, badExtensions, badHolds, badNames, badSettlements } from './bad-requests.ts'
import { type Bench, type Contract, readRows } from './bench.ts'

/** Refused for what is wrong, as nothing that a repetition changes, and not by an exception. */
async function refuses(step: () => unknown, param: string, request: unknown): Promise<void> {
  const answer = step()
  const about = inspect(request, { maxStringLength: 40 })
  await rejects(Promise.resolve(answer), ({ code, status, param: named, message }) => {
    deepStrictEqual({ code, status, named }, { code: 'invalid_request', status: 400, named: param }, about)
    return message.includes(`"${param}"`)
  })
}

/** Credits, a hold with a key, and how to see that nothing of it has changed. */
async function prepare(bench: Bench) {
  const { driver, account, take, grant, has } = bench
  await grant(1000n)
  const id = await take({ limits: [{ id: 'key', concurrency: 2 }] })
  const accounts = await collect(driver.accounts())
  const unchanged = async () => {
    await has({ available: 900n, held: 100n, spent: 0n, topups: 1000n, seq: 1 })
    strictEqual((await readRows(driver, account)).length, 1)
    deepStrictEqual(await collect(driver.accounts()), accounts)
    const { ok, problems } = await driver.audit(account)
    deepStrictEqual({ ok, problems }, { ok: true, problems: [] })
  }
  return { id, unchanged }
}

/** As long as a name may be, and nothing that a store could write shorter. */
function longName(): string {
  return Array.from({ length: 29 }, () => crypto.randomUUID())
    .join('')
    .slice(0, 1024)
}

/** What a request may say is the same for every store. */
export const requestContract: Contract = {
  'a hold that not every store could take is refused, names what is wrong, and changes nothing': async (
    bench,
  ) => {
    const { id, unchanged } = await prepare(bench)
    for (const [param, members] of badHolds) {
      await refuses(() => bench.hold(members as object), param, members)
    }
    await unchanged()
    // No slot of the key, no request of its minute.
    strictEqual((await bench.hold({ limits: [{ id: 'key', concurrency: 2, rpm: 2 }] })).ok, true)
    strictEqual((await bench.settle(id)).state, 'settled')
  },

  'an extension that not every store could take is refused, and changes nothing': async (bench) => {
    const { driver, account } = bench
    const { id, unchanged } = await prepare(bench)
    for (const [param, members] of badExtensions) {
      await refuses(() => driver.extend(id, account, members as object), param, members)
    }
    for (const name of badNames) {
      await refuses(() => driver.extend(name as string, account, { toAmount: 200n }), 'id', name)
      await refuses(() => driver.extend(id, name as string, { toAmount: 200n }), 'account', name)
    }
    await unchanged()
  },

  'a settlement that not every store could take is refused, and the hold can still be charged': async (
    bench,
  ) => {
    const { driver, account, settle } = bench
    const { id, unchanged } = await prepare(bench)
    for (const [param, members] of badSettlements) {
      await refuses(() => settle(id, members as object), param, members)
    }
    for (const name of badNames) {
      await refuses(() => driver.release(name as string, account), 'id', name)
      await refuses(() => driver.release(id, name as string), 'account', name)
    }
    await unchanged()
    strictEqual((await settle(id)).state, 'settled')
  },

  'a credit that not every store could take is refused, and its reference stays free': async (bench) => {
    const { driver, account, credit } = bench
    const { unchanged } = await prepare(bench)
    const request = { account, ref: 'invoice', amount: 5n, kind: 'topup' } as const
    for (const [param, members] of badCredits) {
      await refuses(() => driver.credit({ ...request, ...(members as object) }), param, members)
    }
    await unchanged()
    strictEqual((await credit(request)).replay, false)
  },

  'what is asked about an account that no store could have is refused': async (bench) => {
    const { driver, account } = bench
    const { unchanged } = await prepare(bench)
    for (const name of badNames as readonly string[]) {
      await refuses(() => driver.balance(name), 'account', name)
      await refuses(() => collect(driver.ledger(name)), 'account', name)
      await refuses(() => driver.audit(name), 'account', name)
    }
    for (const from of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      await refuses(() => collect(driver.ledger(account, from)), 'fromSeq', from)
    }
    for (const limit of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      await refuses(() => driver.expire(limit), 'limit', limit)
    }
    await unchanged()
  },

  'names of as many bytes as a name may have are kept': async ({ driver, clock }) => {
    const [account, ref, id] = [longName(), longName(), longName()]
    const limits = Array.from({ length: 4 }, () => ({ id: longName(), concurrency: 1, spend: { day: 500n } }))
    const [key, ...others] = limits.map(({ id: name }) => name)
    const endsAt = clock.now + 3_600_000
    await driver.credit({ account, ref, amount: 1000n, kind: 'topup', expiresAt: endsAt })
    const hold = { account, amount: 100n, ttlMs: 60_000, limits }
    strictEqual((await driver.hold({ id, ...hold })).ok, true)
    const other = await driver.hold({ id: createCallId(clock.now), ...hold })
    strictEqual(!other.ok && other.reason, 'concurrency')
    await driver.settle({ id, account, modelCost: 30n, fee: 10n, meta: {} })
    deepStrictEqual(
      (await readRows(driver, account)).map((row) => [row.account, row.ref, row.key, row.otherLimits]),
      [
        [account, ref, undefined, undefined],
        [account, id, key, others],
      ],
    )
    strictEqual((await driver.audit(account)).ok, true)
    strictEqual((await collect(driver.accounts())).includes(account), true)
  },

  'names of any well-formed characters are kept': async ({ driver, account }) => {
    const odd = `${account} \u0001\n\t\u007f "'\\{}%_: \ud83d\ude00\uffff\u20ac`
    await driver.credit({ account: odd, ref: odd, amount: 1000n, kind: 'topup' })
    await driver.hold({
      id: odd,
      account: odd,
      amount: 100n,
      ttlMs: 60_000,
      limits: [{ id: odd }, { id: `${odd}2` }],
    })
    await driver.release(odd, odd)
    deepStrictEqual(
      (await readRows(driver, odd)).map((row) => [row.account, row.ref, row.key, row.otherLimits]),
      [
        [odd, odd, undefined, undefined],
        [odd, odd, odd, [`${odd}2`]],
      ],
    )
    strictEqual((await collect(driver.accounts())).includes(odd), true)
    strictEqual((await driver.audit(odd)).ok, true)
  },

  'the largest numbers that a request may say are taken': async ({
    driver,
    account,
    take,
    settle,
    credit,
  }) => {
    const [most, latest] = [Number.MAX_SAFE_INTEGER, 8_640_000_000_000_000]
    await credit({ ref: 'grant', amount: 1000n, kind: 'topup', expiresAt: latest })
    const spend = { day: 10n ** 40n, lifetime: 10n ** 40n }
    const limits = [{ id: 'key', rpm: most, tpm: most, concurrency: most, spend }]
    const share = { of: most, atLeast: 1n }
    const id = await take({ ttlMs: longestTtlMs, limits, share, minimum: 1n })
    strictEqual((await driver.extend(id, account, { ttlMs: longestTtlMs })).ok, true)
    strictEqual((await settle(id)).state, 'settled')
    strictEqual((await readRows(driver, account))[0]?.expiresAt, latest)
    strictEqual(await driver.expire(most), 0)
    // A limit of nothing lets nothing through.
    const none = await driver.hold({
      id: 'none',
      account,
      amount: 1n,
      ttlMs: 1,
      limits: [{ id: 'other', rpm: 0 }],
    })
    strictEqual(!none.ok && none.reason, 'rpm')
  },

  'a zero below zero is zero': async ({ driver, account, hold, grant }) => {
    await grant(100n)
    const result = await hold({ limits: [{ id: 'key', concurrency: -0 }] })
    strictEqual(!result.ok && result.reason, 'concurrency')
    strictEqual((await hold({ limits: [{ id: 'key', tpm: -0 }], tokens: -0 })).ok, true)
    strictEqual((await driver.balance(account)).held, 100n)
  },

  'metadata may be large, and hold any text': async ({ driver, account, take, settle, grant }) => {
    await grant(1000n)
    const meta = {
      text: `\0 \ud83d \u2028 "\\ \ud83d\ude00 ${'\u0001'.repeat(900_000)}`,
      list: [1, null, true, { a: [] }],
    }
    await settle(await take(), { meta })
    deepStrictEqual((await readRows(driver, account))[1]?.meta, meta)
  },
}
