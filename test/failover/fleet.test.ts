import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, destroy, hang, json, rateLimited, stream, text } from '../upstream/answer.ts'
import { startUpstream, type Upstream } from '../upstream/upstream.ts'
import { type BrokenServer, deafToTls, refuses, says, untrusted } from './broken-servers.ts'
import { type FleetScene, startFleet, type Told } from './fleet-scene.ts'

const delta = (content: string) =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`
const usage = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 20 } })}\n\n`
const done = 'data: [DONE]\n\n'
const role = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { role: 'assistant' } }] })}\n\n`
const whole = JSON.stringify({
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 20 },
})
const failure = (type: string, code: string | null = null) => ({
  error: { message: `It says ${type}.`, type, code, param: null },
})
const never = new Promise<never>(() => {})

/** What the second provider's answer costs: 3 words in, 3 out, and the fee. */
const answered = '0.000009300'
/** Ten tokens in, twenty out, and the fee. */
const reported = '0.000051500'
const free = '0.000000000'

interface Case {
  readonly name: string
  /** What the first provider does. */
  readonly first: Answer | readonly Answer[] | (() => Promise<BrokenServer>)
  /** @default both */
  readonly stream?: boolean
  /** @default 200 */
  readonly status?: number
  /** Of attempts: provider, what went wrong, what followed. */
  readonly attempts: string
  /** In US dollars. @default what the second provider's answer costs */
  readonly charge?: string | 'part'
  /** Models to name. @default ['first:m', 'second:m'] */
  readonly names?: readonly string[]
  readonly code?: string
}

const goesOn = (code: string) => `first ${code} next_model → second served`

const cases: readonly Case[] = [
  { name: 'refuses the connection', first: refuses, attempts: goesOn('upstream_unreachable') },
  { name: 'hangs on TLS', first: deafToTls, attempts: goesOn('upstream_timeout') },
  {
    name: 'has a certificate that nobody trusts',
    first: untrusted,
    attempts: goesOn('upstream_unreachable'),
  },
  {
    name: 'speaks no HTTP',
    first: () => says('SSH-2.0-OpenSSH_9.6\r\n'),
    attempts: goesOn('upstream_unreachable'),
  },
  { name: 'closes without an answer', first: destroy, attempts: goesOn('upstream_unreachable') },
  { name: 'stalls before its headers', first: hang, attempts: goesOn('upstream_timeout') },
  {
    name: 'stalls after its headers',
    first: stream([], { gate: never }),
    stream: true,
    attempts: goesOn('upstream_timeout'),
  },
  {
    name: 'stalls behind an event that says nothing',
    first: stream([': working\n\n'], { stallAfter: 1 }),
    stream: true,
    attempts: goesOn('upstream_timeout'),
  },
  { name: '429 with a long Retry-After', first: rateLimited(60_000), attempts: goesOn('rate_limited') },
  {
    name: '429 without Retry-After',
    first: json(429, failure('rate_limit_error')),
    attempts: goesOn('rate_limited'),
  },
  {
    name: '429 with a short Retry-After, alone',
    first: [rateLimited(100), json(200, whole)],
    stream: false,
    names: ['first:m'],
    attempts: 'first rate_limited retry → first served',
    charge: reported,
  },
  {
    name: '429 with a long Retry-After, alone',
    first: rateLimited(60_000),
    names: ['first:m'],
    status: 429,
    attempts: 'first rate_limited exhausted',
    charge: free,
    code: 'rate_limit_exceeded',
  },
  {
    name: '429 for want of quota',
    first: json(429, failure('insufficient_quota', 'insufficient_quota')),
    attempts: goesOn('upstream_quota_exhausted'),
  },
  { name: '500', first: json(500, failure('server_error')), attempts: goesOn('upstream_error') },
  { name: '503 in HTML', first: text(503, '<h1>Down</h1>'), attempts: goesOn('upstream_error') },
  { name: '529', first: json(529, failure('overloaded_error')), attempts: goesOn('upstream_overloaded') },
  { name: '401', first: json(401, failure('authentication_error')), attempts: goesOn('upstream_auth_error') },
  { name: '402', first: json(402, failure('billing_error')), attempts: goesOn('upstream_quota_exhausted') },
  { name: '403', first: json(403, failure('permission_error')), attempts: goesOn('upstream_auth_error') },
  { name: '408', first: json(408, failure('timeout')), attempts: goesOn('invalid_request') },
  {
    name: 'a redirect',
    first: json(302, {}, { headers: { location: 'http://169.254.169.254/' } }),
    attempts: goesOn('upstream_error'),
  },
  {
    name: 'overload in the first event',
    first: stream([`data: ${JSON.stringify(failure('overloaded_error'))}\n\n`]),
    stream: true,
    attempts: goesOn('upstream_overloaded'),
  },
  {
    name: 'an error behind events that say nothing',
    first: stream([': working\n\n', `data: ${JSON.stringify(failure('server_error'))}\n\n`]),
    stream: true,
    attempts: goesOn('upstream_error'),
  },
  {
    name: 'cut before the first event',
    first: stream([], { cutAfter: 0 }),
    stream: true,
    attempts: goesOn('upstream_unreachable'),
  },
  {
    name: 'ended without an event',
    first: stream([]),
    stream: true,
    attempts: goesOn('upstream_stream_truncated'),
  },
  {
    name: 'an error with a good status',
    first: json(200, failure('server_error')),
    stream: false,
    attempts: goesOn('upstream_error'),
  },
  {
    name: 'JSON that is cut',
    first: json(200, whole, { cutAfter: 40 }),
    stream: false,
    attempts: goesOn('upstream_unreachable'),
  },
  {
    name: 'HTML with a good status',
    first: text(200, '<h1>Welcome</h1>'),
    attempts: goesOn('upstream_error'),
  },
  {
    name: 'a stream where JSON was asked for',
    first: stream([delta('hi'), done]),
    stream: false,
    attempts: goesOn('upstream_error'),
  },
  {
    name: 'JSON where a stream was asked for',
    first: json(200, whole),
    stream: true,
    attempts: goesOn('upstream_error'),
  },
  {
    name: '400',
    first: json(400, failure('invalid_request_error')),
    status: 400,
    attempts: 'first invalid_request stop',
    charge: free,
  },
  {
    name: '404',
    first: json(404, failure('not_found')),
    status: 404,
    attempts: 'first invalid_request stop',
    charge: free,
  },
  {
    name: '413',
    first: json(413, failure('too_large')),
    status: 413,
    attempts: 'first invalid_request stop',
    charge: free,
  },
  {
    name: '422',
    first: json(422, failure('unprocessable')),
    status: 422,
    attempts: 'first invalid_request stop',
    charge: free,
  },
  {
    name: 'a prompt too long, and nobody takes more',
    first: json(400, failure('invalid_request_error', 'context_length_exceeded')),
    status: 400,
    attempts: 'first context_length_exceeded exhausted',
    charge: free,
    code: 'context_length_exceeded',
  },
  {
    name: 'a prompt too long, and somebody takes more',
    first: json(400, failure('invalid_request_error', 'context_length_exceeded')),
    names: ['first:m', 'second:m', 'second:larger'],
    attempts: 'first context_length_exceeded next_model → second served',
  },
  {
    name: 'cut behind the first words',
    first: stream([role, delta('some words that cost'), delta('more'), done], { cutAfter: 2 }),
    stream: true,
    attempts: 'first served',
    charge: 'part',
  },
  {
    name: 'a slow drip',
    first: stream([role, delta('a'), delta('b'), delta('c'), delta('d'), usage, done], { paceMs: 400 }),
    stream: true,
    attempts: 'first served',
    charge: reported,
  },
  {
    name: 'silent for ever behind the first words',
    first: stream([role, delta('some words'), done], { stallAfter: 2 }),
    stream: true,
    attempts: 'first served',
    charge: 'part',
  },
]

const table: string[] = []
afterAll(() => {
  const head =
    '| the first provider | asked for | status | attempts | charge |\n| --- | --- | --- | --- | --- |'
  console.log(`${head}\n${table.join('\n')}`)
})

let scene: FleetScene | undefined
let provider: Upstream | undefined
let broken: BrokenServer | undefined
beforeEach(() => {
  scene = provider = broken = undefined
})
afterEach(async () => {
  await scene?.close()
  await provider?.close()
  await broken?.close()
})

async function begin({ first, names }: Case): Promise<FleetScene> {
  if (typeof first === 'function') broken = await first()
  else provider = await startUpstream(first)
  const timeouts = { connect: 1200, firstEvent: 1200, answer: 1200, idle: 800 }
  scene = await startFleet((broken ?? provider)?.url as string, { timeouts, ...(names && { names }) })
  return scene
}

function print(name: string, streams: boolean, { status, attempts, charge }: Told): void {
  table.push(`| ${name} | ${streams ? 'stream' : 'JSON'} | ${status} | ${attempts} | $${charge} |`)
}

const runs = cases.flatMap((one) =>
  (one.stream === undefined ? [false, true] : [one.stream]).map((streams) => ({ ...one, streams })),
)

describe('a provider that', () => {
  test.each(runs)('$name (stream: $streams): $attempts', async (one) => {
    const { call, gateway, second } = await begin(one)
    const told = await call(one.streams)
    print(one.name, one.streams, told)
    const { status = 200, charge = answered, code } = one
    expect(told.attempts).toBe(one.attempts)
    expect(told.status).toBe(status)
    if (charge === 'part') {
      expect(Number(told.charge)).toBeGreaterThan(0)
      expect(Number(told.charge)).toBeLessThan(Number(reported))
      expect(told.text).toContain('upstream_')
      expect(told.text).not.toContain('[DONE]')
    } else expect(told.charge).toBe(charge)
    if (code !== undefined) expect(JSON.parse(told.text).error.code).toBe(code)
    expect(told.headers.get('tollgate-attempts')).toBe(String(one.attempts.split('→').length))
    const asked = one.attempts.includes('second') ? 1 : 0
    expect(second.calls).toHaveLength(asked)
    // Whatever happened, nothing stays reserved, and the ledger adds up.
    expect((await gateway.credits.balance('acme')).held).toBe(free)
    expect(await gateway.credits.audit('acme')).toMatchObject({ ok: true })
  })
})
