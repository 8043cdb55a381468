import { GatewayError } from '../errors/gateway-error.ts'

/**
 * A model's name, which may have slashes and colons of its own, as one segment of a path. Whatever a client wrote
 * into it, no slash, query or fragment of a name reaches another address of its provider.
 *
 * @throws GatewayError `invalid_request` for a name that servers read as a way up.
 * @example
 * pathSegment('../files?x') // '..%2Ffiles%3Fx'
 */
export function pathSegment(model: string): string {
  if (/^\.{1,2}$/.test(model)) {
    throw new GatewayError({
      code: 'invalid_request',
      message: `"${model}" is no name of a model.`,
      param: 'model',
    })
  }
  // Versions of models are written with it, and a path may hold it.
  return encodeURIComponent(model.toWellFormed()).replaceAll('%40', '@')
}
