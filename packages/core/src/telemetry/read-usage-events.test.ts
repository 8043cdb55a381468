import { describe, expect, test } from 'vitest'
import { createCallId } from '../credits/call-id.ts'
import type { LedgerMeta } from '../credits/driver.ts'
import { createMemoryCreditDriver } from '../credits/memory-driver.ts'
import type { AttemptRecord } from './attempt.ts'
import { readUsageEvents } from './read-usage-events.ts'
import type { UsageEvent } from './usage-event.ts'

const startedAt = Date.UTC(2027, 0, 31, 12)
const call = {
  accessKeyId: 'key',
  subject: 'ann',
  configuration: 'team',
  tags: ['a', 'b'],
  provider: 'openai',
  model: 'gpt-4o-2024-11-20',
  requested: 'gpt-4o',
  credential: 'managed',
  clientDialect: 'anthropic-messages',
  upstreamDialect: 'openai-chat',
  streaming: true,
  status: 'succeeded',
  stopReason: 'stop',
  usage: { text_in: 1000, cache_read: 24, cache_write_1h: 6, text_out: 200 },
  reasoning: 50,
  usageSource: 'mixed',
  rates: { text_in: '2500000', cache_read: '1250000', cache_write_1h: '5000000', text_out: '10000000' },
  feeRates: { perToken: '50000' },
  held: '9000000',
  reserved: '12000000',
  startedAt,
  durationMs: 2500,
  firstByteMs: 400,
  firstTokenMs: 500,
  warnings: [{ field: 'seed', action: 'dropped', detail: 'No seeds.' }],
}

const attempt = (record: Partial<AttemptRecord>): AttemptRecord => ({
  provider: 'anthropic',
  model: 'claude-sonnet-4-6',
  credential: 'own',
  keyId: 'pk_1',
  upstreamDialect: 'anthropic-messages',
  verdict: 'next_model',
  status: 500,
  code: 'upstream_error',
  startedAt,
  durationMs: 100,
  ...record,
})

/** What a settlement with that meta leaves in a ledger, read back. */
async function eventsOf(
  meta: LedgerMeta,
  { modelCost = 4_560_000n, fee = 61_500n } = {},
): Promise<UsageEvent[]> {
  const driver = createMemoryCreditDriver()
  const id = createCallId()
  await driver.credit({ account: 'acme', ref: 'start', amount: 4_600_000n, kind: 'topup' })
  await driver.hold({ id, account: 'acme', amount: 1n, ttlMs: 60_000 })
  await driver.settle({ id, account: 'acme', modelCost, fee, meta })
  const events: UsageEvent[] = []
  for await (const row of driver.ledger('acme')) events.push(...readUsageEvents(row))
  return events
}

describe('a call with one attempt', () => {
  test('is one event that says everything', async () => {
    const [event, ...others] = await eventsOf(call)
    expect(others).toEqual([])
    expect(event).toMatchObject({
      id: `${event?.requestId}.1`,
      eventTime: '2027-01-31T12:00:02.500Z',
      account: 'acme',
      accessKeyId: 'key',
      subject: 'ann',
      configuration: 'team',
      tags: ['a', 'b'],
      attemptNumber: 1,
      attempts: 1,
      isFinalAttempt: true,
      served: true,
      verdict: 'served',
      completion: 'succeeded',
      status: 'succeeded',
      statusCode: 200,
      isError: false,
      timedOut: false,
      provider: 'openai',
      model: 'gpt-4o-2024-11-20',
      requestedModel: 'gpt-4o',
      credential: 'managed',
      clientDialect: 'anthropic-messages',
      upstreamDialect: 'openai-chat',
      streaming: true,
      stopReason: 'stop',
      usageSource: 'mixed',
      usageEstimated: true,
      inputTokens: 1030,
      outputTokens: 200,
      cacheReadTokens: 24,
      cacheWriteTokens: 6,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 6,
      reasoningTokens: 50,
      costs: {
        text_in: '0.002500000',
        cache_read: '0.000030000',
        cache_write_1h: '0.000030000',
        text_out: '0.002000000',
      },
      modelCost: '0.004560000',
      fee: '0.000061500',
      // The account had a little less.
      charged: '0.004600000',
      shortfall: '0.000021500',
      held: '0.009000000',
      reserved: '0.012000000',
      timeToFirstTokenMs: 500,
      tokensPerSecond: 100,
      removedParameters: ['seed'],
    })
  })

  test.each([
    ['cut', 'stream_failed', true],
    ['aborted', 'unknown', false],
    ['failed', 'failed', true],
  ] as const)('of the status %s has ended as %s', async (status, completion, isError) => {
    expect(await eventsOf({ ...call, status })).toMatchObject([
      { status, completion, isError, served: status !== 'failed', statusCode: status === 'failed' ? 0 : 200 },
    ])
  })

  test('that an earlier version recorded has what there is', async () => {
    const { held: _, reserved: _r, tags: _t, rates: _rates, ...old } = call
    expect(await eventsOf(old)).toMatchObject([
      { tags: [], held: '0.000000000', reserved: '0.000000000', costs: { other: '0.004560000' } },
    ])
  })
})

