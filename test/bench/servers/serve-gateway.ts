import type { RequestListener } from 'node:http'
import { createServer } from 'node:http'
import { createGateway, type Gateway } from '@tollgate/core'
import { answerQuestions } from '../process/answer-questions.ts'
import { processorMicros } from '../process/consumption.ts'
import { ledgerFacts } from './account-facts.ts'
import { listen } from './listen.ts'
import type { ServerQuestions } from './server-questions.ts'
import { singleDialectProviders } from './single-dialect-providers.ts'

export const account = 'bench'
const granted = '1000000.00'

/** Puts the gateway into a framework; the listener of its server comes back. */
export type Mount = (gateway: Gateway) => RequestListener | Promise<RequestListener>

/** A gateway under test with everything on: access key, hold, metering, settlement. */
export function serveGateway(mount: Mount): void {
  let gateway: Gateway | undefined
  const questions: ServerQuestions = {
    async start({ upstream, store }) {
      gateway = createGateway({
        store,
        providers: {
          openai: { apiKey: 'sk-upstream', baseUrl: `${upstream}/v1` },
          ...singleDialectProviders(`${upstream}/v1`),
        },
        logger: { info() {}, warn() {}, error: console.error },
      })
      await gateway.credits.grant({ account, amount: granted, reference: 'bench' })
      const { token } = await gateway.keys.create({ account })
      return { port: await listen(createServer(await mount(gateway))), authorization: `Bearer ${token}` }
    },
    processorMicros,
    ledger: () => ledgerFacts(gateway as Gateway, { account, granted }),
  }
  answerQuestions(questions, async () => gateway?.close())
}
