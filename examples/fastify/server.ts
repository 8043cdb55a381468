import { aiGateway } from '@tollgate/fastify'
import Fastify from 'fastify'
import { closeOnSignal } from '../demo/close-on-signal.ts'
import { demoOptions } from '../demo/demo-options.ts'
import { portOf } from '../demo/port-of.ts'
import { present } from '../demo/present.ts'

const fastify = Fastify()

await fastify.register(aiGateway, demoOptions)
fastify.get('/', () => ({ hello: 'from the application around the gateway' }))

await fastify.listen({ port: Number(process.env.PORT ?? 3000) })
await present(fastify.aiGateway, `http://localhost:${portOf(fastify.server)}`)
closeOnSignal(fastify.server, fastify.aiGateway)
