import { createServer } from 'node:http'
import { aiGateway } from '@tollgate/core/node'
import { closeOnSignal } from '../demo/close-on-signal.ts'
import { demoOptions } from '../demo/demo-options.ts'
import { portOf } from '../demo/port-of.ts'
import { present } from '../demo/present.ts'

const handler = aiGateway(demoOptions)

const server = createServer((request, response) => {
  handler(request, response, () => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ hello: 'from the application around the gateway' }))
  })
})
server.listen(Number(process.env.PORT ?? 3000), async () => {
  await present(handler.gateway, `http://localhost:${portOf(server)}`)
})
handler.attach(server)
closeOnSignal(server, handler.gateway)
