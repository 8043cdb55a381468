import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { startBench } from '../adapters/bench.ts'
import { hosts } from '../adapters/servers.ts'
import { stream } from '../upstream/answer.ts'

const price = { input: '1.00', output: '2.00' }
const delta = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'at last' } }] })}\n\n`
const usage = { prompt_tokens: 10, completion_tokens: 20 }
const end = `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`

describe.each(hosts)('two silent attempts beside each other, through $name', (host) => {
  test('begin one answer between them, and the first that speaks is heard', async () => {
    const bench = await startBench(host, (url) => ({
      failover: { hedgeAfter: 100 },
      timeouts: { heartbeat: 150, firstEvent: 10_000 },
      providers: {
        one: { apiKey: 'sk', baseUrl: `${url}/one/v1`, models: { m: { price } } },
        two: { apiKey: 'sk', baseUrl: `${url}/two/v1`, models: { m: { price } } },
      },
    }))
    try {
      const never = new Promise(() => {})
      bench.upstream.respond(({ path }) =>
        path.startsWith('/one') ? stream([], { gate: never }) : stream([delta, end], { gate: sleep(900) }),
      )
      const response = await bench.post('/v1/chat/completions', {
        models: ['one:m', 'two:m'],
        stream: true,
        messages: [{ role: 'user', content: 'hello' }],
      })
      const text = await response.text()
      expect(text).toMatch(/^(: keep-alive\n\n)+data: .*at last/)
      expect(text).toMatch(/\[DONE\]\n\n$/)
      expect(await bench.charges(1)).toEqual(['0.000051500'])
    } finally {
      await bench.stop()
    }
  })
})
