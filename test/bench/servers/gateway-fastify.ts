import { aiGateway } from '@tollgate/fastify'
import Fastify from 'fastify'
import { serveGateway } from './serve-gateway.ts'

serveGateway(async (gateway) => {
  const fastify = Fastify()
  await fastify.register(aiGateway, { gateway })
  await fastify.ready()
  return (request, response) => fastify.routing(request, response)
})
