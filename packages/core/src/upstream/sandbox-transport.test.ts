import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { bodyOf } from '../bytes/body-bytes.ts'
import { fromWire } from '../bytes/wire-text.ts'
import { createSandboxTransport } from './sandbox-transport.ts'
import type { UpstreamControl, UpstreamRequest } from './transport.ts'

const transports: ReturnType<typeof createSandboxTransport>[] = []
afterEach(() => Promise.all(transports.splice(0).map((transport) => transport.close())))

const requestFor = (model: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
  method: 'POST',
  origin: 'sandbox://local',
  path: '/v1/chat/completions',
  headers: {},
  body: bodyOf([
    Buffer.from(JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'a b c d' }] })),
  ]),
  headersTimeout: 0,
  bodyTimeout: 0,
  ...more,
})

/** Dispatches and keeps a log of everything the receiver is told. */
function dispatch(request: UpstreamRequest, onData?: (control: UpstreamControl, count: number) => void) {
  const transport = createSandboxTransport({ paceMs: 2 })
  transports.push(transport)
  const log: string[] = []
  const text: string[] = []
  let control: UpstreamControl | undefined
  let failure: (Error & { code?: string }) | undefined
  const over = new Promise<void>((resolve) => {
    transport.dispatch(request, {
      opened(opened) {
        control = opened
        log.push('opened')
      },
      responded: (status) => log.push(`responded ${status}`),
      data(chunk) {
        log.push('data')
        text.push(fromWire(chunk))
        if (control) onData?.(control, text.length)
      },
      ended() {
        log.push('ended')
        resolve()
      },
      failed(error) {
        failure = error
        log.push('failed')
        resolve()
      },
    })
  })
  if (!control) throw new Error('The receiver was not told that the request is open.')
  return { transport, log, text, over, control, failure: () => failure }
}

describe('the sandbox carries an answer as a connection would', () => {
  it('opens at once and says the rest later, one event a chunk, to exactly one end', async () => {
    const { log, text, over } = dispatch(requestFor('echo'))
    expect(log).toEqual(['opened'])
    await over
    expect(log).toEqual(['opened', 'responded 200', ...text.map(() => 'data'), 'ended'])
    expect(text.length).toBeGreaterThan(5)
    expect(text.every((event) => event.startsWith('data: ') && event.endsWith('\n\n'))).toBe(true)
  })

  it('fails a cut answer after its text', async () => {
    const { log, text, over, failure } = dispatch(requestFor('fail-cut'))
    await over
    expect(log.filter((entry) => /ended|failed/.test(entry))).toEqual(['failed'])
    expect(text.join('')).toContain('toll')
    expect(failure()?.code).toBe('closed')
  })

  it('stalls until the caller leaves or its patience for headers ends', async () => {
    const patient = dispatch(requestFor('fail-stall'))
    const hasty = dispatch(requestFor('fail-stall', { headersTimeout: 20 }))
    await hasty.over
    expect(hasty.failure()?.code).toBe('headers_timeout')
    expect(patient.log).toEqual(['opened'])
    patient.control.abort()
    expect(patient.log).toEqual(['opened', 'failed'])
  })
})

describe('abort', () => {
  it('says failed at once, once, and nothing afterwards', async () => {
    const { log, over, control } = dispatch(requestFor('fixed-100'), (steer, count) => {
      if (count === 3) steer.abort()
    })
    await over
    const seen = [...log]
    control.abort()
    control.resume()
    await sleep(30)
    expect(log).toEqual(seen)
    expect(seen).toEqual(['opened', 'responded 200', 'data', 'data', 'data', 'failed'])
  })

  it('before the headers leaves no headers to come', async () => {
    const { log, control } = dispatch(requestFor('echo'))
    control.abort()
    await sleep(30)
    expect(log).toEqual(['opened', 'failed'])
  })

  it('reaches a paused answer, and comes too late for one that has ended', async () => {
    const paused = dispatch(requestFor('fixed-100'), (control) => control.pause())
    await sleep(20)
    paused.control.abort()
    expect(paused.log.at(-1)).toBe('failed')
    const ended = dispatch(requestFor('echo'))
    await ended.over
    ended.control.abort()
    expect(ended.log.at(-1)).toBe('ended')
  })
})

describe('pause', () => {
  it('holds everything back and resume loses nothing', async () => {
    const whole = dispatch(requestFor('fixed-100'))
    await whole.over
    const steered = dispatch(requestFor('fixed-100'), (control, count) => {
      control.pause()
      if (count > 2) setImmediate(control.resume)
    })
    await sleep(30)
    expect(steered.text).toHaveLength(1)
    steered.control.resume()
    await sleep(30)
    expect(steered.text).toHaveLength(2)
    steered.control.resume()
    await steered.over
    expect(steered.text).toHaveLength(whole.text.length)
    expect(steered.log.at(-1)).toBe('ended')
  })

  it('before the headers holds the headers back', async () => {
    const { log, over, control } = dispatch(requestFor('echo'))
    control.pause()
    await sleep(30)
    expect(log).toEqual(['opened'])
    control.resume()
    await over
    expect(log.at(-1)).toBe('ended')
  })
})

it('closing fails what is still on its way', async () => {
  const { transport, log, over } = dispatch(requestFor('fixed-1000'))
  await sleep(20)
  await transport.close()
  await over
  expect(log.at(-1)).toBe('failed')
})
