import { aiGateway } from '@tollgate/koa'
import Koa from 'koa'
import { serveGateway } from './serve-gateway.ts'

serveGateway((gateway) => {
  const app = new Koa()
  app.use(aiGateway({ gateway }))
  return app.callback()
})
