import type { z } from 'zod'
import { GatewayError } from '../errors/gateway-error.ts'
import { type WithoutAbsent, withoutAbsent } from './without-absent.ts'

/**
 * Checks what a caller passed in; members that are undefined count as left out.
 *
 * @throws GatewayError `invalid_request` whose message and `param` name the first member at fault. Values
 * are not repeated: they may be secrets.
 */
export function parseInput<Output extends object>(
  schema: z.ZodType<Output>,
  input: unknown,
): WithoutAbsent<Output> {
  const result = schema.safeParse(input)
  if (result.success) return withoutAbsent(result.data)
  const [issue] = result.error.issues
  const unknownMember = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const param = [...(issue?.path ?? []), ...unknownMember].join('.')
  const problem = unknownMember.length > 0 ? 'is not known here' : (issue?.message ?? 'is not valid')
  throw new GatewayError({
    code: 'invalid_request',
    message: param === '' ? problem : `"${param}": ${problem}.`,
    ...(param === '' ? {} : { param }),
  })
}
