import type { GatewayOptions } from '@tollgate/core'
import { reportUsage } from './report-usage.ts'

const hasProvider = Boolean(process.env.OPENAI_API_KEY || process.env.ANTHROPIC_API_KEY)

/** The sandbox stands in where no provider key is set, so that everything can be tried before paying anyone. */
export const demoOptions: GatewayOptions = {
  ...(!hasProvider && { sandbox: true }),
  onUsage: reportUsage,
}
