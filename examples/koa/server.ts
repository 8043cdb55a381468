import { aiGateway } from '@tollgate/koa'
import Koa from 'koa'
import { closeOnSignal } from '../demo/close-on-signal.ts'
import { demoOptions } from '../demo/demo-options.ts'
import { portOf } from '../demo/port-of.ts'
import { present } from '../demo/present.ts'

const app = new Koa()
const middleware = aiGateway(demoOptions)

app.use(middleware)
app.use((context) => {
  context.body = { hello: 'from the application around the gateway' }
})

const server = app.listen(Number(process.env.PORT ?? 3000), async () => {
  await present(middleware.gateway, `http://localhost:${portOf(server)}`)
})
middleware.attach(server)
closeOnSignal(server, middleware.gateway)
