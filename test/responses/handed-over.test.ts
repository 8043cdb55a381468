import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { destroy, type StreamAnswer } from '../upstream/answer.ts'
import type { RecordedCall } from '../upstream/upstream.ts'
import { type Scene, startScene } from './scene.ts'

const free = '0.000000000'
/** A hundred tokens in, twenty out, on a provider key of one's own: the fee alone. */
const charged = '0.000006000'

let scene: Scene
beforeEach(async () => {
  scene = await startScene()
  for (const name of ['one', 'two'])
    await scene.gateway.providerKeys.create({
      account: 'acme',
      provider: 'openai',
      name,
      value: `sk-${name}`,
    })
})
afterEach(() => scene.close())

const begins = ({ method }: RecordedCall) => method === 'POST'
/** The keys that runs were asked for with. */
const asked = () =>
  scene.upstream.calls.filter(begins).map(({ headers }) => headers.authorization?.replace('Bearer sk-', ''))

/** The first run breaks off behind so many events; what is asked later is answered. */
function breakOff(cutAfter: number, paceMs: number): void {
  let isFirst = true
  scene.upstream.respond((call) => {
    const answer = scene.provider.script(call) as StreamAnswer
    if (!isFirst || !begins(call)) return answer
    isFirst = false
    return { ...answer, cutAfter, paceMs }
  })
}

async function begin() {
  const response = await scene.gateway.fetch('http://gateway/v1/responses', {
    method: 'POST',
    headers: { authorization: `Bearer ${scene.token}` },
    body: JSON.stringify({ model: 'gpt-4o', input: 'hi', background: true, stream: true }),
  })
  return { status: response.status, text: await response.text() }
}

async function chargedOnce() {
  await expect.poll(async () => (await scene.rows()).length, { timeout: 5000 }).toBe(1)
  expect((await scene.rows()).map(({ amount }) => amount)).toEqual([charged])
  const { held, spent } = await scene.gateway.credits.balance('acme')
  expect({ held, spent }).toEqual({ held: free, spent: charged })
  expect(await scene.gateway.credits.audit('acme')).toMatchObject({ ok: true })
}

describe('a stream of a run that breaks off before its answer begins', () => {
  test.each([
    ['as soon as', 1, 0],
    ['a while after', 3, 40],
  ])(
    '%s its provider has named it is tried nowhere else, and is charged at its end',
    async (_, cut, pace) => {
      breakOff(cut, pace)
      expect((await begin()).status).toBe(502)
      expect(asked()).toEqual(['one'])
      const { held } = await scene.gateway.credits.balance('acme')
      expect(Number(held)).toBeGreaterThan(0)
      expect(await scene.rows()).toEqual([])
      scene.provider.finish(scene.provider.ids[0] as string)
      await chargedOnce()
      expect(asked()).toEqual(['one'])
    },
  )

  test('before its provider has named it is tried with the next key', async () => {
    let isFirst = true
    scene.upstream.respond((call) => {
      const answer = isFirst ? destroy : scene.provider.script(call)
      isFirst = false
      return answer
    })
    const begun = begin()
    await expect.poll(() => scene.provider.ids).toHaveLength(1)
    scene.provider.finish(scene.provider.ids[0] as string)
    expect(await begun).toMatchObject({ status: 200, text: expect.stringContaining('response.completed') })
    expect(asked()).toEqual(['one', 'two'])
    await chargedOnce()
  })
})
