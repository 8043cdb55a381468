import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createCallObserver } from './call-observer.ts'
import type { EndedCall } from './telemetry.ts'
import type { UsageEvent } from './usage-event.ts'

function createScene() {
  const ended: EndedCall[] = []
  const observer = createCallObserver({
    telemetry: [{ callEnded: (call) => void ended.push(call) }],
    serverOf: () => undefined,
    isListed: () => true,
    onError: (error) => {
      throw error
    },
  })
  observer.started({ requestId: 'one', dialect: 'openai-responses', path: '/', headers: {}, startedAt: 1000 })
  return { ended, observer }
}

const event = { provider: 'openai', startedAt: 1000, durationMs: 500, isFinalAttempt: true } as UsageEvent

test('the end of a call is told once, with what failed in the same turn', async () => {
  const { ended, observer } = createScene()
  observer.ended('one')
  observer.failed('one', { code: 'upstream_error', status: 502 })
  observer.ended('one')
  await turn()
  expect(ended).toMatchObject([{ error: { code: 'upstream_error', status: 502 }, background: false }])
})

test('what is charged of a call that went on in the background is told when it is charged', async () => {
  const { ended, observer } = createScene()
  observer.ended('one')
  await turn()
  observer.settled('one', [event])
  expect(ended.map(({ attempts, background }) => [attempts.length, background])).toEqual([
    [0, false],
    [1, true],
  ])
  expect(ended[1]).toMatchObject({ startedAt: 1000, endedAt: 1500, error: undefined })
})
