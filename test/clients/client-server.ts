import { aiGateway } from '@tollgate/express'
import express from 'express'
import { type Bench, startBench } from '../adapters/bench.ts'
import { startExpress } from '../adapters/servers.ts'

/** An Express application with the gateway, in front of a scripted provider; it notes who asks. */
export interface ClientServer extends Bench {
  /** A key whose account has no credits. */
  readonly emptyToken: string
  /** The paths of all requests that arrived. */
  readonly requests: string[]
}

export async function startClientServer(): Promise<ClientServer> {
  const requests: string[] = []
  const bench = await startBench({
    name: 'Express that notes requests',
    start: (gateway) => {
      const app = express()
      app.use((request, _response, next) => {
        requests.push(request.path)
        next()
      })
      return startExpress(app.use(aiGateway({ gateway })))
    },
  })
  const { token: emptyToken } = await bench.gateway.keys.create({ account: 'empty' })
  return { ...bench, emptyToken, requests }
}
