import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGateway } from '@tollgate/core'
import { aiGateway } from '@tollgate/core/node'
import { Command } from 'commander'
import { parsePort } from '../parse-flags.ts'

interface ServeFlags {
  readonly port: number
  readonly host: string
  readonly store?: string
  readonly sandbox?: true
}

/** `tollgate serve`: the gateway on plain node:http. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Serve the gateway on its own, with the providers whose keys are in the environment.')
    .option('--port <port>', 'port to listen on', parsePort, 3000)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--store <address>', 'where keys and credits are (TOLLGATE_STORE)')
    .option('--sandbox', 'offer the built-in provider "sandbox:", which needs no key')
    .action(serve)
}

async function serve({ port, host, store, sandbox }: ServeFlags): Promise<void> {
  const gateway = createGateway({
    ...(store !== undefined && { store }),
    ...(sandbox && { sandbox }),
    onUsage: ({ requestId, account, provider, model, charged }) =>
      console.log(`${requestId} ${account} ${provider}:${model} $${charged}`),
  })
  await gateway.ready()
  const server = createServer(aiGateway({ gateway }))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  console.log(`Listening on http://${host.includes(':') ? `[${host}]` : host}:${address.port}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      server.close()
      await gateway.close()
      server.closeAllConnections()
    })
  }
}
