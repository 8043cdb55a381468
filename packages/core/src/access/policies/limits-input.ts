import { z } from 'zod'
import { parseUsd } from '../../billing/money.ts'
import type { PolicyLimits, SpendLimit } from '../policy.ts'

const count = z.int().min(1).max(1_000_000_000)

const usd = z.string().superRefine((text, context) => {
  try {
    parseUsd(text, 'limit')
  } catch {
    context.addIssue('must be US dollars as decimal text, for instance "5.00"')
  }
})

const spend = z.strictObject({
  limit: usd,
  window: z.enum(['day', 'week', 'month', 'lifetime']).optional(),
})

const spends = z
  .array(spend)
  .min(1)
  .refine((limits) => {
    const windows = limits.map(({ window = 'lifetime' }) => window)
    return new Set(windows).size === windows.length
  }, 'may have one limit for each window')

/** One limit or several; a mistake is named where it is, which a union would not do. */
const spendOrSpends = z.unknown().transform((value, context): NonNullable<PolicyLimits['spend']> => {
  const parsed = (Array.isArray(value) ? spends : spend).safeParse(value)
  if (parsed.success) return parsed.data
  context.issues.push(...(parsed.error.issues.map((issue) => ({ ...issue, input: value })) as never[]))
  return z.NEVER
})

/** The shape of limits, wherever they are set. */
export const limitsSchema = z.strictObject({
  spend: spendOrSpends.optional(),
  rpm: count.optional(),
  tpm: count.optional(),
  concurrency: count.optional(),
  maxInputTokens: count.optional(),
  maxOutputTokens: count.optional(),
})

/** As a list, however they are written. */
export function spendLimits({ spend = [] }: Pick<PolicyLimits, 'spend'>): readonly SpendLimit[] {
  return Array.isArray(spend) ? spend : [spend as SpendLimit]
}
