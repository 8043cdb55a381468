import { aiGateway } from '@tollgate/express'
import express from 'express'
import { type Bench, startBench } from '../adapters/bench.ts'
import { type Host, startExpress } from '../adapters/servers.ts'
import { providersAt } from './client-providers.ts'

/** An Express application with the gateway, in front of a scripted provider; it notes who asks. */
export interface ClientServer extends Bench {
  /** A key whose account has no credits. */
  readonly emptyToken: string
  /** The paths of all requests that arrived. */
  readonly requests: string[]
}

export async function startClientServer(): Promise<ClientServer> {
  const requests: string[] = []
  const host: Host = {
    name: 'Express that notes requests',
    start: (gateway) => {
      const app = express()
      app.use((request, _response, next) => {
        requests.push(request.path)
        next()
      })
      return startExpress(app.use(aiGateway({ gateway })))
    },
  }
  const bench = await startBench(host, (url) => ({ providers: providersAt(url) }))
  const { token: emptyToken } = await bench.gateway.keys.create({ account: 'empty' })
  return { ...bench, emptyToken, requests }
}