describe('a call with several attempts', () => {
  const failed = [
    attempt({}),
    attempt({
      verdict: 'next_key',
      code: 'upstream_timeout',
      status: 0,
      startedAt: startedAt + 100,
      durationMs: 300,
    }),
  ]
  const served = attempt({
    provider: 'openai',
    model: 'gpt-4o',
    credential: 'managed',
    upstreamDialect: 'openai-chat',
    verdict: 'served',
    status: 201,
    startedAt: startedAt + 400,
    durationMs: 2100,
    firstByteMs: 50,
  })

  test('is an event for each, of which the one that served costs everything', async () => {
    const events = await eventsOf({ ...call, attempts: [...failed, served] })
    expect(events.map(({ attemptNumber }) => attemptNumber)).toEqual([1, 2, 3])
    expect(new Set(events.map(({ requestId }) => requestId)).size).toBe(1)
    expect(
      events.map(({ completion, isFinalAttempt, served: is }) => [completion, isFinalAttempt, is]),
    ).toEqual([
      ['failed', false, false],
      ['timed_out', false, false],
      ['succeeded', true, true],
    ])
    for (const event of events.slice(0, 2)) {
      expect(event).toMatchObject({
        provider: 'anthropic',
        model: 'claude-sonnet-4-6',
        providerKeyId: 'pk_1',
      })
      expect(event).toMatchObject({
        usage: {},
        costs: {},
        inputTokens: 0,
        isError: true,
        usageEstimated: false,
      })
      for (const amount of ['modelCost', 'fee', 'charged', 'held'] as const)
        expect(event[amount]).toBe('0.000000000')
    }
    expect(events[1]).toMatchObject({ timedOut: true, statusCode: 0, errorCode: 'upstream_timeout' })
    expect(events[2]).toMatchObject({
      model: 'gpt-4o-2024-11-20',
      statusCode: 201,
      charged: '0.004600000',
      startedAt: startedAt + 400,
      durationMs: 2100,
      firstByteMs: 50,
      // Of the attempt, not of the call.
      timeToFirstTokenMs: 100,
      tokensPerSecond: 100,
    })
  })

  test('of which none served ends with the last, and costs nothing', async () => {
    const attempts = [...failed, attempt({ verdict: 'exhausted', status: 503 })]
    const meta = { ...call, status: 'failed', usage: {}, rates: {}, attempts }
    const events = await eventsOf(meta, { modelCost: 0n, fee: 0n })
    expect(events).toHaveLength(3)
    expect(events.at(-1)).toMatchObject({
      isFinalAttempt: true,
      served: false,
      verdict: 'exhausted',
      completion: 'failed',
      statusCode: 503,
      charged: '0.000000000',
    })
  })

  test('that ran side by side ends with the one that served, and the overtaken one is no error', async () => {
    const attempts = [served, attempt({ verdict: 'overtaken', status: 0 })]
    const events = await eventsOf({ ...call, attempts })
    expect(
      events.map(({ isFinalAttempt, completion, isError }) => [isFinalAttempt, completion, isError]),
    ).toEqual([
      [true, 'succeeded', false],
      [false, 'unknown', false],
    ])
  })
})

test('rows that no call wrote have no events', async () => {
  const row = { ref: 'x', account: 'acme', amount: 1n, modelCost: 0n, fee: 0n, shortfall: 0n }
  expect(readUsageEvents(row)).toEqual([])
  expect(readUsageEvents({ ...row, meta: { provider: 'openai' } })).toEqual([])
  expect(readUsageEvents({ ...row, meta: { note: 'refund' } })).toEqual([])
})
