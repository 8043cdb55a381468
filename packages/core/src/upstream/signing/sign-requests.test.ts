import { afterEach, expect, test } from 'vitest'
import { json } from '../../../../../test/upstream/answer.ts'
import { startUpstream, type Upstream } from '../../../../../test/upstream/upstream.ts'
import { createHttpTransport } from '../http-transport.ts'
import type { UpstreamControl, UpstreamRequest } from '../transport.ts'
import { CredentialError } from './credential-error.ts'
import type { RequestSigner } from './request-signer.ts'
import { signRequests } from './sign-requests.ts'

let upstream: Upstream
const plain = createHttpTransport()

afterEach(() => upstream.close())

/** Sends one request and keeps a log of everything the receiver is told. */
async function dispatch(sign: RequestSigner['sign'], { headers = {}, patience = 5000 } = {}) {
  upstream = await startUpstream(json(200, { ok: true }))
  const log: string[] = []
  const over = Promise.withResolvers<void>()
  let control: UpstreamControl | undefined
  let failure: Error | undefined
  const request: UpstreamRequest = {
    method: 'POST',
    origin: upstream.url,
    path: '/',
    headers,
    body: undefined,
    headersTimeout: 0,
    bodyTimeout: 0,
  }
  signRequests(plain, { sign, secrets: () => [] }, patience).dispatch(request, {
    opened(opened) {
      control = opened
      log.push('opened')
    },
    responded: (status) => log.push(`responded ${status}`),
    data: () => log.push('data'),
    ended() {
      log.push('ended')
      over.resolve()
    },
    failed(error) {
      failure = error
      log.push('failed')
      over.resolve()
    },
  })
  if (!control) throw new Error('The receiver was not told that the request is open.')
  return { log, over: over.promise, control, failure: () => failure }
}

const signed = (request: UpstreamRequest) => ({ ...request, headers: { authorization: 'Bearer made' } })
const whole = ['opened', 'responded 200', 'data', 'ended']

test('a request goes out with its signature, made at once or later', async () => {
  for (const sign of [signed, async (request: UpstreamRequest) => signed(request)]) {
    const { log, over } = await dispatch(sign)
    await over
    expect(log).toEqual(whole)
    expect(upstream.calls[0]?.headers.authorization).toBe('Bearer made')
  }
})

test('one with a credential of its own is left as it is', async () => {
  const { over } = await dispatch(signed, { headers: { authorization: 'Bearer own' } })
  await over
  expect(upstream.calls[0]?.headers.authorization).toBe('Bearer own')
})

test('one that is given up while it is signed is never sent', async () => {
  const signing = Promise.withResolvers<UpstreamRequest>()
  let request: UpstreamRequest | undefined
  const { log, control, failure } = await dispatch((given) => {
    request = given
    return signing.promise
  })
  expect([log, control.wasSent()]).toEqual([['opened'], false])
  control.abort()
  control.abort()
  expect(failure()).toMatchObject({ code: 'aborted' })
  signing.resolve(request as UpstreamRequest)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect([log, upstream.calls.length]).toEqual([['opened', 'failed'], 0])
})

test('a pause while it is signed holds its answer back', async () => {
  const signing = Promise.withResolvers<void>()
  const { log, over, control } = await dispatch(async (request) => {
    await signing.promise
    return signed(request)
  })
  const arrived = upstream.nextCall()
  control.pause()
  signing.resolve()
  await (await arrived).closed
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(log).toEqual(['opened'])
  expect(control.wasSent()).toBe(true)
  control.resume()
  await over
  expect(log).toEqual(whole)
})

test.each([
  [
    'throws',
    () => {
      throw new CredentialError('No.')
    },
    'No.',
  ],
  ['rejects', () => Promise.reject(new Error('secret')), 'The credential could not be made.'],
  ['never comes', () => new Promise<never>(() => {}), 'The credential did not come in time.'],
] as const)('a signature that %s is a failure of the credential', async (_, sign, words) => {
  const { log, over, failure } = await dispatch(sign, { patience: 20 })
  expect(log[0]).toBe('opened')
  await over
  expect(failure()).toBeInstanceOf(CredentialError)
  expect(failure()?.message).toBe(words)
  expect(log).toEqual(['opened', 'failed'])
  expect(upstream.calls).toHaveLength(0)
})
