import { z } from 'zod'
import { GatewayError } from '../errors/gateway-error.ts'
import { isStoredName, nameRule } from '../store/stored-name.ts'
import type { CreditMetadata } from './credits.ts'

const name = z.string().min(1).max(256).refine(isStoredName, nameRule)
export const account = name
export const sequence = z.number().int().min(1)

/** As it will be read: what JSON leaves out is left out at once. */
const metadata = z.record(z.string(), z.unknown()).transform((value, context): CreditMetadata => {
  const json = jsonOf(value)
  if (json !== undefined && json.length <= 4096) return JSON.parse(json)
  context.addIssue('must be at most 4096 characters of JSON')
  return z.NEVER
})
const change = {
  account,
  amount: z.string(),
  reference: name,
  metadata: metadata.optional(),
}
export const grantSchema = z.strictObject({
  ...change,
  kind: z.enum(['topup', 'promotion', 'refund', 'adjust_up']).default('topup'),
  expiresAt: z.union([z.date().transform((date) => date.getTime()), z.number().int().positive()]).optional(),
})
export const withdrawSchema = z.strictObject({
  ...change,
  kind: z.enum(['withdraw', 'adjust_down']).default('withdraw'),
})
export const exportSchema = z.strictObject({ format: z.enum(['csv', 'jsonl']), account: account.optional() })

/** Undefined for what cannot be JSON: a bigint, or what contains itself. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** @throws GatewayError `invalid_request` that names the member, or `name` for what has none. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  name = 'account',
): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = issue?.path.join('.') || (issue?.code === 'unrecognized_keys' ? issue.keys[0] : name)
  throw invalid(path ?? 'input', issue?.message ?? 'is not valid')
}

export function invalid(param: string, problem: string): GatewayError {
  return new GatewayError({ code: 'invalid_request', message: `"${param}": ${problem}.`, param })
}
