import { GatewayError } from '../../errors/gateway-error.ts'
import { isStoredName, nameRule } from '../../store/stored-name.ts'

/** @throws GatewayError `invalid_request` that names the member. */
export function refuseMember(param: string, rule: string): never {
  throw new GatewayError({ code: 'invalid_request', message: `"${param}" ${rule}.`, param })
}

/** @throws GatewayError `invalid_request` for what not every store keeps as it is. */
export function checkName(value: unknown, param: string): void {
  if (!isStoredName(value)) refuseMember(param, nameRule)
}

/** @throws GatewayError `invalid_request` that names the member. */
export function checkObject(value: unknown, param: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuseMember(param, 'must be an object')
}

export interface WholeNumbers {
  readonly least: number
  readonly most: number
}

export const counts: WholeNumbers = { least: 0, most: Number.MAX_SAFE_INTEGER }

/** @throws GatewayError `invalid_request`: a fraction is rounded by one store and refused by another. */
export function checkWhole(value: unknown, param: string, { least, most }: WholeNumbers): void {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return
  refuseMember(param, `must be a whole number from ${least} to ${most}`)
}

/** @throws GatewayError `invalid_request` for a word that is not among those listed. */
export function checkWord(value: unknown, param: string, words: readonly string[]): void {
  if (!words.includes(value as string)) refuseMember(param, `must be one of ${words.join(', ')}`)
}
