/** How a connection to a provider failed. */
export type ConnectionErrorCode =
  /** The gateway closed it: the client left, or a clock of the call ran out. */
  | 'aborted'
  | 'connect_timeout'
  | 'headers_timeout'
  | 'body_timeout'
  /** The other side closed it before the answer was complete. */
  | 'closed'
  /** Its name leads where nobody should be sent: to credentials of machines, or into a network that is not theirs. */
  | 'forbidden_address'
  /** What came is not HTTP/1.1 as it is written. */
  | 'malformed'

/**
 * A connection that failed in a way that node has no error for.
 *
 * @example
 * throw new ConnectionError('malformed', 'The chunk size is not a number.')
 */
export class ConnectionError extends Error {
  readonly code: ConnectionErrorCode

  constructor(code: ConnectionErrorCode, message: string) {
    super(message)
    this.name = 'ConnectionError'
    this.code = code
  }
}
