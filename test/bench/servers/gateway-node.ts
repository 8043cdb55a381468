import { aiGateway } from '@tollgate/core/node'
import { serveGateway } from './serve-gateway.ts'

serveGateway((gateway) => aiGateway({ gateway }))
