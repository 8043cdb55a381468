import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway } from '@tollgate/core'
import { type Ask, type Reply, readReply } from './caller-messages.ts'

/** A process with a gateway of its own. It makes the calls it is told to, and says how each ended. */
const [, , options = '{}'] = process.argv
const gateway = createGateway({ ...JSON.parse(options), logger: { info() {}, warn() {}, error() {} } })

function request({ token, body }: Ask): Request {
  return new Request('http://gateway/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function call(ask: Ask): Promise<Reply> {
  return readReply(await gateway.fetch(request(ask)))
}

const comesBack = new Set<string | undefined>(['held_credits', 'store_unavailable'])

/** Comes back for as long as others hold what it needs, or the store is busy, and stops when the budget is spent. */
async function useUp(ask: Ask): Promise<Reply> {
  for (;;) {
    const reply = await call(ask)
    if (reply.code === 'budget_exceeded') return reply
    if (comesBack.has(reply.code)) await sleep(20)
    else if (reply.status !== 200) return reply
  }
}

process.on('message', (asks: readonly (Ask & { readonly id: number })[]) => {
  for (const ask of asks) {
    const make = ask.untilSpent ? useUp : call
    make(ask).then(
      (reply) => process.send?.({ ...reply, id: ask.id }),
      (error) => process.send?.({ status: 0, code: String(error), message: '', id: ask.id }),
    )
  }
})
await gateway.ready()
process.send?.('ready')
