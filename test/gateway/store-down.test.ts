import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { CreditDriver } from '../../packages/core/src/credits/driver.ts'
import { createMemoryCreditDriver } from '../../packages/core/src/credits/memory-driver.ts'
import { withSpool } from '../../packages/core/src/credits/open-credits.ts'
import { GatewayError } from '../../packages/core/src/errors/gateway-error.ts'
import type { Gateway } from '../../packages/core/src/gateway.ts'
import { assembleGateway } from '../../packages/core/src/gateway-assembly.ts'
import { resolveOptions } from '../../packages/core/src/options/resolve-options.ts'
import { collect } from '../../packages/core/src/store/collect.ts'
import { openStore } from '../../packages/core/src/store/open-store.ts'
import { createOutage, type Outage } from '../credits/spool/outage.ts'
import { chargeFiles, chargeLines, createRecords } from '../credits/spool/records.ts'
import { stream } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'

let upstream: Upstream
let outage: Outage
let gateway: Gateway
let post: () => Promise<Response>
let folder: string
const records = createRecords()

const usage = { prompt_tokens: 10, completion_tokens: 20 }
const events = [
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'hello' } }] })}\n\n`,
  `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`,
]

interface Setup {
  /** Whether charges are on this machine's disk first. @default true */
  readonly spooled?: boolean
  /** So long that a test which waits for it fails. @default 10 minutes */
  readonly drainMs?: number
}

/** The gateway, over a driver. */
async function start(driver: CreditDriver, { spooled = true, drainMs = 600_000 }: Setup = {}): Promise<void> {
  folder = join(mkdtempSync(join(tmpdir(), 'tollgate-down-')), 'spool')
  const openai = { apiKey: 'sk-test', baseUrl: `${upstream.url}/v1` }
  const options = { store: 'memory:', spool: folder, providers: { openai }, logger: records.logger }
  const resolved = resolveOptions(options)
  const credits = spooled ? withSpool(driver, resolved) : driver
  gateway = assembleGateway({ resolved, store: openStore('memory:'), credits, drainMs })
  await gateway.ready()
  await gateway.credits.grant({ account: 'acme', amount: '5', reference: 'start' })
  const { token } = await gateway.keys.create({ account: 'acme' })
  post = () =>
    gateway.fetch('http://gateway/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'hello' }] }),
    })
}

beforeEach(async () => {
  upstream = await startUpstream(stream(events))
  outage = createOutage(createMemoryCreditDriver())
})
afterEach(async () => {
  outage.isDown = false
  await gateway.close()
  await upstream.close()
})

const balance = async () => await outage.driver.balance('acme')

async function rows(count: number): Promise<string[]> {
  for (const until = Date.now() + 5000; ; await sleep(10)) {
    const found = (await collect(gateway.credits.ledger('acme'))).filter(({ op }) => op !== 'topup')
    if (found.length >= count || Date.now() > until)
      return found.map(({ op, modelCost }) => `${op} ${modelCost}`)
  }
}

describe('while the store is down', () => {
  test('calls under way end and are charged when it is back; new ones get 503 within two seconds', async () => {
    await start(outage.driver)
    const gate = Promise.withResolvers<void>()
    upstream.respond(stream(events, { gate: gate.promise, gateAfter: 1 }))
    const underWay = await Promise.all([post(), post(), post()])
    outage.isDown = true
    const before = Date.now()
    const refused = await post()
    expect([refused.status, Date.now() - before < 2000]).toEqual([503, true])
    gate.resolve()
    for (const response of underWay) expect(await response.text()).toContain('[DONE]')
    await sleep(300)
    expect(chargeLines(folder).filter((line) => line.includes('"op":"settle"'))).toHaveLength(3)
    expect(await rows(0)).toEqual([])
    outage.isDown = false
    expect(await rows(3)).toEqual(Array(3).fill('settle 0.000225000'))
    expect(await gateway.credits.balance('acme')).toMatchObject({ held: '0.000000000' })
    expect(await gateway.credits.audit('acme')).toMatchObject({ ok: true })
    await gateway.close()
    expect(chargeFiles(folder)).toEqual([])
  })

  test('a hold that it took without an answer comes back soon after', async () => {
    const { driver } = outage
    await start({
      ...driver,
      async hold(request) {
        await driver.hold(request)
        outage.isDown = true
        throw new GatewayError({ code: 'store_unavailable', message: 'The answer was lost.' })
      },
    })
    const response = await post()
    expect(response.status).toBe(503)
    expect(await gateway.credits.balance('acme')).not.toMatchObject({ held: '0.000000000' })
    setTimeout(() => {
      outage.isDown = false
    }, 1500)
    expect(await rows(1)).toEqual(['release 0.000000000'])
    expect(await gateway.credits.balance('acme')).toMatchObject({ held: '0.000000000', spent: '0.000000000' })
  })

  test('a hold that the store refuses for good is no fault of the client, and nothing to give back', async () => {
    const { driver } = outage
    const released: string[] = []
    let isBad = true
    await start({
      ...driver,
      async hold(request) {
        await driver.hold(isBad ? { ...request, ttlMs: 1000.5 } : request)
        throw new GatewayError({ code: 'store_unavailable', message: 'The answer was lost.' })
      },
      release(id, account) {
        released.push(id)
        return driver.release(id, account)
      },
    })
    const refused = await post()
    expect(refused.status).toBe(500)
    expect(await refused.text()).not.toContain('ttlMs')
    expect(records.matching(/^error The hold was refused/)).toHaveLength(1)
    // What is given back is given back in turn.
    isBad = false
    expect((await post()).status).toBe(503)
    expect(await rows(1)).toEqual(['release 0.000000000'])
    expect(released).toHaveLength(1)
  })

  /** A call that is over, whose charge the store has been asked for in vain, a few times. */
  async function unanswered(setup?: Setup): Promise<{ readonly tries: number }> {
    const asked = { tries: 0 }
    const { driver } = outage
    const settle: CreditDriver['settle'] = (request) => {
      asked.tries += 1
      return driver.settle(request)
    }
    await start({ ...driver, settle }, setup)
    const gate = Promise.withResolvers<void>()
    upstream.respond(stream(events, { gate: gate.promise, gateAfter: 1 }))
    const response = await post()
    outage.isDown = true
    gate.resolve()
    expect(await response.text()).toContain('[DONE]')
    await expect.poll(() => asked.tries, { timeout: 5000 }).toBeGreaterThanOrEqual(4)
    return asked
  }
  const settleLines = () => chargeLines(folder).filter((line) => line.includes('"op":"settle"'))

  test('the gateway closes after one more try, and leaves what the store has not taken in the spool', async () => {
    const asked = await unanswered()
    const before = asked.tries
    await gateway.close()
    const after = asked.tries
    // One that was due anyway may have come before it.
    expect([1, 2]).toContain(after - before)
    expect(settleLines()).toHaveLength(1)
    await sleep(1000)
    expect(asked.tries).toBe(after)
  })

  test('a gateway that closes makes the charges that the store takes after all', async () => {
    await unanswered()
    outage.isDown = false
    await gateway.close()
    expect(chargeFiles(folder)).toEqual([])
    expect(await balance()).toMatchObject({ spent: 226_500n, held: 0n })
  })

  test('a gateway without a spool waits for the store when it closes', async () => {
    const asked = await unanswered({ spooled: false })
    const closing = gateway.close()
    const before = asked.tries
    await expect.poll(() => asked.tries, { timeout: 5000 }).toBeGreaterThan(before)
    outage.isDown = false
    await closing
    expect(await balance()).toMatchObject({ spent: 226_500n, held: 0n })
  })

  test('a gateway without a spool closes in the end, and says what it could not charge', async () => {
    await unanswered({ spooled: false, drainMs: 50 })
    await gateway.close()
    expect(records.matching(/error The gateway was closed before the store answered/).length).toBeGreaterThan(
      0,
    )
    expect(await balance()).toMatchObject({ spent: 0n })
  })

  test('fifty charges that wait have one more try each, without a warning of the process', async () => {
    const warnings: Error[] = []
    const listen = (warning: Error) => void warnings.push(warning)
    process.on('warning', listen)
    onTestFinished(() => void process.off('warning', listen))
    await start(outage.driver)
    const gate = Promise.withResolvers<void>()
    upstream.respond(stream(events, { gate: gate.promise, gateAfter: 1 }))
    const responses = await Promise.all(Array.from({ length: 50 }, () => post()))
    outage.isDown = true
    gate.resolve()
    for (const response of responses) expect(await response.text()).toContain('[DONE]')
    await expect.poll(() => settleLines().length, { timeout: 5000 }).toBe(50)
    outage.isDown = false
    await gateway.close()
    expect(await balance()).toMatchObject({ spent: 50n * 226_500n, held: 0n })
    expect(warnings).toEqual([])
  })
})

test('a folder that cannot be written to is refused at the start, by the name of its option', () => {
  const options = { spool: '/proc/nowhere/spool', logger: records.logger }
  expect(() => withSpool(createMemoryCreditDriver(), options)).toThrow(
    /The option spool \(TOLLGATE_SPOOL\) names "\/proc\/nowhere\/spool", where charges cannot be written down/,
  )
  expect(() => withSpool(createMemoryCreditDriver(), { ...options, spool: import.meta.filename })).toThrow(
    /is not a folder/,
  )
  expect(existsSync('/proc/nowhere')).toBe(false)
})
