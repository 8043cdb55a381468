import type { Delta } from '../delta.ts'
import { isJsonObject } from '../json.ts'
import { operatorsFailure, providersFailure } from '../stream-failures.ts'

/** Failures that are between the operator and the provider, and none of the client's business. */
const operators: readonly (readonly [RegExp, string])[] = [
  [/quota|billing|credit|^402$/, 'upstream_quota_exhausted'],
  [/auth|api_?key|permission|forbidden|^40[13]$/, 'upstream_auth_error'],
]

/** The words of compatible servers that write a status in place of a code. */
const statuses: ReadonlyMap<unknown, string> = new Map([
  [408, 'upstream_timeout'],
  [429, 'rate_limit_exceeded'],
  [503, 'upstream_overloaded'],
  [504, 'upstream_timeout'],
  [529, 'upstream_overloaded'],
])

/** The error of a stream's chunk, an object or only its words, fit for the client to read. */
export function parseChatError(error: unknown): Delta {
  const { type, code, message } = isJsonObject(error) ? error : { message: error }
  const words = `${String(code ?? '')} ${String(type ?? '')}`.toLowerCase().split(' ')
  const operator = operators.find(([pattern]) => words.some((word) => pattern.test(word)))?.[1]
  return operator === undefined ? providersFailure(kindOf(code, type), message) : operatorsFailure(operator)
}

function kindOf(code: unknown, type: unknown): string {
  const word = [code, type].find((name) => typeof name === 'string' && name !== '' && !/^\d+$/.test(name))
  return statuses.get(Number(code)) ?? (typeof word === 'string' ? word : 'upstream_error')
}
