import type { WireText } from '../bytes/wire-text.ts'
import { ConnectionError } from './connection-error.ts'
import type { Transport, UpstreamControl, UpstreamRequest } from './transport.ts'

export interface CollectedAnswer {
  readonly status: number
  readonly body: WireText
}

/** What is asked for in this way is small. */
const maximumBytes = 65_536

/** Sends a request of the gateway's own and reads its small answer whole. */
export function collectAnswer(transport: Transport, request: UpstreamRequest): Promise<CollectedAnswer> {
  return new Promise((resolve, reject) => {
    let control: UpstreamControl | undefined
    let status = 0
    let body = ''
    transport.dispatch(request, {
      opened(opened) {
        control = opened
      },
      responded(answered) {
        status = answered
      },
      data(chunk) {
        body += chunk
        if (body.length <= maximumBytes) return
        reject(new ConnectionError('malformed', 'The answer is too long.'))
        control?.abort()
      },
      ended: () => resolve({ status, body: body as WireText }),
      failed: reject,
    })
  })
}
