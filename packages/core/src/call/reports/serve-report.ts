import { toWire } from '../../bytes/wire-text.ts'
import { asGatewayError } from '../../errors/gateway-error.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { answerError, answerJson, idHeaders } from '../answer.ts'
import type { CallServices } from '../services.ts'
import { reportCredits } from './report-credits.ts'
import { reportGeneration } from './report-generation.ts'
import { reportUsage } from './report-usage.ts'

/** What a report is made of. */
export type ReportServices = Pick<CallServices, 'credits' | 'usage'>

/** What is asked for, and for whom. */
export interface ReportRequest {
  /** The caller's own: no report is about another one. */
  readonly account: string
  readonly query: URLSearchParams
}

const reports = { usage: reportUsage, credits: reportCredits, generation: reportGeneration } as const

export type ReportName = keyof typeof reports

export interface WantedReport {
  readonly report: ReportName
  readonly requestId: string
}

/**
 * Answers `GET /v1/usage`, `/v1/credits` and `/v1/generation` for the caller's own account. They cost nothing, so
 * that an account without credits can still see where they went. Never rejects.
 */
export async function serveReport(
  services: CallServices,
  exchange: Exchange,
  { report, requestId }: WantedReport,
): Promise<void> {
  const { sink, search } = exchange
  try {
    const { account } = await services.authenticate(exchange)
    const answer = await reports[report](services, { account, query: new URLSearchParams(search) })
    answerJson(sink, {
      status: 200,
      headers: { ...idHeaders(requestId), 'cache-control': 'no-store' },
      body: toWire(JSON.stringify(answer)),
    })
  } catch (thrown) {
    const error = asGatewayError(thrown)
    if (error.status >= 500) services.logger.error({ requestId, error }, error.message)
    answerError(sink, { error, family: 'both', requestId })
  }
}
