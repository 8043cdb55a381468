/** What a body of Google's error model says. */
export interface GoogleError {
  /** The HTTP status. */
  readonly status: number
  /** The canonical word for it: `INVALID_ARGUMENT`. */
  readonly word: string
  readonly message: string
  /** The gateway's own code. */
  readonly code: string
  readonly param?: string | undefined
  readonly requestId: string
  readonly retryAfterSeconds?: string | undefined
}

/**
 * An error as Google's APIs write it. What their model has no members for is in `details`, in the types that
 * their clients know: the gateway's code as an `ErrorInfo`, and how long to wait as a `RetryInfo`.
 *
 * @example
 * renderGoogleError({ status: 404, word: 'NOT_FOUND', message: 'No.', code: 'model_not_found', requestId: 'req_1' })
 */
export function renderGoogleError(error: GoogleError): Readonly<Record<string, unknown>> {
  const { status, word, message, code, param, requestId, retryAfterSeconds } = error
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: code.toUpperCase(),
    domain: 'tollgate',
    metadata: { requestId, ...(param === undefined ? {} : { param }) },
  }
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` }
  return {
    error: {
      code: status,
      message,
      status: word,
      details: retryAfterSeconds === undefined ? [info] : [info, retry],
    },
  }
}
