// What a new user writes first, against the packages as they are published.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createGateway } from '@tollgate/core'
import { aiGateway as nodeGateway } from '@tollgate/core/node'
import { createMemoryCreditDriver, describeCreditDriver } from '@tollgate/core/testing'
import { aiGateway as expressGateway } from '@tollgate/express'
import { aiGateway as fastifyGateway } from '@tollgate/fastify'
import { aiGateway as koaGateway } from '@tollgate/koa'
import express from 'express'
import Fastify from 'fastify'
import Koa from 'koa'

const gateway = createGateway({ store: 'sqlite:./consumer.db', sandbox: true, providers: {} })
await gateway.credits.grant({ account: 'acme', amount: '1.00', reference: 'start' })
const { token } = await gateway.keys.create({ account: 'acme' })

async function portOf(server) {
  if (!server.listening) await once(server, 'listening')
  return server.address().port
}

async function ask(url, fetch = globalThis.fetch) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sandbox:echo', messages: [{ role: 'user', content: 'hello' }] }),
  })
  const { choices } = await response.json()
  assert.equal(choices[0].message.content, 'hello')
}

const expressServer = express().use(expressGateway({ gateway })).listen(0)
const koaServer = new Koa().use(koaGateway({ gateway })).listen(0)
const nodeServer = createServer(nodeGateway({ gateway })).listen(0)
const fastify = Fastify()
await fastify.register(fastifyGateway, { gateway })

for (const server of [expressServer, koaServer, nodeServer])
  await ask(`http://localhost:${await portOf(server)}`)
await ask(await fastify.listen({ port: 0 }))
await ask('http://gateway', gateway.fetch)

const charges = []
while (charges.length < 5) {
  charges.length = 0
  await new Promise((resolve) => setTimeout(resolve, 10))
  for await (const row of gateway.credits.ledger('acme')) if (row.op === 'settle') charges.push(row.amount)
}
assert.equal(new Set(charges).size, 1)
assert.equal((await gateway.credits.audit('acme')).ok, true)
assert.equal(typeof describeCreditDriver, 'function')
await createMemoryCreditDriver().close()

for (const server of [expressServer, koaServer, nodeServer]) server.close()
await fastify.close()
await gateway.close()
console.log(`use: five mounts, five charges of $${charges[0]}`)
