import { type ErrorCodeName, errorCodes } from './codes.ts'

const marker = Symbol.for('tollgate.error')

/** What an error is made of; the code decides its status and its words in each dialect. */
export interface GatewayErrorOptions {
  readonly code: ErrorCodeName
  readonly message: string
  /** The member of the request that is at fault, for instance `messages.0.content.1`. */
  readonly param?: string
  /** Overrides the table's status: an upstream's own 4xx or 5xx. */
  readonly status?: number
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/**
 * The one error type that reaches clients. Its message is written for them and never holds a secret.
 *
 * @example
 * throw new GatewayError({ code: 'model_not_found', message: 'No model "gpt-40". Did you mean "gpt-4o"?' })
 */
export class GatewayError extends Error {
  readonly [marker] = true
  readonly code: ErrorCodeName
  readonly status: number
  readonly param: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(options: GatewayErrorOptions) {
    super(options.message, { cause: options.cause })
    this.name = 'GatewayError'
    this.code = options.code
    this.status = options.status ?? errorCodes[options.code].status
    this.param = options.param
    this.retryAfterMs = options.retryAfterMs
  }

  /** Works across two installed copies of the package, where `instanceof` does not. */
  static isInstance(value: unknown): value is GatewayError {
    return typeof value === 'object' && value !== null && marker in value
  }
}

/** The same error in other words. */
export function reworded(error: GatewayError, message: string): GatewayError {
  const { code, status, param, retryAfterMs, cause } = error
  return new GatewayError({
    code,
    status,
    message,
    cause,
    ...(param !== undefined && { param }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

/** The funnel: anything thrown becomes a `GatewayError`; what is unknown becomes a generic 500. */
export function asGatewayError(thrown: unknown): GatewayError {
  if (GatewayError.isInstance(thrown)) return thrown
  return new GatewayError({
    code: 'internal',
    message: 'The gateway failed to handle this request.',
    cause: thrown,
  })
}
