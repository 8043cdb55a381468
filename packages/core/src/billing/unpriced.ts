import { GatewayError } from '../errors/gateway-error.ts'

/** The error for anything that would otherwise be given away because nobody wrote its price. */
export function unpriced(what: string, param: string): GatewayError {
  return new GatewayError({
    code: 'model_not_priced',
    message: `There is no price for ${what}. Free is a rate of 0 that somebody wrote down.`,
    param,
  })
}
