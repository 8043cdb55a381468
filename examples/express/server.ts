import { aiGateway } from '@tollgate/express'
import express from 'express'
import { closeOnSignal } from '../demo/close-on-signal.ts'
import { demoOptions } from '../demo/demo-options.ts'
import { portOf } from '../demo/port-of.ts'
import { present } from '../demo/present.ts'

const app = express()
const middleware = aiGateway(demoOptions)

app.use(middleware)
app.get('/', (_request, response) => {
  response.json({ hello: 'from the application around the gateway' })
})

const server = app.listen(Number(process.env.PORT ?? 3000), async () => {
  await present(middleware.gateway, `http://localhost:${portOf(server)}`)
})
middleware.attach(server)
closeOnSignal(server, middleware.gateway)
